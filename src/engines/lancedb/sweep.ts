import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { isSystemError, throwIfCancelled } from "./errors.ts";
import { folderIdentity } from "./identity.ts";
import { parseJournalFile, type RestoreJournal } from "./journal.ts";
import { replacedFolder, STAGING } from "./layout.ts";
import { isGone, parseOwner, type Owner } from "./owner.ts";
import { recoverRun } from "./recover.ts";
import type { LancedbSetting } from "./setting.ts";
import { KEPT_DAYS } from "./undo.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Clears staging that no running process owns. An interrupted restore is made whole first; a
 * finished one is forgotten, together with the table that it replaced, after a week.
 */
export async function sweepStaging(setting: LancedbSetting, signal: AbortSignal): Promise<void> {
  const staging = join(setting.uri, STAGING);
  const names = await namesIn(staging);
  for (const name of names.filter((each) => /^restore-.*\.json$/.test(each))) {
    throwIfCancelled(signal, `sweeping ${staging}`);
    await sweepJournal(setting, join(staging, name));
  }
  for (const name of await namesIn(staging)) {
    throwIfCancelled(signal, `sweeping ${staging}`);
    if (name.startsWith("restore-")) {
      const hasJournal = names.includes(`${name}.json`) || name.endsWith(".json");
      if (!hasJournal && (await isOld(setting, join(staging, name)))) {
        await setting.fs.removeTree(join(staging, name));
      }
    } else if (await isAbandoned(setting, join(staging, name))) {
      await setting.fs.removeTree(join(staging, name));
    }
  }
  if (names.length > 0 && (await namesIn(staging)).length === 0) {
    // Another process may be about to use it; then it is not empty, or is made again.
    await setting.fs.rmdir(staging).catch(() => undefined);
  }
}

async function sweepJournal(setting: LancedbSetting, path: string): Promise<void> {
  const journal = await parseJournalFile(path);
  if (journal === null) {
    if (await isOld(setting, path)) await setting.fs.removeTree(path);
    return;
  }
  const ageMs = setting.clock.now().getTime() - Date.parse(journal.writtenAt);
  if (journal.phase === "placed") {
    if (ageMs > KEPT_DAYS * DAY_MS) await forget(setting, path, journal);
    return;
  }
  if ((await isGone(journal.owner)) ?? ageMs > DAY_MS) {
    await recoverRun(setting, journal.runId, journal.target);
  }
}

async function forget(
  setting: LancedbSetting,
  path: string,
  journal: RestoreJournal,
): Promise<void> {
  if (journal.procedure === "replace" && journal.previousIdentity !== null) {
    const aside = replacedFolder(setting.uri, journal.target, journal.runId);
    // Only the very folder that was moved there; somebody may have put another one in its place.
    if ((await folderIdentity(aside)) === journal.previousIdentity) {
      await setting.fs.removeTree(aside);
    }
  }
  await setting.fs.removeTree(path);
}

async function isAbandoned(setting: LancedbSetting, folder: string): Promise<boolean> {
  const owner = await ownerOf(folder);
  const gone = owner === null ? null : await isGone(owner);
  return gone ?? (await isOld(setting, folder));
}

async function ownerOf(folder: string): Promise<Owner | null> {
  try {
    return parseOwner(JSON.parse(await readFile(join(folder, "owner.json"), "utf8")));
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}

async function isOld(setting: LancedbSetting, path: string): Promise<boolean> {
  try {
    return setting.clock.now().getTime() - (await stat(path)).mtimeMs > DAY_MS;
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return false;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return [];
    throw error;
  }
}
