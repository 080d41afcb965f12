import type { EngineContext, RecoverRequest, RestoreTrace } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { PointRange } from "../../snapshot/snapshot.ts";
import { countPoints } from "./api/collections.ts";
import { doneAlias, overwritingAlias, scratchName, targetAlias } from "./marks.ts";
import { builtBy, clearBuilt, clearFinished } from "./restore-clear.ts";
import { finishOverwriting, type InterruptedRun } from "./restore-forward.ts";
import { readRecord, type RestoreRecord } from "./restore-record.ts";
import { waitUntilIdle } from "./restore-wait.ts";
import { askAny } from "./ask-any.ts";
import { dropMarks, hasAlias, ifThere, lookAtNames, type Names } from "./run-marks.ts";
import type { QdrantSetting } from "./setting.ts";

/** What became of a run, and what it is remembered by where it came to its end. */
export interface RecoveredRun {
  readonly trace: RestoreTrace;
  /** Set when it is finished. */
  readonly record: RestoreRecord | null;
}

const FINISHED = { kind: "finished", targetIdentity: null } as const;
const NONE: RecoveredRun = { trace: { kind: "none" }, record: null };
const CLEANED: RecoveredRun = { trace: { kind: "cleaned" }, record: null };

/**
 * Looks for what a run has left and makes it whole: either the target holds the snapshot, or all is
 * as it was before. What the cluster itself shows goes before what was remembered, which may be
 * older.
 */
export async function recoverRun(
  setting: QdrantSetting,
  request: RecoverRequest & {
    /** True when the target is going to be replaced next, whatever it holds. */
    readonly isReplacedNow: boolean;
  },
  context: EngineContext,
): Promise<RecoveredRun> {
  const record = ownRecord(request);
  const { runId, target } = request;
  const { signal } = context;
  const names = await lookAtNames(setting, signal);
  const scratch = record?.scratch ?? scratchName(target, runId);
  if (record?.phase === "checked") return recoverChecked(setting, record, names, signal);
  if (hasAlias(names, doneAlias(runId), target)) {
    // Complete, and users may have written to it since: whatever was remembered is older.
    await clearFinished(setting, { runId, target, scratch }, signal);
    return { trace: FINISHED, record };
  }
  const run: InterruptedRun = { runId, target, scratch, record };
  const canGoForward = hasAlias(names, overwritingAlias(runId), scratch);
  if (!canGoForward && record?.phase !== "overwriting") return clearRun(setting, run, context);
  // The target's mark goes when it is complete, and before anything else does.
  if (!hasAlias(names, targetAlias(runId), target)) return settleOverwritten(setting, run, signal);
  if (!canGoForward) {
    if (!request.isReplacedNow) throw scratchGone(run);
    await dropMarks(setting, runId, signal);
    return NONE;
  }
  const finished = await finishOverwriting(setting, run, context);
  return { trace: FINISHED, record: finished };
}

/** The same, without what only a restore wants to know. */
export async function recoverRestore(
  setting: QdrantSetting,
  request: RecoverRequest,
  context: EngineContext,
): Promise<RestoreTrace> {
  return (await recoverRun(setting, { ...request, isReplacedNow: false }, context)).trace;
}

function ownRecord({ runId, target, earlier }: RecoverRequest): RestoreRecord | null {
  const record = readRecord(earlier);
  if (record === null || record.runId !== runId) return null;
  if (record.target === target) return record;
  const text = `the restore ${runId} was of collection ${JSON.stringify(record.target)}`;
  throw new SnapformError("invalid-argument", text);
}

async function recoverChecked(
  setting: QdrantSetting,
  record: RestoreRecord,
  names: Names,
  signal: AbortSignal,
): Promise<RecoveredRun> {
  await clearFinished(setting, record, signal);
  // Dropped by somebody since: then there is nothing of the run any more.
  if (!names.collections.has(record.target)) return NONE;
  return { trace: FINISHED, record };
}

/** Nothing but what the run has built aside, or newly, has been touched. */
async function clearRun(
  setting: QdrantSetting,
  { runId, target, scratch, record }: InterruptedRun,
  context: EngineContext,
): Promise<RecoveredRun> {
  const { signal } = context;
  const lost = record?.pieces.find(({ number }) => number === record.inFlight) ?? null;
  let isCleaned = false;
  for (const collection of record === null ? [scratch, target] : [record.scratch ?? target]) {
    if (lost !== null) {
      // A server may still be at work with what the run has sent it last.
      context.progress({ phase: "recovering" });
      await waitUntilIdle(setting, collection, lost, signal);
    }
    const isScratch = collection === scratch;
    const unknown = { runId, collection, shape: null, isScratch, serverMakes: false };
    const built = record === null ? unknown : builtBy(record, collection);
    isCleaned = (await clearBuilt(setting, built, signal)) || isCleaned;
  }
  isCleaned = (await dropMarks(setting, runId, signal)) > 0 || isCleaned;
  return isCleaned ? CLEANED : NONE;
}

/**
 * The target is complete, or is not the one any more that was overwritten: then somebody has
 * dropped that, and what bears its name now is theirs.
 */
async function settleOverwritten(
  setting: QdrantSetting,
  run: InterruptedRun,
  signal: AbortSignal,
): Promise<RecoveredRun> {
  const { runId, target, scratch, record } = run;
  const { collections } = await lookAtNames(setting, signal);
  const wanted = record?.points ?? (await pointsOf(setting, scratch, signal));
  const actual = collections.has(target) ? await pointsOf(setting, target, signal) : null;
  const isWhole = wanted !== null && actual !== null && isWithin(actual.before, wanted);
  await clearFinished(setting, { runId, target, scratch }, signal);
  if (!isWhole) return collections.has(scratch) ? CLEANED : NONE;
  return { trace: FINISHED, record: record ?? null };
}

async function pointsOf(
  setting: QdrantSetting,
  collection: string,
  signal: AbortSignal,
): Promise<PointRange | null> {
  const options = { signal, timeoutMs: setting.timeouts.workMs };
  const count = await ifThere(
    askAny(setting.nodes, ({ client }) => countPoints(client, collection, options)),
  );
  return count === null ? null : { before: count, after: count };
}

function isWithin(count: number, { before, after }: PointRange): boolean {
  return count >= Math.min(before, after) && count <= Math.max(before, after);
}

function scratchGone({ target, scratch }: InterruptedRun): SnapformError {
  const text =
    `collection ${JSON.stringify(target)} is overwritten in part, and ` +
    `${JSON.stringify(scratch)}, from which it could be finished, is gone`;
  return new SnapformError("failed-precondition", text, {
    hint: "Restore the collection once more, from the same snapshot or from its safety snapshot.",
  });
}
