import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { EngineContext } from "../../engine/driver.ts";
import type { ManifestFile } from "../../snapshot/manifest.ts";
import { hashFile, UNKNOWN_HASH } from "./check.ts";
import { corruptFile, isSystemError, throwIfCancelled } from "./errors.ts";
import { stagedTable } from "./layout.ts";
import type { OpenedRestore } from "./opened-restore.ts";
import type { LancedbSetting } from "./setting.ts";
import { manifestPath } from "./versions.ts";

/** Puts back what a live table lacks, the manifest last; returns how much was copied. */
export async function putBack(
  setting: LancedbSetting,
  opened: OpenedRestore,
  folder: string,
  isReversed: boolean,
  context: EngineContext,
): Promise<number> {
  const { fs, uri } = setting;
  const { reader, details } = opened;
  const missing: ManifestFile[] = [];
  for (const file of opened.files) {
    throwIfCancelled(context.signal, "comparing the table's files");
    const place = join(folder, placeOf(file, opened, isReversed));
    if (await isMissing(setting, opened, file, place, context)) missing.push(file);
  }
  if (missing.length === 0) return 0;
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
  return copiedBytes;
}

/** A table may have changed its way of naming manifests since. */
function placeOf(file: ManifestFile, opened: OpenedRestore, isReversed: boolean): string {
  if (file.path !== opened.details.manifestPath) return file.path;
  return manifestPath(opened.details.version, isReversed);
}

/** False when the very bytes are there; damage and foreign files are errors, never replaced. */
async function isMissing(
  setting: LancedbSetting,
  opened: OpenedRestore,
  file: ManifestFile,
  place: string,
  context: EngineContext,
): Promise<boolean> {
  const { target } = opened.request;
  try {
    const { size } = await stat(place);
    if (size !== file.size) {
      throw corruptFile(target, file.path, `it has ${size} bytes instead of ${file.size}`);
    }
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return true;
    throw error;
  }
  if (await hasBytesOf(setting, opened, file, place, context)) return false;
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
