import { join } from "node:path";
import { throwIfCancelled } from "./filesystem-errors.ts";
import { FOLDERS, isHash, objectPath } from "./layout.ts";
import { leavePartial, partialName } from "./partials.ts";
import { ownerLife, parseStagingName, removeTree } from "./staging.ts";
import { inStore, makeFolders, type Store } from "./store.ts";

interface Leftover {
  readonly path: string;
  readonly names: readonly string[];
  readonly bytes: number;
  readonly newestMs: number;
}

async function look(store: Store, path: string): Promise<Leftover | null> {
  const folder = await store.fs.stat(path);
  if (folder === null) return null;
  const names = folder.isFolder ? ((await store.fs.list(path)) ?? []).map((e) => e.name) : [];
  let { mtimeMs: newestMs } = folder;
  let bytes = folder.isFolder ? 0 : folder.size;
  for (const name of names) {
    const found = await store.fs.stat(join(path, name));
    bytes += found?.size ?? 0;
    newestMs = Math.max(newestMs, found?.mtimeMs ?? 0);
  }
  return { path, names, bytes, newestMs };
}

/** Half-stored streams go on being of use for a day, though whoever stored them is gone. */
async function keepPartials(
  store: Store,
  leftover: Leftover,
  before: number,
  dryRun: boolean,
): Promise<number> {
  let bytes = 0;
  for (const name of leftover.names.filter((one) => partialName(one) !== null)) {
    const path = join(leftover.path, name);
    const found = await store.fs.stat(path);
    if (found === null || found.mtimeMs < before) continue;
    if (dryRun || (await leavePartial(store, path))) bytes += found.size;
  }
  return bytes;
}

/** Objects that a sweep had taken aside when it died go back, for the next look at them. */
async function putBackObjects(store: Store, leftover: Leftover): Promise<number> {
  let bytes = 0;
  for (const hash of leftover.names.filter(isHash)) {
    const path = objectPath(hash);
    const aside = join(leftover.path, hash);
    if ((await store.fs.stat(inStore(store, path))) !== null) continue;
    bytes += (await store.fs.stat(aside))?.size ?? 0;
    await makeFolders(store, join(FOLDERS.objects, hash.slice(0, 2)));
    await store.fs.rename(aside, inStore(store, path));
  }
  return bytes;
}

function isOver(name: string, newestMs: number, before: number): boolean {
  const owner = parseStagingName(name);
  const life = owner === null ? "unknown" : ownerLife(owner);
  // Of other hosts and boots nothing is known, so only its age counts.
  return life === "dead" || (life === "unknown" && newestMs < before);
}

/** Removes what processes that are gone have left in `staging/`; answers the bytes in it. */
export async function sweepStaging(
  store: Store,
  before: number,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<number> {
  const root = inStore(store, FOLDERS.staging);
  let bytes = 0;
  for (const entry of (await store.fs.list(root)) ?? []) {
    throwIfCancelled(signal);
    const leftover = await look(store, join(root, entry.name));
    if (leftover === null || !isOver(entry.name, leftover.newestMs, before)) continue;
    bytes += leftover.bytes - (await keepPartials(store, leftover, before, dryRun));
    if (dryRun) continue;
    if (entry.isFolder) {
      bytes -= await putBackObjects(store, leftover);
      await removeTree(store, leftover.path);
    } else {
      await store.fs.unlink(leftover.path);
    }
  }
  return bytes;
}
