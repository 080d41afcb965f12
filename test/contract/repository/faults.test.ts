import { execFileSync } from "node:child_process";
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { getuid } from "node:process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ErrorCode } from "../../../src/errors/index.ts";
import {
  nodeFs,
  observeFilesystemRepository,
  type FilesystemObservation,
  type RepositoryFs,
} from "../../../src/repository/filesystem/index.ts";
import {
  failsWith,
  idleContext,
  keyOf,
  local,
  requestOf,
  store,
} from "../../../src/testing/repository/harness.ts";
import { FolderHarness } from "./harness.ts";

let harness: FolderHarness;
beforeEach(async () => {
  harness = await FolderHarness.make();
});
afterEach(() => harness.close());

function observe(expectedId: string | null): Promise<FilesystemObservation> {
  return observeFilesystemRepository({ name: "vault", path: harness.path, expectedId });
}

describe("a repository that is not what was expected", () => {
  test("is new where nothing is, and looking makes nothing", async () => {
    expect(await observe(null)).toEqual({ status: "new", id: null, problem: null });
    await mkdir(join(harness.path, "lost+found"), { recursive: true });
    expect((await observe(null)).status).toBe("new");
    expect(await nodeFs.list(harness.path)).toHaveLength(1);
    await failsWith("not-found", harness.open({ create: false }));
  });

  test("is never made anew when the state has seen it", async () => {
    const { id } = await harness.open();
    expect(await observe(id)).toEqual({ status: "ok", id, problem: null });
    await rename(harness.path, `${harness.path}-unmounted`);
    for (const isEmptyFolder of [false, true]) {
      if (isEmptyFolder) await mkdir(harness.path);
      const { status, problem } = await observe(id);
      expect(status).toBe("missing");
      expect(problem?.code).toBe("failed-precondition");
      const text = await failsWith("failed-precondition", harness.open({ expectedId: id }));
      expect(text).toMatch(/mount/);
      expect((await nodeFs.list(harness.path)) ?? []).toEqual([]);
    }
  });

  test("is another one when its id differs", async () => {
    const { id } = await harness.open();
    expect(await observe("other")).toMatchObject({ status: "other", id });
    await failsWith("failed-precondition", harness.open({ expectedId: "other" }));
  });

  test("is noticed when it goes away while it is open", async () => {
    const repository = await harness.open();
    const key = keyOf(await store(repository, "s1", { a: "alpha" }));
    await rename(harness.path, `${harness.path}-unmounted`);
    await mkdir(harness.path);
    await failsWith("failed-precondition", repository.list());
    await failsWith("failed-precondition", repository.read(key));
    await failsWith("failed-precondition", store(repository, "s2", { a: "alpha" }));
    await failsWith("failed-precondition", repository.trash(key, harness.now()));
    expect(await nodeFs.list(harness.path)).toEqual([]);
  });

  test("is not made in a folder that holds something else", async () => {
    await mkdir(harness.path);
    await writeFile(join(harness.path, "holiday.jpg"), "");
    expect((await observe(null)).status).toBe("unreachable");
    const text = await failsWith("failed-precondition", harness.open());
    expect(text).toMatch(/holiday\.jpg/);
  });

  test("is unreachable when its path is a file, or leads through one", async () => {
    await writeFile(harness.path, "");
    expect(await observe(null)).toMatchObject({
      status: "unreachable",
      problem: { code: "failed-precondition" },
    });
    await failsWith("failed-precondition", harness.open());
    await failsWith("failed-precondition", harness.open({ path: join(harness.path, "below") }));
  });

  test("is unreachable when it is of a format to come", async () => {
    await harness.open();
    const path = join(harness.path, "repository.json");
    const text = await readFile(path, "utf8");
    await chmod(path, 0o644);
    await writeFile(path, text.replace('"formatVersion": 1', '"formatVersion": 2'));
    const { status, problem } = await observe(null);
    expect(status).toBe("unreachable");
    expect(problem?.code).toBe("corrupt");
    await failsWith("corrupt", harness.open());
  });

  test("keeps its hash", async () => {
    await harness.open();
    const text = await failsWith("failed-precondition", harness.open({ hash: "blake3" }));
    expect(text).toMatch(/sha256/);
    expect((await harness.open({ create: false })).hash).toBe("sha256");
  });

  test("without its repository.json is reported by a check, and by nothing else used", async () => {
    const repository = await harness.open();
    await store(repository, "s1", { a: "alpha" });
    await rm(join(harness.path, "repository.json"));
    const { damage } = await repository.check({ readData: true }, idleContext);
    expect(damage.map((one) => one.kind)).toEqual(["repository"]);
    await failsWith("failed-precondition", repository.list());
    expect((await observe(null)).status).toBe("unreachable");
  });
});

describe("notes that cannot be read", () => {
  test("are reported, and the snapshot counts as pinned until they are written again", async () => {
    const repository = await harness.open();
    const key = keyOf(await store(repository, "s1", { a: "alpha" }));
    await repository.note(key, { verifiedAt: null });
    await writeFile(harness.manifestPath(key).replace(/json$/, "notes.json"), "{");
    const { snapshots, damage } = await repository.list();
    expect(snapshots[0]?.notes.pinned).toBe(true);
    expect(damage.map((one) => one.kind)).toEqual(["notes"]);
    await repository.note(key, { pinned: false });
    expect((await repository.list()).damage).toEqual([]);
  });
});

describe("files that are none of ours", () => {
  test("are left alone", async () => {
    const repository = await harness.open();
    const key = keyOf(await store(repository, "s1", { a: "alpha" }));
    const folder = join(harness.manifestPath(key), "..");
    await writeFile(join(folder, "README"), "");
    await writeFile(join(folder, ".DS_Store"), "");
    await writeFile(join(harness.path, "objects", "README"), "");
    await writeFile(join(harness.path, "snapshots", "README"), "");
    await symlink("nowhere", join(folder, "link"));
    expect((await repository.list()).damage).toEqual([]);
    harness.advance(1e11);
    await repository.sweep(harness.now(), { dryRun: false }, idleContext.signal);
    expect(await readFile(join(folder, "README"), "utf8")).toBe("");
    expect((await repository.check({ readData: true }, idleContext)).damage).toEqual([]);
  });
});

function failing(
  operation: "makeFolder" | "create" | "rename" | "link",
  code: string,
): RepositoryFs {
  const fail = (...paths: readonly unknown[]): Promise<never> => {
    const [path, dest] = paths.filter((one) => typeof one === "string");
    const error = new Error(`${code}: injected`);
    return Promise.reject(Object.assign(error, { code, path, ...(dest && { dest }) }));
  };
  return { ...nodeFs, [operation]: fail };
}

describe("errors of the operating system", () => {
  const table: readonly (readonly [string, ErrorCode, RegExp])[] = [
    ["ENOSPC", "resource-exhausted", /no space left/],
    ["EDQUOT", "resource-exhausted", /no space left/],
    ["EACCES", "permission-denied", /permission denied/],
    ["EROFS", "permission-denied", /read-only/],
    ["EIO", "unavailable", /input\/output/],
    ["EMFILE", "resource-exhausted", /open files/],
    ["ENOTDIR", "failed-precondition", /is a file/],
    ["ESTALE", "unavailable", /mounted/],
  ];
  test.each(table)(
    "%s becomes %s, names the place, and leaves nothing",
    async (code, to, words) => {
      const repository = await harness.open();
      await store(repository, "old", { a: "alpha" });
      for (const operation of ["create", "rename"] as const) {
        const other = await harness.open({ fs: failing(operation, code) });
        const text = await failsWith(to, store(other, "new", { b: "beta" }));
        expect(text).toMatch(words);
        expect(text).toMatch(/repository vault: .*(staging|objects)\//);
        expect(text).not.toContain(harness.path);
      }
      const { snapshots } = await repository.list();
      expect(snapshots.map(({ manifest }) => manifest.id)).toEqual(["old"]);
      expect(await harness.leftoverCount()).toBe(0);
    },
  );

  test("a filesystem without hard links will do", async () => {
    for (const [index, code] of ["EPERM", "ENOTSUP"].entries()) {
      const repository = await harness.open({ fs: failing("link", code) });
      const key = keyOf(await store(repository, `s${index}`, { a: "alpha" }));
      expect(await store(repository, key.id, { a: "other" })).toMatchObject(key);
      await repository.trash(key, harness.now());
      expect(await repository.undelete(key)).toMatchObject(key);
    }
    expect((await harness.open()).id).not.toBe("");
  });
});

/** Mounts a small disk at the harness's path; null with the reason when that is not possible. */
function mountSmallDisk(): string | null {
  if (process.platform !== "linux" || getuid?.() !== 0) return "needs root on Linux";
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", harness.path], {
      stdio: "pipe",
    });
    return null;
  } catch (error) {
    return String(error);
  }
}

describe("a real disk", () => {
  test("that is full fails with resource-exhausted, and works again when there is room", async (ctx) => {
    await mkdir(harness.path);
    const reason = mountSmallDisk();
    if (reason !== null) {
      ctx.skip(`cannot mount a small disk: ${reason}`);
      return;
    }
    try {
      const repository = await harness.open();
      await store(repository, "old", { a: "alpha" });
      const folder = await harness.folder();
      for (const [index, size] of [6_000_000, 900_000].entries()) {
        const files = await Promise.all(
          Array.from({ length: 6 }, (_one, file) =>
            local(folder, `${index}-${file}`, Buffer.alloc(size, `${index} ${file}`)),
          ),
        );
        const work = repository.write(requestOf("big", files), idleContext);
        expect(await failsWith("resource-exhausted", work)).toMatch(/no space left.*staging\//);
        expect(await harness.leftoverCount()).toBe(0);
        const { damage } = await repository.check({ readData: true }, idleContext);
        expect(damage).toEqual([]);
      }
      await store(repository, "new", { b: "beta" });
      expect((await repository.list()).snapshots).toHaveLength(2);
      await repository.close();
    } finally {
      execFileSync("umount", ["--lazy", harness.path]);
    }
  });

  test("that is read-only can be listed, read and checked, and nothing else", async (ctx) => {
    const repository = await harness.open();
    const manifest = await store(repository, "s1", { a: "alpha" });
    const folder = join(harness.path, "staging");
    try {
      execFileSync("mount", ["--bind", harness.path, harness.path], { stdio: "pipe" });
    } catch (error) {
      ctx.skip(`cannot mount: ${String(error)}`);
      return;
    }
    try {
      execFileSync("mount", ["-o", "remount,ro,bind", harness.path]);
      const readOnly = await harness.open({ create: false, expectedId: repository.id });
      expect((await readOnly.list()).snapshots).toHaveLength(1);
      expect((await readOnly.check({ readData: true }, idleContext)).damage).toEqual([]);
      const reader = await readOnly.reader(keyOf(manifest));
      const target = await harness.folder();
      const files = manifest.parts.flatMap((part) => part.files);
      await reader.materialize(files, target, { keepExisting: false }, idleContext);
      expect(await readFile(join(target, "a"), "utf8")).toBe("alpha");
      await failsWith("permission-denied", store(readOnly, "s2", { a: "alpha" }));
      await failsWith("permission-denied", readOnly.trash(keyOf(manifest), harness.now()));
      expect(await nodeFs.list(folder)).toEqual([]);
    } finally {
      execFileSync("umount", ["--lazy", harness.path]);
    }
  });
});
