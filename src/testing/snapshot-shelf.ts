import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Capture, EngineContext, SnapshotReader } from "../engine/driver.ts";
import { SnapformError } from "../errors/index.ts";
import type { Manifest, ManifestDraft, ManifestFile, ManifestPart } from "../snapshot/manifest.ts";

/** What a shelf needs to know beside what the capture knows. */
export type ShelfRequest = Omit<ManifestDraft, keyof Capture["draft"]> & {
  readonly finishedAt: string;
};

export interface ShelfReaderOptions {
  /** Called before each file is read; what it throws is thrown to the reader. */
  readonly beforeFile?: (file: ManifestFile) => Promise<void>;
}

/** A repository in a few lines, in memory: enough to restore from what an engine captures. */
export class SnapshotShelf {
  readonly #objects: Map<string, Uint8Array> = new Map();

  /** Reads all files of a capture. Closing it is left to whoever opened it. */
  async store(capture: Capture, request: ShelfRequest, context: EngineContext): Promise<Manifest> {
    const parts: ManifestPart[] = [];
    for (const { name, files: sources, details } of capture.parts) {
      const files: ManifestFile[] = [];
      for (const source of sources) {
        const bytes = await collect(await source.open(0, context.signal));
        const hash = sha256(bytes);
        assert.equal(bytes.length, source.size, `the size of ${source.path}`);
        if (source.knownHash !== undefined) {
          assert.equal(source.knownHash, hash, `the hash that is vouched for of ${source.path}`);
        }
        if (source.sha256 !== undefined && source.sha256 !== hash) {
          throw new SnapformError("corrupt", `${name}: ${source.path} does not have its SHA-256`);
        }
        this.#objects.set(hash, bytes);
        files.push({ path: source.path, size: bytes.length, hash });
      }
      parts.push({ name, files, details });
    }
    const bytes = parts.flatMap((part) => part.files).reduce((sum, file) => sum + file.size, 0);
    return {
      ...request,
      ...capture.draft,
      formatVersion: 1,
      hash: "sha256",
      parts,
      bytes,
      newBytes: bytes,
      writer: "snapform/test",
    };
  }

  reader(manifest: Manifest, options: ShelfReaderOptions = {}): SnapshotReader {
    const read = async (file: ManifestFile, signal: AbortSignal): Promise<Uint8Array> => {
      await options.beforeFile?.(file);
      signal.throwIfAborted();
      const bytes = this.#objects.get(file.hash);
      if (bytes === undefined || sha256(bytes) !== file.hash) {
        throw new SnapformError("corrupt", `${file.path} does not fit its hash`);
      }
      return bytes;
    };
    return {
      manifest,
      open: async (file, signal) => inChunks(await read(file, signal)),
      async materialize(files, directory, { keepExisting }, context) {
        let copiedBytes = 0;
        for (const file of files) {
          const target = join(directory, file.path);
          if (keepExisting && (await hasSize(target, file.size))) continue;
          await writeDurably(target, await read(file, context.signal));
          copiedBytes += file.size;
          context.progress({ phase: "copying", doneBytes: copiedBytes });
        }
        return { copiedBytes };
      },
    };
  }

  /** Turns a bit of one file around, as a bad disk does. */
  damage(file: ManifestFile): void {
    const bytes = Uint8Array.from(this.#objects.get(file.hash) ?? []);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    this.#objects.set(file.hash, bytes);
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  // Copied, because a source may use one buffer for all of its chunks.
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk));
  return Uint8Array.from(Buffer.concat(parts));
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const half = Math.ceil(bytes.length / 2);
  yield bytes.subarray(0, half);
  await Promise.resolve();
  yield bytes.subarray(half);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function hasSize(path: string, size: number): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.size === size,
    () => false,
  );
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
