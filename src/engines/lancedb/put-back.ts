import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { EngineContext } from "../../engine/driver.ts";
import type { ManifestFile } from "../../snapshot/manifest.ts";
import { hashFile, UNKNOWN_HASH } from "./check.ts";
import { corruptFile, isSystemError, throwIfCancelled } from "./errors.ts";
import { stagedTable } from "./layout.ts";
import type { OpenedRestore } from "./opened-restore.ts";
import type { LancedbSetting } from "./setting.ts";
import { readStamp } from "./stamp.ts";
import { manifestPath } from "./versions.ts";

/** What became of the files of a snapshot in a live table. */
export interface PutBack {
  readonly copiedBytes: number;
  /** Files that are the very ones that were hashed for the snapshot. */
  readonly sameCount: number;
  /** Files that were compared with their hashes, those that were copied included. */
  readonly comparedCount: number;
}

/** Puts back what a live table lacks, the manifest last. */
export async function putBack(
  setting: LancedbSetting,
  opened: OpenedRestore,
  folder: string,
  isReversed: boolean,
  context: EngineContext,
): Promise<PutBack> {
  const { fs, uri } = setting;
  const { reader, details } = opened;
  const missing: ManifestFile[] = [];
  let sameCount = 0;
  for (const file of opened.files) {
    throwIfCancelled(context.signal, "comparing the table's files");
    const place = join(folder, placeOf(file, opened, isReversed));
    const state = await stateOf(setting, opened, file, place, context);
    if (state === "missing") missing.push(file);
    if (state === "same") sameCount += 1;
  }
  const comparedCount = opened.files.length - sameCount;
  if (missing.length === 0) return { copiedBytes: 0, sameCount, comparedCount };
  const staged = stagedTable(uri, opened.request.runId);
  await fs.mkdir(staged);
  const options = { keepExisting: false };
  const { copiedBytes } = await reader.materialize(missing, staged, options, context);
  const ordered = missing.toSorted(
    (a, b) => Number(a.path === details.manifestPath) - Number(b.path === details.manifestPath),
  );
  const folders = new Set<string>();
  for (const file of ordered) {
    const place = join(folder, placeOf(file, opened, isReversed));
    if (file.path === details.manifestPath) await syncAll(setting, folders);
    folders.add(dirname(place));
    await fs.mkdir(dirname(place));
    await moveNew(setting, join(staged, file.path), place);
  }
  await syncAll(setting, folders);
  return { copiedBytes, sameCount, comparedCount };
}

/** A table may have changed its way of naming manifests since. */
function placeOf(file: ManifestFile, opened: OpenedRestore, isReversed: boolean): string {
  if (file.path !== opened.details.manifestPath) return file.path;
  return manifestPath(opened.details.version, isReversed);
}

/** `same` and `equal`: the bytes are there. Damage and foreign files are errors, never replaced. */
async function stateOf(
  setting: LancedbSetting,
  opened: OpenedRestore,
  file: ManifestFile,
  place: string,
  context: EngineContext,
): Promise<"missing" | "same" | "equal"> {
  const { target } = opened.request;
  try {
    const { size, stamp } = await readStamp(place);
    if (size === file.size && stamp === opened.details.stamps[file.path]) return "same";
    if (size !== file.size) {
      throw corruptFile(target, file.path, `it has ${size} bytes instead of ${file.size}`);
    }
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return "missing";
    throw error;
  }
  if (await hasBytesOf(setting, opened, file, place, context)) return "equal";
  throw corruptFile(target, file.path, "it differs from the snapshot; restore by replacing");
}

async function hasBytesOf(
  setting: LancedbSetting,
  opened: OpenedRestore,
  file: ManifestFile,
  place: string,
  context: EngineContext,
): Promise<boolean> {
  const table = { folder: dirname(place), manifest: opened.manifest };
  const named = { ...file, path: place.slice(table.folder.length + 1) };
  const hash = await hashFile(setting.startHash, table, named, context.signal);
  if (hash !== UNKNOWN_HASH) return hash === file.hash;
  // A hash that is not known here: the repository's bytes are, and are verified on the way.
  const bytes = await readFile(place);
  let at = 0;
  for await (const chunk of await opened.reader.open(file, context.signal)) {
    if (!bytes.subarray(at, at + chunk.length).equals(chunk)) return false;
    at += chunk.length;
  }
  return at === bytes.length;
}

/** Gives a built file its name; never onto an existing one. */
async function moveNew(setting: LancedbSetting, from: string, to: string): Promise<void> {
  try {
    await setting.fs.link(from, to);
  } catch (error) {
    if (!isSystemError(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK")) throw error;
    // Names of Lance's files are random or, for the manifest, of a version long past.
    await setting.fs.rename(from, to);
  }
}

async function syncAll(setting: LancedbSetting, folders: ReadonlySet<string>): Promise<void> {
  for (const folder of folders) {
    await setting.fs.sync(folder);
    await setting.fs.sync(dirname(folder));
  }
}
