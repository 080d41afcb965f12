import { join } from "node:path";
import type { EngineContext, RestoreResult } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { beginJournal, buildTable, finishRun } from "./build.ts";
import { isSystemError } from "./errors.ts";
import { isThere } from "./identity.ts";
import { writeJournal } from "./journal.ts";
import { STAGING, tableFolder } from "./layout.ts";
import type { OpenedRestore } from "./opened-restore.ts";
import type { LancedbSetting } from "./setting.ts";
import { undoOf } from "./undo.ts";

/** Builds a table that does not exist yet, and puts it in place by one rename. */
export async function restoreNew(
  setting: LancedbSetting,
  opened: OpenedRestore,
  context: EngineContext,
): Promise<RestoreResult> {
  const { fs, uri } = setting;
  const { target, expectedIdentity } = opened.request;
  const folder = tableFolder(uri, target);
  if (expectedIdentity !== null) {
    throw new SnapformError("invalid-argument", "a new table has no identity to expect");
  }
  if (await isThere(folder)) throw alreadyThere(target);
  await fs.mkdir(join(uri, STAGING));
  const journal = await beginJournal(setting, opened, {});
  const built = await buildTable(setting, opened, context);
  const placing = { ...journal, phase: "placing", stagedIdentity: built.identity } as const;
  await writeJournal(fs, uri, placing);
  await placeTable(setting, built.folder, target);
  await finishRun(setting, placing);
  const { check, copiedBytes, identity } = built;
  return { targetIdentity: identity, check, copiedBytes, undo: undoOf(uri, placing) };
}

/** Renames a built table to its name; a rename onto a table that has appeared there fails. */
export async function placeTable(
  setting: LancedbSetting,
  staged: string,
  target: string,
): Promise<void> {
  try {
    await setting.fs.rename(staged, tableFolder(setting.uri, target));
  } catch (error) {
    if (isSystemError(error, "ENOTEMPTY", "EEXIST", "ENOTDIR")) throw alreadyThere(target);
    throw error;
  }
  await setting.fs.sync(setting.uri);
}

function alreadyThere(target: string): SnapformError {
  return new SnapformError("already-exists", `table ${JSON.stringify(target)} exists already`);
}
