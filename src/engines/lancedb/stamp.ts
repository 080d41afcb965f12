import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";

/**
 * Tells a file from one that was written over or put in its place: inode and modification time in
 * nanoseconds. LanceDB never writes into a file that it has finished, so a file with the stamp and
 * size that it had when it was hashed still has those bytes. (The change time would be stricter,
 * but every hard link to a file moves it.)
 */
export function stampOf(stats: Pick<BigIntStats, "ino" | "mtimeNs">): string {
  return `${stats.ino}:${stats.mtimeNs}`;
}

/** The stamp and size of a file; ENOENT of the operating system when there is none. */
export async function readStamp(path: string): Promise<{ stamp: string; size: number }> {
  const stats = await stat(path, { bigint: true });
  return { stamp: stampOf(stats), size: Number(stats.size) };
}
