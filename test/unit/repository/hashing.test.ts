import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBLAKE3 } from "hash-wasm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createCopyPool, type CopyPool } from "../../../src/repository/filesystem/copy-pool.ts";
import { CHUNK_BYTES, newControl } from "../../../src/repository/filesystem/copy-task.ts";
import { createHasher } from "../../../src/repository/filesystem/hasher.ts";
import type { HashName } from "../../../src/snapshot/manifest.ts";

/** Of nothing, from the specifications. */
const EMPTY: Readonly<Record<HashName, string>> = {
  sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  blake3: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
};

describe.each(["sha256", "blake3"] as const)("%s", (name) => {
  test("is the published function", async () => {
    expect((await createHasher(name)).digest()).toBe(EMPTY[name]);
  });

  test("is the same in pieces", async () => {
    const [whole, pieces] = [await createHasher(name), await createHasher(name)];
    const bytes = Buffer.alloc(100_000, "pieces");
    whole.update(bytes);
    for (let at = 0; at < bytes.length; at += 777) pieces.update(bytes.subarray(at, at + 777));
    expect(pieces.digest()).toBe(whole.digest());
  });
});

test("BLAKE3 by native code and by WebAssembly is the same", async () => {
  const bytes = Buffer.alloc(3_000_000, "both");
  const [native, wasm] = [await createHasher("blake3"), await createBLAKE3()];
  native.update(bytes);
  wasm.update(bytes);
  expect(native.digest()).toBe(wasm.digest("hex"));
});

describe("the threads", () => {
  let folder: string;
  let pool: CopyPool;
  const watch = { signal: new AbortController().signal, progress: (): void => undefined };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "snapform-copy-"));
    pool = createCopyPool(2);
  });
  afterEach(async () => {
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  });

  function copy(source: string, size: number, signal: AbortSignal = watch.signal): Promise<string> {
    const rest = {
      hash: "sha256",
      mode: 0o444,
      mtimeMs: 1_000_000,
      control: newControl(size),
    } as const;
    const target = join(folder, "target");
    return pool.run({ kind: "copy", source, target, size, ...rest }, { ...watch, signal });
  }

  async function source(size: number): Promise<{ path: string; bytes: Buffer; hash: string }> {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at + 4 <= size; at += 4096) bytes.writeUInt32LE(at, at);
    const path = join(folder, "source");
    await writeFile(path, bytes);
    return { path, bytes, hash: createHash("sha256").update(bytes).digest("hex") };
  }

  test.each([
    ["nothing", 0],
    ["a few bytes", 5],
    ["one chunk", CHUNK_BYTES],
    ["a bit more than a chunk", CHUNK_BYTES + 1],
    ["many chunks, in two threads", 9 * CHUNK_BYTES + 12_345],
  ])("copy and hash %s", async (_name, size) => {
    const { path, bytes, hash } = await source(size);
    expect(await copy(path, size)).toBe(hash);
    const target = join(folder, "target");
    expect(bytes.equals(await readFile(target))).toBe(true);
    const found = await stat(target);
    expect(found.mode & 0o777).toBe(0o444);
    expect(found.mtimeMs).toBe(1_000_000);
  });

  test("refuse a source of another size, and say what is missing", async () => {
    const { path } = await source(10);
    await expect(copy(path, 11)).rejects.toMatchObject({ code: "aborted" });
    await expect(copy(`${path}-gone`, 11)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("stop when they are told to, also in the middle of a file", async () => {
    const size = 9 * CHUNK_BYTES;
    const { path } = await source(size);
    const controller = new AbortController();
    const work = pool.run(
      {
        kind: "copy",
        source: path,
        target: join(folder, "target"),
        size,
        hash: "sha256",
        mode: 0o444,
        mtimeMs: null,
        control: newControl(size),
      },
      { signal: controller.signal, progress: () => controller.abort() },
    );
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
  });

  test("fail what is left when they are closed", async () => {
    const size = 9 * CHUNK_BYTES;
    const { path } = await source(size);
    const work = copy(path, size);
    const failed = expect(work).rejects.toMatchObject({ code: "cancelled" });
    await pool.close();
    await failed;
    await expect(copy(path, size)).rejects.toMatchObject({ code: "cancelled" });
  });
});
