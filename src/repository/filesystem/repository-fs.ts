import { constants } from "node:fs";
import {
  link,
  mkdir,
  open,
  readFile,
  readdir,
  rename,
  rmdir,
  stat,
  unlink,
  utimes,
} from "node:fs/promises";
import { codeOf } from "./filesystem-errors.ts";
import { openStreamFile } from "./stream-file.ts";

export interface FileStat {
  readonly size: number;
  readonly mtimeMs: number;
  readonly inode: number;
  readonly isFolder: boolean;
}

export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** A file that is being written; nobody else can see it under this name as whole yet. */
export interface NewFile {
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the bytes durable, with the modification time `mtime` where one is given. */
  sync(mtime?: Date): Promise<void>;
  close(): Promise<void>;
}

/** A file into which a stream is written; writes may overtake each other. */
export interface StreamedFile extends Pick<NewFile, "sync" | "close"> {
  write(bytes: Uint8Array, at: number): Promise<void>;
}

/**
 * Everything that a filesystem repository asks of the disk. Tests put their own in its place, to
 * fail or to stop at any operation; an operation here is what a crash can fall between.
 */
export interface RepositoryFs {
  readFile(path: string): Promise<Buffer>;
  /** Null when there is no such folder. */
  list(path: string): Promise<readonly FolderEntry[] | null>;
  /** Null when nothing is there. */
  stat(path: string): Promise<FileStat | null>;
  /** False when it was there already. */
  makeFolder(path: string): Promise<boolean>;
  /** Creates a file that must not exist. */
  create(path: string, mode: number): Promise<NewFile>;
  /**
   * Opens a file, made if it is not there, for a stream; what comes after its first `keepBytes` is
   * cut off. It gets its `finalMode` when it is made durable.
   */
  openStream(
    path: string,
    options: { readonly keepBytes: number; readonly finalMode: number },
  ): Promise<StreamedFile>;
  rename(from: string, to: string): Promise<void>;
  link(from: string, to: string): Promise<void>;
  /** False when it was gone already. */
  unlink(path: string): Promise<boolean>;
  removeFolder(path: string): Promise<void>;
  touch(path: string, at: Date): Promise<void>;
  syncFolder(path: string): Promise<void>;
  /** Runs a bulk copy, done by worker threads; `target` is the file that it makes. */
  bulk<T>(target: string, copy: () => Promise<T>): Promise<T>;
}

const NEW_FILE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

async function create(path: string, mode: number): Promise<NewFile> {
  const handle = await open(path, NEW_FILE_FLAGS, mode);
  return {
    async write(bytes): Promise<void> {
      let done = 0;
      while (done < bytes.length) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done);
        done += bytesWritten;
      }
    },
    async sync(mtime): Promise<void> {
      if (mtime !== undefined) await handle.utimes(mtime, mtime);
      await handle.sync();
    },
    close: () => handle.close(),
  };
}

async function orNullWhenMissing<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    if (!(await stat(path)).isDirectory()) {
      throw Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${path}'`), {
        code: "ENOTDIR",
        path,
      });
    }
    return false;
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network and FUSE filesystems cannot sync a folder; then there is nothing to be done.
    if (!["EINVAL", "ENOTSUP", "EISDIR", "EPERM"].includes(codeOf(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

/** The real disk. */
export const nodeFs: RepositoryFs = Object.freeze<RepositoryFs>({
  readFile: (path) => readFile(path),
  async list(path) {
    const entries = await orNullWhenMissing(readdir(path, { withFileTypes: true }));
    return entries?.map((e) => ({ name: e.name, isFolder: e.isDirectory() })) ?? null;
  },
  async stat(path) {
    const found = await orNullWhenMissing(stat(path));
    if (found === null) return null;
    const { size, mtimeMs, ino } = found;
    return { size, mtimeMs, inode: ino, isFolder: found.isDirectory() };
  },
  makeFolder,
  create,
  openStream: openStreamFile,
  rename,
  link,
  async unlink(path) {
    return (await orNullWhenMissing(unlink(path).then(() => true))) ?? false;
  },
  async removeFolder(path) {
    await orNullWhenMissing(rmdir(path));
  },
  touch: (path, at) => utimes(path, at, at),
  syncFolder,
  bulk: (_target, copy) => copy(),
});
