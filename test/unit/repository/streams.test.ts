import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHashThreads } from "../../../src/repository/filesystem/hash-threads.ts";
import { openStreamFile } from "../../../src/repository/filesystem/stream-file.ts";
import {
  nodeFs,
  type RepositoryFs,
  type StreamedFile,
} from "../../../src/repository/filesystem/index.ts";
import { SnapformError } from "../../../src/errors/index.ts";
import type { SourceFile } from "../../../src/engine/driver.ts";
import {
  contentOf,
  failsWith,
  fileOf,
  idleContext,
  idsIn,
  keyOf,
  requestOf,
} from "../../../src/testing/repository/harness.ts";
import { Source, madeBytes, sha256Of } from "../../../src/testing/repository/streaming.ts";
import { FolderHarness } from "../../contract/repository/harness.ts";

const MIB = 1024 * 1024;

let harness: FolderHarness;
const threads: Worker[] = [];
const onThread = (thread: Worker): void => void threads.push(thread);
beforeEach(async () => {
  harness = await FolderHarness.make();
  process.on("worker", onThread);
});
afterEach(async () => {
  process.off("worker", onThread);
  threads.length = 0;
  await harness.close();
});

/** A file whose bytes come one MiB at a time, each when `before` lets it. */
function slowly(
  bytes: Uint8Array,
  before: (at: number) => Promise<unknown> | undefined,
  change: Partial<SourceFile> = {},
): SourceFile {
  const open: SourceFile["open"] = (offset) =>
    Promise.resolve(
      (async function* () {
        for (let at = offset; at < bytes.length; at += MIB) {
          await before(at);
          yield bytes.subarray(at, at + MIB);
        }
      })(),
    );
  return { path: "a", size: bytes.length, open, ...change };
}

function withStream(change: (file: StreamedFile) => Partial<StreamedFile>): RepositoryFs {
  return {
    ...nodeFs,
    async openStream(path, options) {
      const file = await nodeFs.openStream(path, options);
      const own: StreamedFile = {
        write: (some, at) => file.write(some, at),
        sync: (mtime) => file.sync(mtime),
        close: () => file.close(),
      };
      return { ...own, ...change(file) };
    },
  };
}

test("a disk that fails stops the stream at once, not when all of it has come", async () => {
  const { promise: hasFailed, resolve } = Promise.withResolvers<void>();
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  let isFull = false;
  const fs = withStream((file) => ({
    async write(some, at): Promise<void> {
      if (!isFull) return file.write(some, at);
      resolve();
      throw full;
    },
  }));
  const repository = await harness.open({ fs });
  // The thread that hashes runs from here on, and holds no slot back.
  await repository.write(requestOf("s0", [new Source(madeBytes(2 * MIB)).file()]), idleContext);
  isFull = true;
  let farthest = 0;
  const file = slowly(Buffer.alloc(40 * MIB, 1), async (at) => {
    farthest = at;
    if (at < MIB) return;
    await hasFailed;
    // Time enough for every slot to be free again, so that nobody has to ask for room.
    await setTimeout(10);
  });
  await failsWith("resource-exhausted", repository.write(requestOf("s1", [file]), idleContext));
  expect(farthest).toBeLessThan(20 * MIB);
  expect(await harness.leftoverCount()).toBe(0);
});

test("a thread that dies fails the stream, keeps its partial, and the next write works", async () => {
  const repository = await harness.open();
  const bytes = madeBytes(12 * MIB);
  const sha256 = sha256Of(bytes);
  const kill = async (at: number): Promise<void> => {
    if (at === 10 * MIB) await threads.at(-1)?.terminate();
  };
  const dying = slowly(bytes, kill, { sha256 });
  const text = await failsWith(
    "unavailable",
    repository.write(requestOf("s1", [dying]), idleContext),
  );
  expect(text).toMatch(/thread .* has died/);
  const source = new Source(bytes);
  const manifest = await repository.write(requestOf("s1", [source.file({ sha256 })]), idleContext);
  expect(source.offsets[0]).toBeGreaterThan(0);
  expect(fileOf(manifest, "a").hash).toBe(sha256);
});

test("a thread that dies is no damage of the object that is read", async () => {
  const repository = await harness.open();
  const manifest = await repository.write(
    requestOf("s1", [new Source(madeBytes(12 * MIB)).file()]),
    idleContext,
  );
  const reader = await repository.reader(keyOf(manifest));
  const read = async (): Promise<void> => {
    const stream = await reader.open(fileOf(manifest, "a"), idleContext.signal);
    let byteCount = 0;
    for await (const piece of stream) {
      byteCount += piece.length;
      if (byteCount === 4 * MIB) await threads.at(-1)?.terminate();
    }
  };
  await failsWith("unavailable", read());
  const text = await contentOf(repository, keyOf(manifest), "a");
  expect(text === madeBytes(12 * MIB).toString("utf8")).toBe(true);
});

test("steps of a hash fail once its thread is gone, whenever they are asked for", async () => {
  const hashing = createHashThreads(1);
  const hash = hashing.start(["sha256"]);
  await hash.update(0, 10);
  const pending = hash.update(1, 10);
  const ended = threads.at(-1)?.terminate();
  await expect(Promise.all([pending, hash.digest()])).rejects.toThrow(/has died/);
  await ended;
  await expect(hash.update(2, 10)).rejects.toThrow(/has died/);
  hash.close();
  const next = hashing.start(["sha256"]);
  await next.update(0, 10);
  await hashing.close();
  await expect(next.digest()).rejects.toThrow(/was closed/);
});

test("a source that yields nothing and does not listen holds up no cancelled write", async () => {
  const repository = await harness.open();
  for (const size of [1000, 3 * MIB]) {
    const controller = new AbortController();
    const never = new Promise<undefined>(() => undefined);
    const file = slowly(Buffer.alloc(size), () => {
      queueMicrotask(() => controller.abort());
      return never;
    });
    const context = { ...idleContext, signal: controller.signal };
    await failsWith("cancelled", repository.write(requestOf("s1", [file]), context));
    const deaf = { ...file, open: () => (controller.abort(), never as Promise<never>) };
    await failsWith("cancelled", repository.write(requestOf("s1", [deaf]), context));
  }
  expect(await harness.leftoverCount()).toBe(0);
});

test("a source that has stopped is closed when it notices", async () => {
  const repository = await harness.open();
  const controller = new AbortController();
  const { promise: answer, resolve: wake } = Promise.withResolvers<void>();
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const open: SourceFile["open"] = () =>
    Promise.resolve(
      (async function* () {
        try {
          queueMicrotask(() => controller.abort());
          await answer;
          yield Buffer.alloc(10);
        } finally {
          close();
        }
      })(),
    );
  const file = { path: "a", size: 3 * MIB, open };
  const context = { ...idleContext, signal: controller.signal };
  await failsWith("cancelled", repository.write(requestOf("s1", [file]), context));
  wake();
  await closed;
});

test("who watches the progress and throws fails the write, and nothing else", async () => {
  const repository = await harness.open();
  const context = {
    ...idleContext,
    progress: (): void => {
      throw new Error("the terminal is gone");
    },
  };
  const file = new Source(madeBytes(9 * MIB)).file();
  await expect(repository.write(requestOf("s1", [file]), context)).rejects.toThrow("terminal");
  expect(await idsIn(repository)).toEqual([]);
  expect(await harness.leftoverCount()).toBe(0);
});

test("a source that yields text instead of bytes is refused", async () => {
  const repository = await harness.open();
  for (const size of [10, 2 * MIB]) {
    const open = (): Promise<AsyncIterable<Uint8Array>> =>
      Promise.resolve(
        (async function* () {
          yield "0123456789" as unknown as Uint8Array;
        })(),
      );
    const work = repository.write(requestOf("s1", [{ path: "a", size, open }]), idleContext);
    expect(await failsWith("internal", work)).toMatch(/data\/a comes as string, not as bytes/);
  }
});

test("a sink that fails for a moment is never given the same piece twice", async () => {
  let failCount = 0;
  const fs = withStream((file) => ({
    async write(some, at): Promise<void> {
      if (at === MIB && (failCount += 1) === 1) {
        throw new SnapformError("unavailable", "busy", { retryable: true });
      }
      await file.write(some, at);
    },
  }));
  const repository = await harness.open({ fs });
  const source = new Source(madeBytes(9 * MIB));
  await failsWith("unavailable", repository.write(requestOf("s1", [source.file()]), idleContext));
  expect(source.offsets).toEqual([0]);
});

test("a file that may only be read is opened for the rest of its stream", async () => {
  await harness.open();
  const folder = await harness.folder();
  const path = join(folder, "partial");
  await writeFile(path, "0123456789");
  await chmod(path, 0o444);
  await chmod(folder, 0o777);
  await chmod(harness.root, 0o777);
  await asNobody(path, async () => {
    const file = await openStreamFile(path, { keepBytes: 4, finalMode: 0o444 });
    await file.write(Buffer.from("abc"), 4);
    await file.sync();
    await file.close();
  });
  expect((await nodeFs.readFile(path)).toString()).toBe("0123abc");
});

/** Root may write to anything; so for a while this process is somebody else. */
async function asNobody(path: string, run: () => Promise<void>): Promise<void> {
  const NOBODY = 65_534;
  if (process.getuid?.() !== 0 || !process.seteuid) return run();
  await chown(path, NOBODY, NOBODY);
  process.seteuid(NOBODY);
  try {
    await run();
  } finally {
    process.seteuid(0);
  }
}

test("a partial that cannot be had is no reason not to fetch the bytes", async () => {
  const bytes = madeBytes(12 * MIB);
  const sha256 = sha256Of(bytes);
  const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  const name = `${sha256}-${bytes.length}.partial`;
  const refusals: Partial<RepositoryFs>[] = [
    {
      rename: (from, to) =>
        from.endsWith(name) && to.includes("1.") ? fail() : nodeFs.rename(from, to),
    },
    {
      openStream: (path, options) =>
        options.keepBytes > 0 ? fail() : nodeFs.openStream(path, options),
    },
    { list: (path) => (path.endsWith("staging") ? fail() : nodeFs.list(path)) },
  ];
  function fail(): Promise<never> {
    return Promise.reject(denied);
  }
  for (const [index, refusal] of refusals.entries()) {
    const id = `s${index}`;
    const folder = join(harness.path, "staging");
    await harness.open();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), bytes.subarray(0, 10 * MIB));
    const repository = await harness.open({ fs: { ...nodeFs, ...refusal }, workers: 1 });
    const source = new Source(bytes);
    const manifest = await repository.write(requestOf(id, [source.file({ sha256 })]), idleContext);
    expect(source.offsets).toEqual([0]);
    expect(fileOf(manifest, "a").hash).toBe(sha256);
    await harness.damageObject(sha256, "missing");
  }
});
