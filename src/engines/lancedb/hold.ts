import { open, type FileHandle } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { dirname, join } from "node:path";
import { isSystemError } from "./errors.ts";
import type { LancedbFs } from "./fs.ts";
import { readStamp, stampOf } from "./stamp.ts";

/** A file that cannot vanish any more. */
export interface HeldFile {
  readonly path: string;
  readonly size: number;
  /** Null where the file is held open instead of linked. */
  readonly localPath: string | null;
  readonly stamp: string;
  read(offset: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** The errors by which a file system or its rules refuse a second name. */
const NO_LINK = ["EPERM", "EXDEV", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EACCES", "EROFS"];
const CHUNK_BYTES = 1024 * 1024;
const PARALLEL_COUNT = 16;

/** Holds files of one table: by hard links in a staging folder, else by open descriptors. */
export class Holder {
  readonly #fs: LancedbFs;
  readonly #table: string;
  readonly #staging: string;
  readonly #folders = new Set<string>();
  readonly #handles: FileHandle[] = [];
  #canLink: boolean;

  constructor(fs: LancedbFs, table: string, staging: string, options: { canLink: boolean }) {
    this.#fs = fs;
    this.#table = table;
    this.#staging = staging;
    this.#canLink = options.canLink;
  }

  /** Holds all of them; ENOENT of the operating system when one has vanished. */
  async holdAll(paths: readonly string[]): Promise<HeldFile[]> {
    const held: HeldFile[] = [];
    for (let at = 0; at < paths.length; at += PARALLEL_COUNT) {
      const batch = paths.slice(at, at + PARALLEL_COUNT);
      // One by one where folders are missing, so that no two calls make the same one.
      for (const path of batch) await this.#makeFolder(path);
      const results = await Promise.allSettled(batch.map((path) => this.hold(path)));
      for (const result of results) {
        if (result.status === "rejected") throw result.reason;
        held.push(result.value);
      }
    }
    return held;
  }

  async hold(path: string): Promise<HeldFile> {
    const source = join(this.#table, path);
    await this.#makeFolder(path);
    if (this.#canLink) {
      try {
        const localPath = join(this.#staging, path);
        await this.#fs.link(source, localPath);
        return await linkedFile(path, localPath);
      } catch (error) {
        if (!isSystemError(error, ...NO_LINK)) throw error;
        this.#canLink = false;
      }
    }
    const handle = await open(source, "r");
    this.#handles.push(handle);
    const stats = await handle.stat({ bigint: true });
    const size = Number(stats.size);
    const read = (offset: number): AsyncIterable<Uint8Array> => readHandle(handle, offset, size);
    return { path, size, localPath: null, stamp: stampOf(stats), read };
  }

  /** Lets everything go; the staging folder goes with it. */
  async release(): Promise<void> {
    const handles = this.#handles.splice(0);
    await Promise.all(handles.map((handle) => handle.close()));
    if (this.#folders.size > 0) await this.#fs.removeTree(this.#staging);
  }

  async #makeFolder(path: string): Promise<void> {
    const folder = dirname(path);
    if (!this.#canLink || this.#folders.has(folder)) return;
    try {
      await this.#fs.mkdir(join(this.#staging, folder));
      this.#folders.add(folder);
    } catch (error) {
      if (!isSystemError(error, ...NO_LINK)) throw error;
      this.#canLink = false;
    }
  }
}

async function linkedFile(path: string, localPath: string): Promise<HeldFile> {
  const { size, stamp } = await readStamp(localPath);
  const read = (offset: number, signal: AbortSignal): AsyncIterable<Uint8Array> =>
    createReadStream(localPath, { start: offset, highWaterMark: CHUNK_BYTES, signal });
  return { path, size, localPath, stamp, read };
}

async function* readHandle(
  handle: FileHandle,
  offset: number,
  size: number,
): AsyncGenerator<Uint8Array> {
  let at = offset;
  while (at < size) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
