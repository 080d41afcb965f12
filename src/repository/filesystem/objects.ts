import { dirname, join } from "node:path";
import { forEachOf } from "../../engine/for-each-of.ts";
import { codeOf } from "./filesystem-errors.ts";
import { FOLDERS, objectPath } from "./layout.ts";
import { inStore, makeFolders, type Store } from "./store.ts";

/** A file body as manifests name it. */
export interface ObjectRef {
  readonly hash: string;
  readonly size: number;
}

/** True when the object is there with the right size. */
export async function hasObject(store: Store, object: ObjectRef): Promise<boolean> {
  const found = await store.fs.stat(inStore(store, objectPath(object.hash)));
  return found !== null && !found.isFolder && found.size === object.size;
}

/**
 * Marks an object as used just now, which keeps a sweep from removing it; false when it is not
 * there with the right size, or belongs to somebody whose files cannot be touched.
 */
export async function touchObject(store: Store, object: ObjectRef): Promise<boolean> {
  if (!(await hasObject(store, object))) return false;
  try {
    await store.fs.touch(inStore(store, objectPath(object.hash)), store.clock.now());
    return true;
  } catch (error) {
    if (["ENOENT", "EPERM", "EACCES"].includes(codeOf(error) ?? "")) return false;
    throw error;
  }
}

/**
 * Puts a durable staged file in its place as an object; true when there was none. One that is there
 * already is replaced: the new bytes were hashed just now, so this also mends a damaged object.
 */
export async function publishObject(
  store: Store,
  staged: string,
  object: ObjectRef,
): Promise<boolean> {
  const isNew = !(await hasObject(store, object));
  const path = objectPath(object.hash);
  try {
    await store.fs.rename(staged, inStore(store, path));
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    await makeFolders(store, dirname(path));
    await store.fs.rename(staged, inStore(store, path));
  }
  return isNew;
}

/** Makes the names of newly published objects durable, each folder once. */
export async function syncObjectFolders(store: Store, hashes: Iterable<string>): Promise<void> {
  const folders = new Set<string>();
  for (const hash of hashes) folders.add(dirname(objectPath(hash)));
  await forEachOf([...folders], (folder) => store.fs.syncFolder(inStore(store, folder)));
}

/** Those of the objects that are not there with the right size. */
export async function missingObjects<T extends ObjectRef>(
  store: Store,
  objects: readonly T[],
): Promise<T[]> {
  const there = await forEachOf(objects, (object) => hasObject(store, object));
  return objects.filter((_object, index) => there[index] === false);
}

/** Every object of the repository with its absolute path. */
export async function* listObjects(
  store: Store,
): AsyncGenerator<{ readonly hash: string; readonly path: string }> {
  const root = join(store.root, FOLDERS.objects);
  for (const folder of (await store.fs.list(root)) ?? []) {
    if (!folder.isFolder || !/^[0-9a-f]{2}$/.test(folder.name)) continue;
    for (const entry of (await store.fs.list(join(root, folder.name))) ?? []) {
      if (entry.isFolder || !/^[0-9a-f]{64}$/.test(entry.name)) continue;
      yield { hash: entry.name, path: join(root, folder.name, entry.name) };
    }
  }
}
