import { spawn } from "node:child_process";
import { mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  nodeFs,
  type RepositoryFs,
  type StreamedFile,
} from "../../../src/repository/filesystem/index.ts";
import { stagingOwner } from "../../../src/repository/filesystem/staging.ts";
import { DAY_MS, fileOf, idleContext, requestOf } from "../../../src/testing/repository/harness.ts";
import { Source, madeBytes, sha256Of } from "../../../src/testing/repository/streaming.ts";
import { FolderHarness } from "./harness.ts";

const bytes = madeBytes(12_000_000);
const sha256 = sha256Of(bytes);
const name = `${sha256}-${bytes.length}.partial`;

let harness: FolderHarness;
beforeEach(async () => {
  harness = await FolderHarness.make();
  await harness.open();
});
afterEach(() => harness.close());

/** Half of the stream in the staging folder of some process. */
async function leaveHalf(owner: string, content: Uint8Array = bytes): Promise<string> {
  const folder = join(harness.path, "staging", owner);
  await mkdir(folder, { recursive: true });
  const path = join(folder, `1.${name}`);
  await writeFile(path, content.subarray(0, 10_000_000));
  await utimes(path, harness.now(), harness.now());
  return path;
}

async function write(id: string = "s1"): Promise<Source> {
  const source = new Source(bytes);
  const repository = await harness.open();
  const files = [source.file({ sha256 })];
  const manifest = await repository.write(requestOf(id, files), idleContext);
  expect(fileOf(manifest, "a").hash).toBe(sha256);
  const { damage } = await repository.check({ readData: true }, idleContext);
  expect(damage).toEqual([]);
  return source;
}

const MINUTE_MS = 60 * 1000;
const foreign = "elsewhere-0123456789abcdef-77-00";

async function deadOwner(): Promise<string> {
  const child = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => child.on("close", resolve));
  const { host, boot } = stagingOwner();
  return `${host}-${boot}-${child.pid}-00`;
}

test("half a stream of a process that was killed is used, and its folder swept", async () => {
  await leaveHalf(await deadOwner());
  const { offsets } = await write();
  expect(offsets).toHaveLength(1);
  expect(offsets[0]).toBeGreaterThan(5_000_000);
  const repository = await harness.open();
  await repository.sweep(harness.now(), { dryRun: false }, idleContext.signal);
  expect(await harness.leftoverCount()).toBe(0);
});

test("half a stream of a process that was killed outlives the sweep of its folder", async () => {
  await leaveHalf(await deadOwner());
  const repository = await harness.open();
  const { signal } = idleContext;
  const counted = await repository.sweep(harness.now(), { dryRun: true }, signal);
  expect(counted.freedBytes).toBe(0);
  await repository.sweep(harness.now(), { dryRun: false }, signal);
  expect(await readdir(join(harness.path, "staging"))).toEqual([name]);
  expect((await write()).offsets[0]).toBeGreaterThan(5_000_000);
  expect(await harness.leftoverCount()).toBe(0);
});

test("half a stream of a dead process is swept after a day", async () => {
  await leaveHalf(await deadOwner());
  const repository = await harness.open();
  harness.advance(DAY_MS + MINUTE_MS);
  await repository.sweep(harness.now(), { dryRun: false }, idleContext.signal);
  expect(await harness.leftoverCount()).toBe(0);
});

test("half a stream of another host is left alone while it may grow", async () => {
  const path = await leaveHalf(foreign);
  harness.advance(9 * MINUTE_MS);
  expect((await write()).offsets).toEqual([0]);
  expect((await stat(path)).size).toBe(10_000_000);
});

test("bytes of a silent process on another host are used, its file is not", async () => {
  const path = await leaveHalf(foreign);
  const { ino } = await stat(path);
  harness.advance(11 * MINUTE_MS);
  expect((await write()).offsets[0]).toBeGreaterThan(5_000_000);
  expect((await stat(harness.objectPath(sha256))).ino).not.toBe(ino);
});

test("of two writes of the same bytes one gets the half that is there, and both are whole", async () => {
  await leaveHalf(await deadOwner());
  const [a, b] = await Promise.all([write("s1"), write("s2")]);
  const starts = [...a.offsets, ...b.offsets].toSorted((x, y) => x - y);
  expect(starts.filter((offset) => offset > 0)).toHaveLength(1);
  expect(starts.filter((offset) => offset === 0)).toHaveLength(1);
});

test("half a stream with a hole or other bytes in it is thrown away", async () => {
  const holed = Buffer.from(bytes);
  holed.fill(0, 3_000_000, 3_100_000);
  await leaveHalf(await deadOwner(), holed);
  const { offsets } = await write();
  expect(offsets.at(-1)).toBe(0);
  expect(await harness.leftoverCount()).toBeLessThanOrEqual(1);
});

test("of two halves the longer one is used", async () => {
  await leaveHalf(await deadOwner());
  const short = join(harness.path, "staging", name);
  await writeFile(short, bytes.subarray(0, 7_000_000));
  expect((await write()).offsets[0]).toBeGreaterThan(5_000_000);
});

test("writes that overtake each other leave every byte in its place", async () => {
  const { promise: areAhead, resolve } = Promise.withResolvers<void>();
  let [callCount, doneCount] = [0, 0];
  const fs: RepositoryFs = {
    ...nodeFs,
    async openStream(path, options) {
      const file = await nodeFs.openStream(path, options);
      const write: StreamedFile["write"] = async (some, at) => {
        callCount += 1;
        if (callCount === 1) await areAhead;
        await file.write(some, at);
        doneCount += 1;
        if (doneCount === 2) resolve();
      };
      return { write, sync: (mtime) => file.sync(mtime), close: () => file.close() };
    },
  };
  const repository = await harness.open({ fs });
  const file = new Source(bytes).file({ sha256 });
  await repository.write(requestOf("s1", [file]), idleContext);
  const { damage } = await repository.check({ readData: true }, idleContext);
  expect(damage).toEqual([]);
});
