import { link, mkdir, open, rename, rm, rmdir, unlink } from "node:fs/promises";
import { isSystemError } from "./errors.ts";

/**
 * Every call that changes the file system. The real one by default; the crash tests give one that
 * stops at the n-th call, as a killed process does.
 */
export interface LancedbFs {
  /** Makes the folder and its missing parents. */
  mkdir(path: string): Promise<void>;
  /** A second name for a file; fails when `to` exists. */
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Writes a new file and syncs it; fails when it exists. */
  writeNew(path: string, text: string): Promise<void>;
  /** Makes the names in a folder, or the bytes of a file, durable. */
  sync(path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Removes an empty folder. */
  rmdir(path: string): Promise<void>;
  /** Removes a folder with everything in it; missing is fine. */
  removeTree(path: string): Promise<void>;
}

export const realFs: LancedbFs = Object.freeze({
  async mkdir(path: string): Promise<void> {
    await mkdir(path, { recursive: true });
  },
  link,
  rename,
  async writeNew(path: string, text: string): Promise<void> {
    const file = await open(path, "wx");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  async sync(path: string): Promise<void> {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } catch (error) {
      // Some network file systems cannot sync a folder; then there is nothing to be done.
      if (!isSystemError(error, "EINVAL", "ENOTSUP", "EISDIR", "EPERM")) throw error;
    } finally {
      await handle.close();
    }
  },
  unlink,
  rmdir,
  async removeTree(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true });
  },
});
