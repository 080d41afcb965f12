import { SnapformError } from "../../errors/index.ts";
import type { LockOwner } from "../state-store.ts";
import { damaged } from "./explain.ts";
import { errorCodeOf } from "./state-files.ts";
import type { StateFiles } from "./state-files.ts";

// The lock with fencing number N is the file `lock-N.json`, and every number that was ever used
// leaves a file `fence-N` until a higher one is there. Only the highest number counts, so a lock
// is taken over by making the next one: two takers cannot both make it, a slow heartbeat cannot
// touch its successor's file, and removing a lock by hand does not turn the numbers back.

/** What the folder says about the lock at one instant. */
export interface LockView {
  /** The highest number ever used; 0 when there was none. */
  readonly fence: number;
  /** Who holds it; null when it is free. */
  readonly owner: LockOwner | null;
}

export const lockFile = (fence: number): string => `lock-${fence}.json`;
const fenceFile = (fence: number): string => `fence-${fence}`;
const pattern = /^(?:lock-(\d+)\.json|fence-(\d+))$/;

function fenceOf(name: string): number {
  const match = pattern.exec(name);
  return Number(match?.[1] ?? match?.[2] ?? 0);
}

async function highestFence(files: StateFiles, folder: string): Promise<number> {
  const names = (await files.list(folder)) ?? [];
  return names.reduce((highest, name) => Math.max(highest, fenceOf(name)), 0);
}

export async function viewLock(files: StateFiles, folder: string): Promise<LockView> {
  const fence = await highestFence(files, folder);
  const bytes = fence === 0 ? null : await files.read(`${folder}/${lockFile(fence)}`);
  return { fence, owner: bytes && parseOwner(bytes, folder, fence) };
}

/** Puts a lock in place; false when somebody else was faster. */
export async function placeLock(
  files: StateFiles,
  folder: string,
  owner: LockOwner,
): Promise<boolean> {
  const { fence } = owner;
  const lock = `${folder}/${lockFile(fence)}`;
  if (!(await linkOwner(files, folder, owner, lock))) return false;
  // Between our look at the folder and the link others may have come and gone with this number.
  const isFirst =
    (await createdFence(files, folder, fence)) && (await highestFence(files, folder)) === fence;
  if (!isFirst) {
    await files.remove(lock);
    return false;
  }
  await files.syncFolder(folder);
  await sweepLocks(files, folder, fence);
  return true;
}

async function linkOwner(
  files: StateFiles,
  folder: string,
  owner: LockOwner,
  lock: string,
): Promise<boolean> {
  const temporary = `${folder}/lock.${owner.id}.tmp`;
  await files.create(temporary, [formatOwner(owner)]);
  try {
    await files.link(temporary, lock);
    return true;
  } catch (error) {
    // ENOENT: a holder that swept up took our temporary file for one that a crash had left.
    if (["EEXIST", "ENOENT"].includes(errorCodeOf(error) ?? "")) return false;
    // What Linux says of FAT and some network file systems.
    if (errorCodeOf(error) === "EPERM") throw noLinks(folder, error);
    throw error;
  } finally {
    await files.remove(temporary);
  }
}

/** Uses a number up; false when it was used already. */
export async function createdFence(
  files: StateFiles,
  folder: string,
  fence: number,
): Promise<boolean> {
  try {
    await files.create(`${folder}/${fenceFile(fence)}`, []);
    return true;
  } catch (error) {
    if (errorCodeOf(error) === "EEXIST") return false;
    throw error;
  }
}

// Only the holder of the highest number calls this, so that what is lower is nobody's any more.
async function sweepLocks(files: StateFiles, folder: string, fence: number): Promise<void> {
  for (const name of (await files.list(folder)) ?? []) {
    const old = fenceOf(name);
    const isLeft = name.endsWith(".tmp");
    if (isLeft || (old > 0 && old < fence)) await files.remove(`${folder}/${name}`);
  }
}

/** Renews the file of a lock. The caller makes sure that it still holds it. */
export async function renewLock(
  files: StateFiles,
  folder: string,
  owner: LockOwner,
  nonce: string,
): Promise<void> {
  const temporary = `${folder}/renewed.${nonce}.tmp`;
  await files.create(temporary, [formatOwner(owner)]);
  await files.rename(temporary, `${folder}/${lockFile(owner.fence)}`);
}

/** Frees a lock; its number stays used. */
export async function removeLock(files: StateFiles, folder: string, fence: number): Promise<void> {
  await files.remove(`${folder}/${lockFile(fence)}`);
  await files.syncFolder(folder);
}

/** Frees a lock that somebody else may hold: the used number is what its holder will notice. */
export async function breakLock(files: StateFiles, folder: string, fence: number): Promise<void> {
  await createdFence(files, folder, fence + 1);
  await files.syncFolder(folder);
  await removeLock(files, folder, fence);
}

function formatOwner(owner: LockOwner): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(owner, null, 2)}\n`);
}

function parseOwner(bytes: Uint8Array, folder: string, fence: number): LockOwner {
  try {
    const owner = JSON.parse(new TextDecoder().decode(bytes)) as LockOwner;
    const isWhole =
      owner.fence === fence &&
      [owner.id, owner.host, owner.bootId, owner.processStart, owner.operation].every(
        (value) => typeof value === "string",
      ) &&
      Number.isSafeInteger(owner.pid) &&
      [owner.acquiredAt, owner.expiresAt].every((at) => !Number.isNaN(Date.parse(at)));
    if (isWhole) return Object.freeze(owner);
  } catch {
    // What is no JSON is no lock either.
  }
  throw badLock(folder, fence);
}

function noLinks(folder: string, cause: unknown): SnapformError {
  return new SnapformError("failed-precondition", `cannot make hard links in ${folder}`, {
    cause,
    hint: "Keep the state on a file system that has them.",
  });
}

function badLock(folder: string, fence: number): SnapformError {
  const name = lockFile(fence);
  return Object.assign(damaged(folder, name, "it is not a lock"), {
    hint: `Make sure that no snapform runs on this state, then remove ${folder}/${name}.`,
  });
}
