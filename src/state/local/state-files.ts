import { constants } from "node:fs";
import { link, lstat, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/** A journal that is open for appending. */
export interface JournalFile {
  /** Writes at the end of the file, all bytes in one go. */
  append(bytes: Uint8Array): Promise<void>;
  /** Gives the appended bytes to the disk. */
  sync(): Promise<void>;
  /** Cuts the file to this length, durably. */
  truncate(byteCount: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * What the local store does to the file system: the seam for tests that cut the power at each
 * step. Fails with the errors of `node:fs`.
 */
export interface StateFiles {
  /** Null when there is no such file. */
  read(path: string): Promise<Uint8Array | null>;
  /** The names in a folder; null when there is no such folder. */
  list(folder: string): Promise<readonly string[] | null>;
  /** Another text for every version of a file that is only ever replaced; null without the file. */
  stamp(path: string): Promise<string | null>;
  /** Makes a folder and those above it, durably. */
  makeFolder(path: string): Promise<void>;
  /** Makes a new file, whole and synced; `EEXIST` when there is one of that name. */
  create(path: string, chunks: readonly Uint8Array[]): Promise<void>;
  /** Gives a file a second name; `EEXIST` when that is taken. */
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** A file that is missing is as good as removed. */
  remove(path: string): Promise<void>;
  /** Makes new, renamed and removed names in a folder durable. */
  syncFolder(path: string): Promise<void>;
  openJournal(path: string): Promise<JournalFile>;
}

/** The code of an error of the file system, e.g. `ENOENT`. */
export function errorCodeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (errorCodeOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    done += (await file.write(bytes, done)).bytesWritten;
  }
}

async function withFile(file: FileHandle, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; its file systems journal names by themselves.
  if (process.platform === "win32") return;
  const folder = await open(path, constants.O_RDONLY);
  await withFile(folder, () => folder.sync());
}

/** The real file system. */
export const realFiles: StateFiles = Object.freeze({
  read: (path: string): Promise<Uint8Array | null> => orNull(readFile(path)),
  list: (folder: string): Promise<readonly string[] | null> => orNull(readdir(folder)),
  async stamp(path: string): Promise<string | null> {
    const stat = await orNull(lstat(path, { bigint: true }));
    return stat && `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
  },
  async makeFolder(path: string): Promise<void> {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined) return;
    const top = dirname(resolve(first));
    for (let folder = resolve(path); folder !== top;) {
      folder = dirname(folder);
      await syncFolder(folder);
    }
  },
  async create(path: string, chunks: readonly Uint8Array[]): Promise<void> {
    const file = await open(path, "wx", 0o600);
    await withFile(file, async () => {
      for (const chunk of chunks) await writeAll(file, chunk);
      await file.sync();
    });
  },
  link,
  rename,
  remove: (path: string): Promise<void> => rm(path, { force: true }),
  syncFolder,
  async openJournal(path: string): Promise<JournalFile> {
    const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
    return {
      append: (bytes) => writeAll(file, bytes),
      sync: () => file.datasync(),
      async truncate(byteCount) {
        await file.truncate(byteCount);
        await file.sync();
      },
      close: () => file.close(),
    };
  },
});
