import { constants } from "node:fs";
import { chmod, open, type FileHandle } from "node:fs/promises";
import { codeOf } from "./filesystem-errors.ts";
import type { StreamedFile } from "./repository-fs.ts";

/** Direct writes begin and end at multiples of this; so must the memory that they come from. */
export const BLOCK_BYTES = 4096;

/** Through the cache, so much may wait for the disk before it is told to begin. */
const FLUSH_BYTES = 256 * 1024 * 1024;

/** Undefined where the system has no such flag. */
const DIRECT: number | undefined = constants.O_DIRECT;

async function openDirect(path: string): Promise<FileHandle | null> {
  if (DIRECT === undefined) return null;
  try {
    return await open(path, constants.O_WRONLY | DIRECT);
  } catch {
    // Whatever the reason, the way through the cache meets it again or does not need it.
    return null;
  }
}

class StreamFile implements StreamedFile {
  readonly #file: FileHandle;
  readonly #finalMode: number;
  readonly #direct: FileHandle | null;
  #isDirect: boolean;
  /** Bytes in the cache that the disk has not been told of. */
  #dirtyBytes = 0;
  #flushing: Promise<unknown> = Promise.resolve();
  #flushError: Error | null = null;

  constructor(file: FileHandle, direct: FileHandle | null, finalMode: number) {
    this.#file = file;
    this.#direct = direct;
    this.#isDirect = direct !== null;
    this.#finalMode = finalMode;
  }

  async write(bytes: Uint8Array, at: number): Promise<void> {
    if (this.#flushError !== null) throw this.#flushError;
    for (let done = 0; done < bytes.length;) {
      const count = await this.#writeSome(bytes, done, at + done);
      // Nothing written and no error: else it would be tried for ever.
      if (count === 0) throw Object.assign(new Error("nothing was written"), { code: "EIO" });
      done += count;
    }
    if (this.#dirtyBytes >= FLUSH_BYTES) await this.#flush();
  }

  async sync(mtime?: Date): Promise<void> {
    await this.#flushing;
    if (this.#flushError !== null) throw this.#flushError;
    await this.#file.chmod(this.#finalMode);
    if (mtime !== undefined) await this.#file.utimes(mtime, mtime);
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#flushing;
    await this.#direct?.close();
    await this.#file.close();
  }

  async #writeSome(bytes: Uint8Array, done: number, at: number): Promise<number> {
    const length = bytes.length - done;
    const aligned = length - (length % BLOCK_BYTES);
    if (this.#isDirect && aligned > 0 && at % BLOCK_BYTES === 0) {
      try {
        return (await (this.#direct as FileHandle).write(bytes, done, aligned, at)).bytesWritten;
      } catch (error) {
        if (codeOf(error) !== "EINVAL") throw error;
        // This filesystem wants larger blocks, or none of it at all.
        this.#isDirect = false;
      }
    }
    const { bytesWritten } = await this.#file.write(bytes, done, length, at);
    this.#dirtyBytes += bytesWritten;
    return bytesWritten;
  }

  /** One at a time, beside the writes that follow; after a failure nothing counts as durable. */
  async #flush(): Promise<void> {
    await this.#flushing;
    this.#dirtyBytes = 0;
    this.#flushing = this.#file.datasync().catch((error: Error) => void (this.#flushError = error));
  }
}

async function mayWriteNow(path: string): Promise<boolean> {
  return chmod(path, 0o600).then(
    () => true,
    () => false,
  );
}

/** One that was durable already when its process died may only be read. */
async function openWritable(path: string): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_CREAT;
  try {
    return await open(path, flags, 0o600);
  } catch (error) {
    const isOurs = codeOf(error) === "EACCES" && (await mayWriteNow(path));
    if (!isOurs) throw error;
    return open(path, flags, 0o600);
  }
}

/**
 * Opens a file, made if it is not there, for a stream of any length to be written behind its first
 * `keepBytes`; what comes after them is cut off. Past the cache where the filesystem lets it: that
 * costs a fifth of the processor and leaves almost nothing for the sync at the end.
 */
export async function openStreamFile(
  path: string,
  options: { readonly keepBytes: number; readonly finalMode: number },
): Promise<StreamedFile> {
  const { keepBytes, finalMode } = options;
  const file = await openWritable(path);
  try {
    await file.truncate(keepBytes);
    return new StreamFile(file, await openDirect(path), finalMode);
  } catch (error) {
    await file.close();
    throw error;
  }
}
