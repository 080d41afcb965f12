import type { RestoreTrace } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { finishRun } from "./build.ts";
import { isSystemError } from "./errors.ts";
import { folderIdentity, isThere } from "./identity.ts";
import { readJournal, type RestoreJournal } from "./journal.ts";
import { journalPath, replacedFolder, restoreFolder, stagedTable, tableFolder } from "./layout.ts";
import type { LancedbSetting } from "./setting.ts";
import { readVersion } from "./table.ts";
import { contentHash } from "./version-files.ts";
import { listVersions } from "./versions.ts";

/**
 * Looks for what the run has left and makes it whole: either the table that it had built is in
 * place, or everything is as it was before the run.
 */
export async function recoverRun(
  setting: LancedbSetting,
  runId: string,
  target: string,
): Promise<RestoreTrace> {
  const { uri } = setting;
  const journal = await readJournal(uri, runId);
  if (journal === null) return clearRun(setting, runId);
  if (journal.target !== target) {
    const text = `the restore ${runId} was of table ${JSON.stringify(journal.target)}`;
    throw new SnapformError("invalid-argument", text);
  }
  const isInPlace = await isTargetRestored(uri, journal);
  if (isInPlace || (await finishSwap(setting, journal))) {
    if (journal.phase !== "placed") await finishRun(setting, journal);
    else await setting.fs.removeTree(restoreFolder(uri, runId));
    const targetIdentity = await folderIdentity(tableFolder(uri, target));
    return { kind: "finished", targetIdentity };
  }
  const trace = await clearRun(setting, runId);
  return journal.phase === "placed" ? { kind: "none" } : trace;
}

async function isTargetRestored(uri: string, journal: RestoreJournal): Promise<boolean> {
  if (journal.phase === "building") return false;
  const identity = await folderIdentity(tableFolder(uri, journal.target));
  if (journal.procedure !== "in-place") {
    return identity !== null && identity === journal.stagedIdentity;
  }
  if (identity === null || identity !== journal.previousIdentity) return false;
  if (journal.phase === "placed") return true;
  return (await findRestored(uri, journal)) !== null;
}

/** The version that the native restore has made, newest first; null when it has not. */
export async function findRestored(uri: string, journal: RestoreJournal): Promise<number | null> {
  const folder = tableFolder(uri, journal.target);
  for (const manifest of await listVersions(folder)) {
    if (manifest.version <= (journal.previousVersion ?? 0)) break;
    try {
      const { version } = await readVersion(folder, manifest, journal.target);
      if (contentHash(version) === journal.contentHash) return manifest.version;
    } catch (error) {
      if (!isSystemError(error, "ENOENT")) throw error;
    }
  }
  return null;
}

/**
 * A replacement that stopped between its two renames. What it had built was whole and checked, so
 * it goes forward, unless the table that it moved away was not the one that it meant to.
 */
async function finishSwap(setting: LancedbSetting, journal: RestoreJournal): Promise<boolean> {
  const { fs, uri } = setting;
  if (journal.procedure !== "replace" || journal.phase !== "placing") return false;
  const live = tableFolder(uri, journal.target);
  const aside = replacedFolder(uri, journal.target, journal.runId);
  if ((await isThere(live)) || !(await isThere(aside))) return false;
  const staged = stagedTable(uri, journal.runId);
  const isMeant = (await folderIdentity(aside)) === journal.previousIdentity;
  const isWhole = (await folderIdentity(staged)) === journal.stagedIdentity;
  const goesForward = isMeant && isWhole;
  await fs.rename(goesForward ? staged : aside, live);
  await fs.sync(uri);
  return goesForward;
}

/** Removes everything that the run has built aside. */
async function clearRun(setting: LancedbSetting, runId: string): Promise<RestoreTrace> {
  const { fs, uri } = setting;
  const places = [restoreFolder(uri, runId), `${journalPath(uri, runId)}.tmp`];
  let hasFound = false;
  // The journal goes last: without it nobody would know the rest.
  for (const place of [...places, journalPath(uri, runId)]) {
    if (!(await isThere(place))) continue;
    await fs.removeTree(place);
    hasFound = true;
  }
  return { kind: hasFound ? "cleaned" : "none" };
}
