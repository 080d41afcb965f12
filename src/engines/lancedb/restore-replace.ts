import { join } from "node:path";
import type { EngineContext, RestoreResult } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { beginJournal, buildTable, finishRun } from "./build.ts";
import { folderIdentity, isThere } from "./identity.ts";
import { writeJournal, type RestoreJournal } from "./journal.ts";
import { REPLACED, replacedFolder, STAGING, tableFolder } from "./layout.ts";
import { placeTable } from "./restore-new.ts";
import type { OpenedRestore } from "./opened-restore.ts";
import type { LancedbSetting } from "./setting.ts";
import { undoOf } from "./undo.ts";

/**
 * Builds the table aside, checks it, moves the live one away and puts the built one in its place.
 * Between the two renames there is no table of that name; the journal tells how to go on.
 */
export async function restoreReplace(
  setting: LancedbSetting,
  opened: OpenedRestore,
  context: EngineContext,
): Promise<RestoreResult> {
  const { fs, uri } = setting;
  const { target, expectedIdentity } = opened.request;
  await expectIdentity(tableFolder(uri, target), target, expectedIdentity);
  await fs.mkdir(join(uri, STAGING));
  const journal = await beginJournal(setting, opened, { previousIdentity: expectedIdentity });
  const built = await buildTable(setting, opened, context);
  const placing = { ...journal, phase: "placing", stagedIdentity: built.identity } as const;
  await writeJournal(fs, uri, placing);
  await swapTables(setting, placing, built.folder);
  await finishRun(setting, placing);
  const findings = [
    ...built.check.findings,
    `Handles of ${JSON.stringify(target)} that were open before must be reopened.`,
  ];
  const { copiedBytes, identity } = built;
  const check = { ...built.check, findings };
  return { targetIdentity: identity, check, copiedBytes, undo: undoOf(uri, placing) };
}

async function swapTables(
  setting: LancedbSetting,
  journal: RestoreJournal,
  staged: string,
): Promise<void> {
  const { fs, uri } = setting;
  const { target, runId, previousIdentity } = journal;
  const live = tableFolder(uri, target);
  if (previousIdentity !== null) {
    const aside = replacedFolder(uri, target, runId);
    await expectIdentity(live, target, previousIdentity);
    await fs.mkdir(join(uri, REPLACED));
    if (await isThere(aside)) {
      throw new SnapformError("failed-precondition", `${aside} is in the way`);
    }
    await fs.rename(live, aside);
    await fs.sync(join(uri, REPLACED));
    await fs.sync(uri);
    // Dropped and made anew between the look and the rename: not ours to replace.
    await expectIdentity(aside, target, previousIdentity);
  }
  await placeTable(setting, staged, target);
}

async function expectIdentity(
  folder: string,
  target: string,
  expected: string | null,
): Promise<void> {
  const actual = await folderIdentity(folder);
  if (actual === expected) return;
  const what = actual === null ? "is gone" : expected === null ? "has appeared" : "is another one";
  throw new SnapformError(
    "failed-precondition",
    `table ${JSON.stringify(target)} ${what} since the plan was made`,
  );
}
