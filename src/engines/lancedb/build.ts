import type { EngineContext } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { CheckResult } from "../../snapshot/check.ts";
import { checkTable } from "./check.ts";
import { throwIfCancelled } from "./errors.ts";
import { folderIdentity } from "./identity.ts";
import { writeJournal, type RestoreJournal } from "./journal.ts";
import { restoreFolder, STAGED_TABLE, stagedTable } from "./layout.ts";
import { thisOwner } from "./owner.ts";
import type { OpenedRestore } from "./opened-restore.ts";
import type { LancedbSetting } from "./setting.ts";

/** A whole, durable and checked table beside its place. */
export interface BuiltTable {
  readonly folder: string;
  readonly identity: string;
  readonly check: CheckResult;
  readonly copiedBytes: number;
}

/** The journal of a restore that begins. */
export async function beginJournal(
  setting: LancedbSetting,
  opened: OpenedRestore,
  previous: Partial<RestoreJournal>,
): Promise<RestoreJournal> {
  const { request, manifest } = opened;
  const journal: RestoreJournal = {
    formatVersion: 1,
    runId: request.runId,
    target: request.target,
    procedure: request.procedure,
    snapshotId: manifest.id,
    phase: "building",
    stagedIdentity: null,
    previousIdentity: null,
    previousVersion: null,
    contentHash: null,
    writtenAt: setting.clock.now().toISOString(),
    owner: await thisOwner(),
    ...previous,
  };
  await writeJournal(setting.fs, setting.uri, journal);
  return journal;
}

/** Builds the snapshot's table in staging and checks it there, before anybody can see it. */
export async function buildTable(
  setting: LancedbSetting,
  opened: OpenedRestore,
  context: EngineContext,
): Promise<BuiltTable> {
  const { fs, uri } = setting;
  const { request, reader, manifest } = opened;
  const folder = stagedTable(uri, request.runId);
  await fs.mkdir(folder);
  const options = { keepExisting: false };
  const { copiedBytes } = await reader.materialize(opened.files, folder, options, context);
  await fs.sync(restoreFolder(uri, request.runId));
  throwIfCancelled(context.signal, `restoring table ${JSON.stringify(request.target)}`);
  const table = { folder, uri: restoreFolder(uri, request.runId), name: STAGED_TABLE, manifest };
  const { hash } = opened.manifest;
  const verified = `All ${opened.files.length} files were compared with their ${hash} hashes.`;
  const check = await checkTable(setting, table, request.check, { verified }, context);
  throwIfCancelled(context.signal, `restoring table ${JSON.stringify(request.target)}`);
  const identity = await folderIdentity(folder);
  if (identity === null) throw new SnapformError("aborted", `${folder} was removed meanwhile`);
  return { folder, identity, check, copiedBytes };
}

/** Ends a run whose target is in place. The journal stays, so that a second call finds it. */
export async function finishRun(setting: LancedbSetting, journal: RestoreJournal): Promise<void> {
  const writtenAt = setting.clock.now().toISOString();
  await writeJournal(setting.fs, setting.uri, { ...journal, phase: "placed", writtenAt });
  await setting.fs.removeTree(restoreFolder(setting.uri, journal.runId));
}
