import { basename, dirname, join } from "node:path";
import type { EngineContext, SnapshotReader } from "../../engine/driver.ts";
import { forEachOf } from "../../engine/for-each-of.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Manifest, ManifestFile } from "../../snapshot/manifest.ts";
import type { SnapshotKey } from "../repository.ts";
import { COPY_WIDTH, INLINE_BYTES, copyFile } from "./copy-file.ts";
import { repositoryError, throwIfCancelled } from "./filesystem-errors.ts";
import { isSafePath, objectPath } from "./layout.ts";
import { readSnapshot } from "./read.ts";
import { readObject } from "./read-stream.ts";
import { inStore, type Store } from "./store.ts";
import type { TaskWatch } from "./copy-pool.ts";
import { watchOf } from "./watch.ts";

function corrupt(store: Store, file: ManifestFile, what: string): SnapformError {
  const which = `${objectPath(file.hash)}, which is ${file.path} of the snapshot,`;
  const message = `repository ${store.name}: ${which} ${what}`;
  return new SnapformError("corrupt", message, {
    hint: "Restore another snapshot; `snapform repository check` lists all damage.",
  });
}

/** Makes sure that the object is there with the right size before anything is made of it. */
async function checkObject(store: Store, file: ManifestFile): Promise<void> {
  const found = await store.fs.stat(inStore(store, objectPath(file.hash)));
  if (found === null) throw corrupt(store, file, "is missing");
  if (found.size !== file.size) {
    throw corrupt(store, file, `has ${found.size} bytes instead of ${file.size}`);
  }
}

async function* read(
  store: Store,
  manifest: Manifest,
  file: ManifestFile,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const path = inStore(store, objectPath(file.hash));
  const { hash, size } = file;
  const { hash: hashName } = manifest;
  const wrong = (what: string): SnapformError => corrupt(store, file, what);
  try {
    yield* readObject(store, { path, size, hash, hashName, signal, corrupt: wrong });
  } catch (error) {
    throwIfCancelled(signal);
    throw repositoryError(error, store.name, store.root);
  }
}

/** Makes the folders of a file below `directory`; adds all on the way to `touched`. */
async function makeFoldersBelow(
  store: Store,
  directory: string,
  path: string,
  touched: Set<string>,
): Promise<void> {
  const parent = dirname(path);
  const folder = parent === "." ? directory : join(directory, parent);
  if (touched.has(folder)) return;
  if (parent !== ".") await makeFoldersBelow(store, directory, parent, touched);
  await store.fs.makeFolder(folder);
  touched.add(folder);
}

/** A name that nothing has yet, telling whose it is in case that a crash leaves it. */
async function freeName(store: Store, folder: string): Promise<string> {
  let path: string;
  do {
    path = join(folder, `.${store.clock.randomHex(6)}.snapform-partial`);
  } while ((await store.fs.stat(path)) !== null);
  return path;
}

interface Materialization {
  readonly store: Store;
  readonly manifest: Manifest;
  readonly directory: string;
  readonly watch: TaskWatch;
  readonly inline: boolean;
}

/**
 * Writes one file under a name of its own and gives it its right one when it is whole, so that
 * nothing ever sees a half-written file in what may be a live database.
 */
async function place(run: Materialization, file: ManifestFile): Promise<void> {
  const { store, manifest, directory, watch, inline } = run;
  throwIfCancelled(watch.signal);
  await checkObject(store, file);
  const target = join(directory, file.path);
  const aside = await freeName(store, dirname(target));
  const copy = { source: inStore(store, objectPath(file.hash)), target: aside, size: file.size };
  try {
    const options = { hash: manifest.hash, mode: 0o644, mtime: null };
    const hash = await copyFile(store, { ...copy, ...options }, watch, { inline });
    if (hash !== file.hash) throw corrupt(store, file, "does not fit its hash");
    await store.fs.rename(aside, target);
  } catch (error) {
    await store.fs.unlink(aside).catch(() => false);
    throw error;
  }
}

async function isThere(store: Store, directory: string, file: ManifestFile): Promise<boolean> {
  const found = await store.fs.stat(join(directory, file.path));
  return found !== null && !found.isFolder && found.size === file.size;
}

async function materialize(
  store: Store,
  manifest: Manifest,
  files: readonly ManifestFile[],
  directory: string,
  options: { readonly keepExisting: boolean },
  context: EngineContext,
): Promise<{ readonly copiedBytes: number }> {
  const unsafe = files.find((file) => !isSafePath(file.path));
  if (unsafe !== undefined) throw new SnapformError("corrupt", `not a safe path: ${unsafe.path}`);
  const there = options.keepExisting
    ? await forEachOf(files, (file) => isThere(store, directory, file))
    : [];
  const wanted = files.filter((_file, index) => there[index] !== true);
  const bytes = wanted.reduce((sum, file) => sum + file.size, 0);
  const watch = watchOf(context, "copying", bytes);
  const run = { store, manifest, directory, watch, inline: bytes < INLINE_BYTES };
  const folders = new Set<string>();
  await makeRoot(store, directory, folders);
  for (const file of wanted) await makeFoldersBelow(store, directory, file.path, folders);
  const bySize = wanted.toSorted((a, b) => b.size - a.size);
  await forEachOf(bySize, (file) => place(run, file), COPY_WIDTH);
  await forEachOf([...folders], (folder) => store.fs.syncFolder(folder));
  return { copiedBytes: bytes };
}

/** The directory itself may be new, with parents that are new as well. */
async function makeRoot(store: Store, directory: string, touched: Set<string>): Promise<void> {
  if ((await store.fs.stat(directory))?.isFolder === true) return;
  const parent = dirname(directory);
  if (basename(directory) !== "") await makeRoot(store, parent, touched);
  if (await store.fs.makeFolder(directory)) touched.add(parent);
}

/** Opens a snapshot for restoring; see `Repository.reader`. */
export async function openReader(store: Store, key: SnapshotKey): Promise<SnapshotReader> {
  const found = await readSnapshot(store, key);
  if (found === null) {
    const what = `snapshot ${key.id} of ${key.cluster}/${key.collection}`;
    throw new SnapformError("not-found", `repository ${store.name} has no ${what}`);
  }
  const { manifest } = found;
  const mapped = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw repositoryError(error, store.name, store.root);
    });
  const open = async (
    file: ManifestFile,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> => {
    await checkObject(store, file);
    return read(store, manifest, file, signal);
  };
  return Object.freeze<SnapshotReader>({
    manifest,
    open: (file, signal) => mapped(open(file, signal)),
    materialize: (files, directory, options, context) =>
      mapped(materialize(store, manifest, files, directory, options, context)),
  });
}
