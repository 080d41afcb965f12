import type { EngineContext, RestoreRequest, RestoreResult } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { checkTable } from "./check.ts";
import { fileError } from "./errors.ts";
import { folderIdentity } from "./identity.ts";
import { checkTableName, tableFolder } from "./layout.ts";
import { readJournal, type RestoreJournal } from "./journal.ts";
import { isNativeName, NATIVE_HINT, tryNative } from "./native.ts";
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
  const { runId, target } = request;
  try {
    const opened = openRequest(request);
    const trace = await recoverRun(setting, runId, target);
    const journal = trace.kind === "finished" ? await readJournal(setting.uri, runId) : null;
    if (journal !== null) return await resultOfEarlier(setting, opened, journal, context);
    await expectCheckable(setting, request);
    return await runProcedure(setting, opened, context);
  } catch (error) {
    throw fileError(error, doing, context.signal);
  }
}

/** A check that cannot be made is refused before anything is done, not found out afterwards. */
async function expectCheckable(setting: LancedbSetting, request: RestoreRequest): Promise<void> {
  const { check, target } = request;
  checkTableName(target);
  if (check === "hashes") return;
  const what = `the check "${check}" of table ${JSON.stringify(target)}`;
  if ((await tryNative(setting.loadNative)) === null) {
    const text = `${what} needs LanceDB's own library`;
    throw new SnapformError("unimplemented", text, { hint: NATIVE_HINT });
  }
  if (isNativeName(target)) return;
  throw new SnapformError("unimplemented", `${what}: LanceDB itself does not open that name`);
}

async function runProcedure(
  setting: LancedbSetting,
  opened: OpenedRestore,
  context: EngineContext,
): Promise<RestoreResult> {
  const { procedure, runId, target } = opened.request;
  try {
    switch (procedure) {
      case "new":
        return await restoreNew(setting, opened, context);
      case "in-place":
        return await restoreInPlace(setting, opened, context);
      case "replace":
        return await restoreReplace(setting, opened, context);
    }
  } catch (error) {
    // What cannot be cleared now is found again by the run's id; until then nobody knows.
    const trace = await recoverRun(setting, runId, target).catch(() => null);
    if (trace !== null && trace.kind !== "finished") throw error;
    const failure = fileError(error, `restoring table ${JSON.stringify(target)}`, context.signal);
    const { code, message, retryable, hint, cause } = failure;
    throw new SnapformError(code, message, {
      retryable,
      outcomeUnknown: true,
      cause,
      ...(hint === undefined ? {} : { hint }),
    });
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
    ? await checkTable(setting, table, request.check, { verified: null }, context)
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
