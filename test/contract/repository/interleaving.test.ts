import { spawnSync } from "node:child_process";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFs, type RepositoryFs } from "../../../src/repository/filesystem/index.ts";
import { stagingOwner } from "../../../src/repository/filesystem/staging.ts";
import type { Repository } from "../../../src/repository/repository.ts";
import {
  DAY_MS,
  failsWith,
  fileOf,
  idleContext,
  keyOf,
  requestOf,
  store,
  streamed,
} from "../../../src/testing/repository/harness.ts";
import { FolderHarness } from "./harness.ts";

let harness: FolderHarness;
beforeEach(async () => {
  harness = await FolderHarness.make();
});
afterEach(() => harness.close());

type Renaming = "before" | "after";

/** A disk on which something happens once, before or after an object is taken out of its place. */
function whenTaken(moment: Renaming, happen: () => Promise<unknown>): RepositoryFs {
  let hasHappened = false;
  return {
    ...nodeFs,
    async rename(from, to) {
      const isTaken = from.includes("/objects/") && !hasHappened;
      if (isTaken) hasHappened = true;
      if (isTaken && moment === "before") await happen();
      await nodeFs.rename(from, to);
      if (isTaken && moment === "after") await happen();
    },
  };
}

async function withOrphan(repository: Repository): Promise<string> {
  const old = await store(repository, "old", { a: "alpha" });
  await repository.trash(keyOf(old), harness.now());
  harness.advance(8 * DAY_MS);
  return fileOf(old, "a").hash;
}

async function expectWhole(repository: Repository, ids: readonly string[]): Promise<void> {
  const { snapshots } = await repository.list();
  expect(snapshots.map(({ manifest }) => manifest.id)).toEqual(ids);
  const { damage } = await repository.check({ readData: true }, idleContext);
  expect(damage).toEqual([]);
  expect(await harness.leftoverCount()).toBe(0);
}

test.each(["before", "after"] as const)(
  "a snapshot that is written just %s a sweep takes the object that it needs is whole",
  async (moment) => {
    const repository = await harness.open();
    const knownHash = await withOrphan(repository);
    const write = (): Promise<unknown> => {
      const known = { ...streamed("a", "alpha"), knownHash };
      return repository.write(requestOf("new", [known]), idleContext);
    };
    const sweeper = await harness.open({ fs: whenTaken(moment, write) });
    const now = new Date(harness.now().getTime() + 2 * DAY_MS);
    const swept = await sweeper.sweep(now, { dryRun: false }, idleContext.signal);
    expect(swept.removedSnapshots).toHaveLength(1);
    expect(swept.removedObjectCount).toBe(0);
    await expectWhole(repository, ["new"]);
  },
);

test("an object that is touched in the last moment stays in its place", async () => {
  const repository = await harness.open();
  const hash = await withOrphan(repository);
  const touch = (): Promise<void> => nodeFs.touch(harness.objectPath(hash), harness.now());
  const sweeper = await harness.open({ fs: whenTaken("before", touch) });
  const swept = await sweeper.sweep(harness.now(), { dryRun: false }, idleContext.signal);
  expect(swept.removedObjectCount).toBe(0);
  expect(await harness.objectCount()).toBe(1);
});

test("objects that a sweep had taken aside when it died go back to their places", async () => {
  const repository = await harness.open();
  const { hash } = fileOf(await store(repository, "s1", { a: "alpha" }), "a");
  const { pid: deadPid } = spawnSync(process.execPath, ["-e", ""]);
  const { host, boot } = stagingOwner();
  const aside = join(harness.path, "staging", `${host}-${boot}-${deadPid}-00`);
  await mkdir(aside);
  await rename(harness.objectPath(hash), join(aside, hash));
  await writeFile(join(aside, "0".repeat(64)), "nobody needs this");
  harness.advance(2 * DAY_MS);
  await nodeFs.touch(join(aside, "0".repeat(64)), new Date(0));
  await repository.sweep(harness.now(), { dryRun: false }, idleContext.signal);
  await expectWhole(repository, ["s1"]);
  expect(await harness.objectCount()).toBe(1);
});

test("an undelete touches the objects before a sweep could take them", async () => {
  const repository = await harness.open();
  const hash = await withOrphan(repository);
  const key = { cluster: "prod", collection: "docs", id: "old" };
  await repository.undelete(key);
  expect((await nodeFs.stat(harness.objectPath(hash)))?.mtimeMs).toBe(harness.now().getTime());
});

test("an object that vanishes before the manifest could protect it is stored again", async () => {
  const repository = await harness.open();
  const knownHash = fileOf(await store(repository, "old", { a: "alpha" }), "a").hash;
  const fs: RepositoryFs = {
    ...nodeFs,
    async link(from, to) {
      if (to.endsWith("new.json")) await rm(harness.objectPath(knownHash));
      await nodeFs.link(from, to);
    },
  };
  const writer = await harness.open({ fs });
  const files = [{ ...streamed("a", "alpha"), knownHash }, streamed("b", "beta")];
  await writer.write(requestOf("new", files), idleContext);
  await expectWhole(repository, ["new", "old"]);
});

test("a snapshot whose objects cannot be kept is taken back, and the write fails", async () => {
  const repository = await harness.open();
  let isPublished = false;
  const fs: RepositoryFs = {
    ...nodeFs,
    async link(from, to) {
      await nodeFs.link(from, to);
      isPublished = to.endsWith("new.json");
    },
    stat: (path) =>
      isPublished && path.includes("/objects/") ? Promise.resolve(null) : nodeFs.stat(path),
  };
  const writer = await harness.open({ fs });
  await failsWith("aborted", store(writer, "new", { a: "alpha" }));
  await expectWhole(repository, []);
});

test("of an undelete and a sweep at the same time, one wins and says so", async () => {
  for (const moment of ["before", "after"] as const) {
    const repository = await harness.open({ undoMs: 0 });
    const key = keyOf(await store(repository, moment, { a: moment }));
    await repository.trash(key, harness.now());
    harness.advance(2 * DAY_MS);
    const sweep = (): Promise<unknown> =>
      repository.sweep(harness.now(), { dryRun: false }, idleContext.signal);
    const fs: RepositoryFs = {
      ...nodeFs,
      async link(from, to) {
        if (moment === "before") await sweep();
        await nodeFs.link(from, to);
        if (moment === "after") await sweep();
      },
    };
    const other = await harness.open({ fs });
    if (moment === "before") await failsWith("not-found", other.undelete(key));
    else await other.undelete(key);
    await expectWhole(repository, moment === "before" ? [] : ["after"]);
  }
});
