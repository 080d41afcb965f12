import type { EngineContext, RestoreRequest, RestoreResult } from "../../engine/driver.ts";
import { checkTable } from "./check.ts";
import { fileError } from "./errors.ts";
import { folderIdentity } from "./identity.ts";
import { tableFolder } from "./layout.ts";
import { readJournal, type RestoreJournal } from "./journal.ts";
import { openRequest, type OpenedRestore } from "./opened-restore.ts";
import { recoverRun } from "./recover.ts";
import { restoreInPlace } from "./restore-in-place.ts";
import { restoreNew } from "./restore-new.ts";
import { restoreReplace } from "./restore-replace.ts";
import type { LancedbSetting } from "./setting.ts";
import { undoOf } from "./undo.ts";
import { listVersions } from "./versions.ts";

/** Restores a table; a second call with the same `runId` finds what the first one has done. */
export async function restoreTable(
  setting: LancedbSetting,
  request: RestoreRequest,
  context: EngineContext,
): Promise<RestoreResult> {
  const doing = `restoring table ${JSON.stringify(request.target)}`;
  try {
    const opened = openRequest(request);
    const trace = await recoverRun(setting, request.runId, request.target);
    if (trace.kind === "finished") {
      const journal = await readJournal(setting.uri, request.runId);
      if (journal !== null) return await resultOfEarlier(setting, opened, journal, context);
    }
    switch (request.procedure) {
      case "new":
        return await restoreNew(setting, opened, context);
      case "in-place":
        return await restoreInPlace(setting, opened, context);
      case "replace":
        return await restoreReplace(setting, opened, context);
    }
  } catch (error) {
    throw fileError(error, doing);
  }
}

/** A run that an earlier call has finished: what is in place now is only looked at. */
async function resultOfEarlier(
  setting: LancedbSetting,
  opened: OpenedRestore,
  journal: RestoreJournal,
  context: EngineContext,
): Promise<RestoreResult> {
  const { manifest, request } = opened;
  const folder = tableFolder(setting.uri, request.target);
  const [newest] = await listVersions(folder);
  const isUntouched =
    request.procedure !== "in-place" && newest?.version === opened.details.version;
  const table = { folder, uri: setting.uri, name: request.target, manifest };
  const check = isUntouched
    ? await checkTable(setting, table, request.check, { isVerified: false }, context)
    : {
        level: "hashes" as const,
        findings: [
          "An earlier attempt finished this restore and checked what it had put in place.",
        ],
        limitation: "The table may have been written to since, so it was not compared again.",
      };
  const targetIdentity = await folderIdentity(folder);
  return { targetIdentity, check, copiedBytes: 0, undo: undoOf(setting.uri, journal) };
}
