import fc from "fast-check";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rename, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import {
  nodeFs,
  openFilesystemRepository,
  type RepositoryFs,
} from "../../../src/repository/filesystem/index.ts";
import { stagingOwner } from "../../../src/repository/filesystem/staging.ts";
import type { Repository } from "../../../src/repository/repository.ts";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import { DAY_MS, requestOf } from "../../../src/testing/repository/harness.ts";
import { cutFs } from "../../contract/repository/cut-fs.ts";
import { bytesOf, scenes, sourceOf, type Attempt, type Scene } from "./acts.ts";
import { failingFs } from "./failing-fs.ts";
import { seed } from "./seed.ts";

const TMPFS = "/dev/shm";
const hasTmpfs = await statfs(TMPFS).then(
  () => true,
  () => false,
);
if (!hasTmpfs) console.log(`no ${TMPFS}: all streams go to ${tmpdir()}`);

/** A process of this host and boot that is gone. */
const gone = spawnSync(process.execPath, ["-e", ""]).pid;

const clock = new FakeClock({ at: "2026-11-21T00:00:00Z", skipsSleep: true });

function fsOf({ disk }: Attempt): RepositoryFs {
  if (disk === null) return nodeFs;
  return disk.fault === "death" ? cutFs(disk.at) : failingFs(disk.at, disk.fault);
}

class Stage {
  readonly #scene: Scene;
  readonly #root: string;
  readonly #files: readonly { readonly path: string; readonly bytes: Buffer; sha256: string }[];

  constructor(scene: Scene, root: string) {
    this.#scene = scene;
    this.#root = root;
    this.#files = scene.wishes.map((wish, index) => {
      const bytes = bytesOf(wish);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      return { path: `f${index}`, bytes, sha256 };
    });
  }

  /** True when it went well. */
  async write(attempt: Attempt): Promise<boolean> {
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    const parts = this.#files.map((file, index) => {
      const wish = this.#scene.wishes[index] as Scene["wishes"][number];
      const source = sourceOf(wish, file, attempt.troubles[index] ?? [], stop);
      return { name: `n${index}`, files: [source], details: null };
    });
    const { stopAt } = attempt;
    const progress = ({ doneBytes = 0 }: { readonly doneBytes?: number }): void => {
      if (stopAt !== null && doneBytes > stopAt) stop();
    };
    const context = { signal: controller.signal, progress };
    const request = { ...requestOf("s1", []), parts };
    try {
      await this.#with(fsOf(attempt), (repository) => repository.write(request, context));
      return true;
    } catch (error) {
      if (isHarmless(attempt)) throw error;
      return false;
    }
  }

  /** Whatever this process has in staging is now of one that is gone. */
  async die(): Promise<void> {
    const { host, boot, pid } = stagingOwner();
    const own = `${host}-${boot}-${pid}-`;
    for (const name of await this.#staged()) {
      if (!name.startsWith(own)) continue;
      const other = `${host}-${boot}-${gone}-${name.slice(own.length)}`;
      await rename(this.#in("staging", name), this.#in("staging", other));
    }
  }

  /** Holds every object against another program's hash, and what is listed against the sources. */
  async examine(isStored: boolean): Promise<void> {
    const sums = this.#sums(await this.#objects());
    const right = new Set(this.#files.map(({ sha256 }) => sha256));
    for (const [hash, sha256] of sums) {
      expect(right).toContain(sha256);
      if (this.#scene.hash === "sha256") expect(hash).toBe(sha256);
    }
    const { snapshots, damage } = await this.#with(nodeFs, (repository) => repository.list());
    expect(damage).toEqual([]);
    if (isStored) expect(snapshots).toHaveLength(1);
    for (const { manifest } of snapshots) {
      const found = manifest.parts.flatMap(({ files }) => files);
      expect(found.map(({ path, size, hash }) => [path, size, sums.get(hash)])).toEqual(
        this.#files.map(({ path, bytes, sha256 }) => [path, bytes.length, sha256]),
      );
    }
  }

  async sweep(): Promise<void> {
    const later = new Date(Math.max(clock.now().getTime(), Date.now()) + 2 * DAY_MS);
    const { signal } = new AbortController();
    await this.#with(nodeFs, (one) => one.sweep(later, { dryRun: false }, signal));
    expect(await this.#staged()).toEqual([]);
  }

  async #with<T>(fs: RepositoryFs, run: (repository: Repository) => Promise<T>): Promise<T> {
    const repository = await openFilesystemRepository({
      name: "vault",
      path: this.#root,
      hash: this.#scene.hash,
      undoMs: 0,
      clock,
      expectedId: null,
      create: true,
      workers: 1,
      fs,
    });
    try {
      return await run(repository);
    } finally {
      await repository.close();
    }
  }

  #in(...names: readonly string[]): string {
    return join(this.#root, ...names);
  }

  async #staged(): Promise<readonly string[]> {
    return readdir(this.#in("staging")).catch(() => []);
  }

  async #objects(): Promise<readonly string[]> {
    const options = { recursive: true, withFileTypes: true } as const;
    const entries = await readdir(this.#in("objects"), options).catch(() => []);
    return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  }

  /** SHA-256 by the name of each object, as coreutils computes it. */
  #sums(paths: readonly string[]): ReadonlyMap<string, string> {
    if (paths.length === 0) return new Map();
    const text = execFileSync("sha256sum", ["--", ...paths], { encoding: "utf8" });
    const lines = text.trimEnd().split("\n");
    return new Map(lines.map((line) => [basename(line), line.slice(0, 64)]));
  }
}

function isHarmless({ troubles, disk, stopAt }: Attempt): boolean {
  return disk === null && stopAt === null && troubles.flat().length === 0;
}

const QUIET: Attempt = { troubles: [], disk: null, stopAt: null };

test("whatever fails, dies or is taken up again, every object is what its source had", async () => {
  const law = fc.asyncProperty(scenes, async (scene) => {
    const place = scene.onTmpfs && hasTmpfs ? TMPFS : tmpdir();
    const root = await mkdtemp(join(place, "snapform-streams-"));
    try {
      const stage = new Stage(scene, root);
      for (const attempt of scene.attempts) {
        const isStored = await stage.write(attempt);
        if (attempt.disk?.fault === "death") await stage.die();
        await stage.examine(isStored);
      }
      expect(await stage.write(QUIET)).toBe(true);
      await stage.examine(true);
      // What a process could not remove is swept when it is gone.
      await stage.die();
      await stage.sweep();
      await stage.examine(true);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
  await fc.assert(law, { seed, numRuns: 30, endOnFailure: true });
}, 300_000);
