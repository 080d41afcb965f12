import { createHash } from "node:crypto";
import { lstat, stat } from "node:fs/promises";
import { SnapformError } from "../../errors/index.ts";
import { isSystemError } from "./errors.ts";

/**
 * Tells a folder from another one that is made later under its name. It survives renames on one
 * file system; a copy has another. Null when nothing is there; a file is `failed-precondition`.
 */
export async function folderIdentity(path: string): Promise<string | null> {
  try {
    const stats = await stat(path, { bigint: true });
    if (!stats.isDirectory()) {
      throw new SnapformError("failed-precondition", `${path} is not a folder`);
    }
    // Where the file system keeps no birth time it reads as zero, and the inode has to do.
    const seed = `${stats.ino}:${stats.birthtimeNs}`;
    return `dir-${createHash("sha256").update(seed).digest("hex").slice(0, 16)}`;
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return null;
    throw error;
  }
}

/** Whether anything has that name, be it a dangling link. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return false;
    throw error;
  }
}
