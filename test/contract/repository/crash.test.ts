import { spawnSync } from "node:child_process";
import { readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Repository, SnapshotKey } from "../../../src/repository/repository.ts";
import {
  DAY_MS,
  fileOf,
  idleContext,
  keyOf,
  local,
  requestOf,
  store,
  streamed,
} from "../../../src/testing/repository/harness.ts";
import { Source, madeBytes, sha256Of } from "../../../src/testing/repository/streaming.ts";
import { cutFs, type CutFs } from "./cut-fs.ts";
import { FolderHarness } from "./harness.ts";

/** A process that has ended, whose number nobody has for the moment. */
const deadPid = spawnSync(process.execPath, ["-e", ""]).pid;

const key = (id: string): SnapshotKey => ({ cluster: "prod", collection: "docs", id });

interface Operation {
  readonly name: string;
  readonly prepare: (repository: Repository, harness: FolderHarness) => Promise<void>;
  /** Done with a disk that dies, then again with one that does not. */
  readonly run: (repository: Repository, harness: FolderHarness) => Promise<unknown>;
  /** The snapshots that are there in the end, and the trash. */
  readonly live: readonly string[];
  readonly trash: readonly string[];
  /** Snapshots that may be missing from the listing after the cut. */
  readonly moving: readonly string[];
}

const sweepLater = (repository: Repository, harness: FolderHarness): Promise<unknown> =>
  repository.sweep(harness.now(), { dryRun: false }, idleContext.signal);

const operations: readonly Operation[] = [
  {
    name: "write small files",
    prepare: async () => undefined,
    run: async (repository) => {
      const old = await repository.read(key("old"));
      if (old === null) throw new Error("the old snapshot is gone");
      const known = { ...streamed("a", "alpha"), knownHash: fileOf(old.manifest, "a").hash };
      const files = [known, streamed("n", "new"), streamed("m", "more"), streamed("e", "")];
      return repository.write(requestOf("new", files), idleContext);
    },
    live: ["new", "old"],
    trash: [],
    moving: ["new"],
  },
  {
    name: "write a large local file",
    prepare: async () => undefined,
    run: async (repository, harness) => {
      const file = await local(await harness.folder(), "l", Buffer.alloc(1_200_000, 7));
      return repository.write(requestOf("new", [file, streamed("n", "new")]), idleContext);
    },
    live: ["new", "old"],
    trash: [],
    moving: ["new"],
  },
  {
    name: "write a large stream",
    prepare: async () => undefined,
    run: (repository) => {
      const bytes = madeBytes(9_000_000);
      const file = new Source(bytes).file({ sha256: sha256Of(bytes) });
      return repository.write(requestOf("new", [file]), idleContext);
    },
    live: ["new", "old"],
    trash: [],
    moving: ["new"],
  },
  {
    name: "change notes",
    prepare: async () => undefined,
    run: (repository) => repository.note(key("old"), { pinned: true }),
    live: ["old"],
    trash: [],
    moving: [],
  },
  {
    name: "trash",
    prepare: async (repository) => {
      await repository.note(keyOf(await store(repository, "gone", { g: "gone" })), {
        pinned: true,
      });
    },
    run: (repository, harness) => repository.trash(key("gone"), harness.now()),
    live: ["old"],
    trash: ["gone"],
    moving: ["gone"],
  },
  {
    name: "undelete",
    prepare: async (repository, harness) => {
      await repository.note(keyOf(await store(repository, "back", { b: "back" })), {
        pinned: true,
      });
      await repository.trash(key("back"), harness.now());
    },
    run: (repository) => repository.undelete(key("back")),
    live: ["back", "old"],
    trash: [],
    moving: ["back"],
  },
  {
    name: "trash what an interrupted undelete left",
    prepare: async (repository, harness) => {
      await store(repository, "gone", { g: "gone" });
      await repository.trash(key("gone"), harness.now());
      const dying = cutFs();
      const link: CutFs["link"] = async (from, to) => {
        await dying.link(from, to);
        throw new Error("killed after the link");
      };
      const other = await harness.open({ fs: { ...dying, link } });
      await expect(other.undelete(key("gone"))).rejects.toThrow("killed after the link");
    },
    run: (repository, harness) => repository.trash(key("gone"), harness.now()),
    live: ["old"],
    trash: ["gone"],
    moving: ["gone"],
  },
  {
    name: "sweep",
    prepare: async (repository, harness) => {
      for (const id of ["gone1", "gone2"]) {
        await store(repository, id, { own: id, shared: "alpha", both: "both" });
        await repository.note(key(id), { pinned: true });
        await repository.trash(key(id), harness.now());
      }
      harness.advance(8 * DAY_MS);
    },
    run: sweepLater,
    live: ["old"],
    trash: [],
    moving: [],
  },
];

/** Makes the staging of this process, which lives on, that of one that is gone. */
function bury(harness: FolderHarness): void {
  const staging = join(harness.path, "staging");
  for (const name of readdirSync(staging)) {
    const dead = name.replace(`-${process.pid}-`, `-${deadPid}-`);
    renameSync(join(staging, name), join(staging, dead));
  }
}

async function listed(repository: Repository): Promise<{ live: string[]; trash: string[] }> {
  const { snapshots, trash, damage } = await repository.list();
  expect(damage).toEqual([]);
  const live = snapshots.map(({ manifest }) => manifest.id).toSorted();
  return { live, trash: trash.map((one) => one.id).toSorted() };
}

async function isWhole(repository: Repository): Promise<void> {
  const { damage } = await repository.check({ readData: true }, idleContext);
  expect(damage).toEqual([]);
}

const harnesses: FolderHarness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((harness) => harness.close()));
});

async function prepared(operation: Operation): Promise<FolderHarness> {
  const harness = await FolderHarness.make();
  harnesses.push(harness);
  const repository = await harness.open();
  await store(repository, "old", { a: "alpha", b: "beta" });
  await operation.prepare(repository, harness);
  await repository.close();
  return harness;
}

/** Answers the operations of the run, and whether it was cut. */
async function cutRun(operation: Operation, harness: FolderHarness, at: number): Promise<CutFs> {
  const dying = cutFs(at);
  const repository = await harness.open({ fs: dying, workers: 1 });
  try {
    await operation.run(repository, harness);
  } catch (error) {
    if (!dying.isCut) throw error;
  } finally {
    await repository.close();
  }
  return dying;
}

async function survives(operation: Operation, harness: FolderHarness): Promise<void> {
  bury(harness);
  const repository = await harness.open();
  const seen = await listed(repository);
  for (const id of ["old", ...operation.live].filter((one) => !operation.moving.includes(one))) {
    expect(seen.live).toContain(id);
  }
  const known = new Set([...operation.live, ...operation.trash, ...operation.moving]);
  if (operation.name !== "sweep") {
    for (const id of [...seen.live, ...seen.trash]) expect(known).toContain(id);
    // What moves is in one of the two places, whatever happened, unless it was never there.
    for (const id of operation.moving) {
      if (id !== "new") expect([...seen.live, ...seen.trash]).toContain(id);
    }
  }
  await isWhole(repository);
  await operation.run(repository, harness);
  const { live, trash } = operation;
  expect(await listed(repository)).toEqual({ live, trash });
  await isWhole(repository);
  for (const id of operation.trash)
    expect(await repository.undelete(key(id))).toMatchObject({ id });
  harness.advance(10 * DAY_MS);
  await sweepLater(repository, harness);
  await isWhole(repository);
  expect(await harness.leftoverCount()).toBe(0);
  expect(await harness.objectCount()).toBe(await neededCount(repository));
  await repository.close();
}

async function neededCount(repository: Repository): Promise<number> {
  return (await repository.check({ readData: false }, idleContext)).objectCount;
}

describe("a process that is killed before any operation on the disk", () => {
  test.each(operations)("$name: leaves whole snapshots, and a second try ends it", async (one) => {
    let cutCount = 0;
    for (let at = 1; ; at += 1) {
      const harness = await prepared(one);
      const fs = await cutRun(one, harness, at);
      if (!fs.isCut) break;
      cutCount += 1;
      await survives(one, harness);
      await harness.close();
    }
    // The canary: the cuts happen, and there are as many as operations.
    expect(cutCount).toBeGreaterThan(5);
    const harness = await prepared(one);
    const whole = await cutRun(one, harness, Number.POSITIVE_INFINITY);
    expect(cutCount).toBe(whole.operations.length);
  });

  test("making a repository: the next one makes it, or takes what is there", async () => {
    for (let at = 1; ; at += 1) {
      const harness = await FolderHarness.make();
      harnesses.push(harness);
      const dying = cutFs(at);
      const made = await harness.open({ fs: dying }).catch(() => null);
      if (made !== null) {
        expect(at).toBeGreaterThan(5);
        break;
      }
      expect(dying.isCut).toBe(true);
      const repository = await harness.open();
      await store(repository, "s1", { a: "alpha" });
      await isWhole(repository);
    }
  });
});

describe("what a crash of the machine could undo", () => {
  test("every byte and name is durable before something relies on it", async () => {
    const [write] = operations;
    if (write === undefined) throw new Error("there is none");
    const harness = await prepared(write);
    const { operations: log } = await cutRun(write, harness, Number.POSITIVE_INFINITY);
    const indexOf = (text: string): number => log.findIndex((one) => one.startsWith(text));
    const published = indexOf(`link `);
    const [, staged = "", manifest = ""] = (log[published] ?? "").split(" ");
    expect(manifest).toContain("/snapshots/");
    expect(indexOf(`sync ${staged}`)).toBeLessThan(published);
    expect(indexOf(`sync ${staged}`)).toBeGreaterThan(0);
    // A rename into a folder that does not exist yet is tried twice.
    const objects = [...new Set(log.filter((one) => /^rename \S+ \S+\/objects\//.test(one)))];
    expect(objects).toHaveLength(3);
    for (const rename of objects) {
      const [, from = "", to = ""] = rename.split(" ");
      const synced = log.indexOf(`sync ${from}`);
      const renamed = log.lastIndexOf(rename);
      const folder = log.indexOf(`syncFolder ${join(to, "..")}`, renamed);
      expect([synced, renamed, folder, published]).toEqual(
        [synced, renamed, folder, published].toSorted((a, b) => a - b),
      );
      expect(synced).toBeGreaterThan(0);
    }
    expect(log.indexOf(`syncFolder ${join(manifest, "..")}`, published)).toBeGreaterThan(published);
  });
});
