import { dirname } from "node:path";
import { forEachOf } from "../../engine/for-each-of.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Manifest } from "../../snapshot/manifest.ts";
import type { SnapshotKey } from "../repository.ts";
import { codeOf } from "./filesystem-errors.ts";
import { manifestPath, notesPath, trashedPath } from "./layout.ts";
import { missingObjects, touchObject, type ObjectRef } from "./objects.ts";
import { linkIfAbsent } from "./publish.ts";
import { readManifest, readText, wholeManifest } from "./read.ts";
import { openStaging } from "./staging.ts";
import { inStore, makeFolders, writeNewFile, type Store } from "./store.ts";
import { formatTrashed, parseTrashed } from "./trashed-file.ts";

/** Renames below the root; false when there is nothing to rename. */
async function move(store: Store, from: string, to: string): Promise<boolean> {
  try {
    await store.fs.rename(inStore(store, from), inStore(store, to));
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function exists(store: Store, path: string): Promise<boolean> {
  return (await store.fs.stat(inStore(store, path))) !== null;
}

async function writeTimes(store: Store, key: SnapshotKey, at: Date): Promise<void> {
  const times = {
    trashedAt: at.toISOString(),
    undoUntil: new Date(at.getTime() + store.undoMs).toISOString(),
  };
  const path = trashedPath(key);
  await makeFolders(store, dirname(path));
  const staging = await openStaging(store);
  try {
    const staged = staging.next();
    await writeNewFile(store.fs, staged, formatTrashed(times, store.project), 0o644);
    await store.fs.rename(staged, inStore(store, path));
    await store.fs.syncFolder(inStore(store, dirname(path)));
  } finally {
    await staging.remove();
  }
}

/**
 * Moves a manifest to the trash; see `Repository.trash`. First the file that says until when it can
 * be taken back, then the manifest, then its notes: whatever a crash leaves, a second call ends it.
 */
export async function trashSnapshot(store: Store, key: SnapshotKey, at: Date): Promise<void> {
  const live = manifestPath(key, "snapshots");
  const gone = manifestPath(key, "trash");
  if (await exists(store, live)) {
    await writeTimes(store, key, at);
    await store.fs.unlink(inStore(store, notesPath(key, "trash")));
    await moveManifest(store, live, gone);
  } else if (!(await exists(store, gone))) {
    return;
  } else if (parseTrashed((await readText(store, trashedPath(key))) ?? "") === null) {
    await writeTimes(store, key, at);
  }
  await move(store, notesPath(key, "snapshots"), notesPath(key, "trash"));
  await syncBoth(store, key);
}

async function moveManifest(store: Store, live: string, gone: string): Promise<void> {
  await move(store, live, gone);
  // An undelete that was interrupted leaves two names of one file, and renaming one of them to the
  // other does nothing.
  const [a, b] = await Promise.all([live, gone].map((path) => store.fs.stat(inStore(store, path))));
  if (a && b && a.inode === b.inode) await store.fs.unlink(inStore(store, live));
}

async function syncBoth(store: Store, key: SnapshotKey): Promise<void> {
  await store.fs.syncFolder(inStore(store, dirname(manifestPath(key, "trash"))));
  await store.fs.syncFolder(inStore(store, dirname(manifestPath(key, "snapshots"))));
}

function objectsOf(manifest: Manifest): ObjectRef[] {
  const objects = manifest.parts.flatMap((part) => part.files);
  return [...new Map(objects.map((object) => [object.hash, object])).values()];
}

function incomplete(store: Store, key: SnapshotKey, missing: readonly ObjectRef[]): SnapformError {
  const count = missing.length === 1 ? "1 object is" : `${missing.length} objects are`;
  const what = `snapshot ${key.id} cannot be taken back: ${count} missing or truncated`;
  const message = `repository ${store.name}: ${what}`;
  return new SnapformError("corrupt", message);
}

/** Puts the manifest back in its place; it stays in the trash until its objects are known whole. */
async function putBack(store: Store, key: SnapshotKey, manifest: Manifest): Promise<void> {
  const live = manifestPath(key, "snapshots");
  const gone = manifestPath(key, "trash");
  await makeFolders(store, dirname(live));
  let linked: boolean;
  try {
    linked = await linkIfAbsent(store, inStore(store, gone), inStore(store, live));
  } catch (error) {
    // Its undo window has ended while this was at it.
    if (codeOf(error) === "ENOENT") throw notInTrash(store, key);
    throw error;
  }
  if (!linked) {
    const other = await readManifest(store, key, "snapshots");
    const same = other !== null && "manifest" in other && isSame(other.manifest, manifest);
    if (!same) {
      const message = `repository ${store.name} has another snapshot ${key.id} in its place`;
      throw new SnapformError("already-exists", message);
    }
  }
  // A sweep that runs beside this may have taken an object before it could see the manifest.
  const missing = await missingObjects(store, objectsOf(manifest));
  if (missing.length === 0) return;
  if (await exists(store, gone)) await store.fs.unlink(inStore(store, live));
  throw incomplete(store, key, missing);
}

function notInTrash(store: Store, key: SnapshotKey): SnapformError {
  const what = `snapshot ${key.id} of ${key.cluster}/${key.collection}`;
  return new SnapformError("not-found", `the trash of repository ${store.name} has no ${what}`);
}

function isSame(a: Manifest, b: Manifest): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Takes a manifest back from the trash; see `Repository.undelete`. */
export async function undeleteSnapshot(store: Store, key: SnapshotKey): Promise<Manifest> {
  const trashed = await readManifest(store, key, "trash");
  if (trashed === null) {
    const live = await readManifest(store, key, "snapshots");
    if (live !== null) return finish(store, key, wholeManifest(store, key, live));
    throw notInTrash(store, key);
  }
  const manifest = wholeManifest(store, key, trashed);
  const objects = objectsOf(manifest);
  const missing = await missingObjects(store, objects);
  if (missing.length > 0) throw incomplete(store, key, missing);
  await forEachOf(objects, (object) => touchObject(store, object));
  await putBack(store, key, manifest);
  return finish(store, key, manifest);
}

/** Brings the notes along and clears what was in the trash. */
async function finish(store: Store, key: SnapshotKey, manifest: Manifest): Promise<Manifest> {
  const notes = notesPath(key, "snapshots");
  if (!(await exists(store, notes))) await move(store, notesPath(key, "trash"), notes);
  await store.fs.syncFolder(inStore(store, dirname(notes)));
  for (const path of [manifestPath(key, "trash"), notesPath(key, "trash"), trashedPath(key)]) {
    await store.fs.unlink(inStore(store, path));
  }
  return manifest;
}
