import { join } from "node:path";
import type { SnapshotKey } from "../repository.ts";
import { throwIfCancelled } from "./filesystem-errors.ts";
import { FOLDERS, MANIFEST_SUFFIX, NOTES_SUFFIX, TRASH_SUFFIX } from "./layout.ts";
import { collectionFolders, keyOfPlace, readManifests, type ReadManifest } from "./list.ts";
import { readText } from "./read.ts";
import { inStore, type Store } from "./store.ts";
import { parseTrashed } from "./trashed-file.ts";

function besideOf(one: ReadManifest, suffix: string): string {
  return join(one.folder, `${one.place.id}${suffix}`);
}

/** Its undo window has ended. What a newer snapform wrote is left to that. */
async function isReleased(store: Store, one: ReadManifest, now: Date): Promise<boolean> {
  if ("problem" in one.parsed && one.parsed.problem.fault !== "altered") return false;
  const times = parseTrashed((await readText(store, besideOf(one, TRASH_SUFFIX))) ?? "");
  return times !== null && Date.parse(times.undoUntil) <= now.getTime();
}

/** First the manifest: from then on it cannot be taken back, and its objects are free. */
async function empty(store: Store, one: ReadManifest): Promise<void> {
  for (const suffix of [MANIFEST_SUFFIX, NOTES_SUFFIX, TRASH_SUFFIX]) {
    await store.fs.unlink(inStore(store, besideOf(one, suffix)));
  }
  await store.fs.syncFolder(inStore(store, one.folder));
}

/** Files beside manifests that are gone: what a crash leaves between two steps. */
async function sweepOrphans(
  store: Store,
  root: "snapshots" | "trash",
  before: number,
): Promise<void> {
  for (const { folder, names } of await collectionFolders(store, root)) {
    const all = new Set(names);
    for (const name of names) {
      const suffix = [NOTES_SUFFIX, TRASH_SUFFIX].find((one) => name.endsWith(one));
      if (suffix === undefined) continue;
      if (all.has(`${name.slice(0, -suffix.length)}${MANIFEST_SUFFIX}`)) continue;
      const path = inStore(store, join(folder, name));
      const found = await store.fs.stat(path);
      if (found !== null && found.mtimeMs < before) await store.fs.unlink(path);
    }
  }
}

/** Removes manifests whose undo window has ended; answers whose they were. */
export async function sweepTrash(
  store: Store,
  now: Date,
  before: number,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<SnapshotKey[]> {
  const removed: SnapshotKey[] = [];
  for (const one of await readManifests(store, FOLDERS.trash)) {
    throwIfCancelled(signal);
    if (!(await isReleased(store, one, now))) continue;
    if (!dryRun) await empty(store, one);
    removed.push(keyOfPlace(one.place));
  }
  if (!dryRun) {
    await sweepOrphans(store, FOLDERS.trash, before);
    await sweepOrphans(store, FOLDERS.snapshots, before);
  }
  return removed;
}
