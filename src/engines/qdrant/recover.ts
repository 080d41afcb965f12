import type { EngineContext, RecoverRequest, RestoreTrace } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { countPoints } from "./api/collections.ts";
import { markerAlias, overwritingAlias, scratchName } from "./marks.ts";
import { clearBuilt, clearFinished, dropScratch } from "./restore-clear.ts";
import { finishOverwriting } from "./restore-forward.ts";
import { readRecord, type RestoreRecord } from "./restore-record.ts";
import { waitUntilIdle } from "./restore-wait.ts";
import { askAny, findUploads, lookAtNames, type Names } from "./run-marks.ts";
import type { QdrantSetting } from "./setting.ts";
import { isSettled, lookAtShards } from "./shard-watch.ts";

/** What became of a run, and what it is remembered by where it came to its end. */
export interface RecoveredRun {
  readonly trace: RestoreTrace;
  /** Set when it is finished. */
  readonly record: RestoreRecord | null;
}

const NONE: RecoveredRun = { trace: { kind: "none" }, record: null };
const CLEANED: RecoveredRun = { trace: { kind: "cleaned" }, record: null };

/**
 * Looks for what a run has left and makes it whole: either the target holds the snapshot, or all is
 * as it was before. What the cluster itself shows goes before what was remembered, which may be
 * older.
 */
export async function recoverRun(
  setting: QdrantSetting,
  request: RecoverRequest,
  context: EngineContext,
): Promise<RecoveredRun> {
  const record = ownRecord(request);
  const { runId, target } = request;
  const { signal } = context;
  const names = await lookAtNames(setting, signal);
  const scratch = record?.scratch ?? scratchName(target, runId);
  if (record?.phase === "checked") return recoverChecked(setting, record, names, signal);
  if (hasAlias(names, overwritingAlias(runId), scratch)) {
    const finished = await finishOverwriting(setting, { runId, target, scratch, record }, context);
    return { trace: { kind: "finished", targetIdentity: null }, record: finished };
  }
  if (record?.phase === "overwriting") return recoverWithoutScratch(setting, record, signal);
  await waitForLost(setting, record, scratch, names, context);
  return await clearRun(setting, request, record, scratch, signal);
}

/** The same, without what only a restore wants to know. */
export async function recoverRestore(
  setting: QdrantSetting,
  request: RecoverRequest,
  context: EngineContext,
): Promise<RestoreTrace> {
  return (await recoverRun(setting, request, context)).trace;
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
  return { trace: { kind: "finished", targetIdentity: null }, record };
}

/** A server may still be at work with what the run has sent it last. */
async function waitForLost(
  setting: QdrantSetting,
  record: RestoreRecord | null,
  scratch: string,
  names: Names,
  context: EngineContext,
): Promise<void> {
  const collection = record?.scratch === null ? record.target : scratch;
  const lost = record?.pieces.find(({ number }) => number === record.inFlight) ?? null;
  if (lost === null && !names.collections.has(collection)) return;
  context.progress({ phase: "recovering" });
  await waitUntilIdle(setting, collection, lost, context.signal);
}

async function clearRun(
  setting: QdrantSetting,
  { runId, target }: RecoverRequest,
  record: RestoreRecord | null,
  scratch: string,
  signal: AbortSignal,
): Promise<RecoveredRun> {
  const shape = record?.shape ?? null;
  const isBeside = await clearScratch(setting, { runId, scratch, record }, signal);
  if (record !== null && record.scratch !== null) return isBeside ? CLEANED : NONE;
  // Without a record only the run's mark says that the target itself is of its making.
  const isTarget = await clearBuilt(setting, { runId, collection: target, shape }, signal);
  return isBeside || isTarget ? CLEANED : NONE;
}

/** Its name is made of the run's id; the mark, the record or an upload leaves no doubt. */
async function clearScratch(
  setting: QdrantSetting,
  { runId, scratch, record }: { runId: string; scratch: string; record: RestoreRecord | null },
  signal: AbortSignal,
): Promise<boolean> {
  const names = await lookAtNames(setting, signal);
  if (!names.collections.has(scratch)) return false;
  const isOurs = record?.scratch === scratch || hasAlias(names, markerAlias(runId), scratch);
  const uploads = isOurs ? [] : await findUploads(setting, runId, scratch, signal);
  return isOurs || uploads.length > 0 ? dropScratch(setting, scratch, signal) : false;
}

/**
 * The scratch collection is dropped last, so where it is gone the overwriting had come to its end,
 * unless somebody else has dropped it.
 */
async function recoverWithoutScratch(
  setting: QdrantSetting,
  record: RestoreRecord,
  signal: AbortSignal,
): Promise<RecoveredRun> {
  const { runId, target, points } = record;
  const uploads = await findUploads(setting, runId, target, signal);
  const view = await lookAtShards(setting, target, signal);
  const isWhole = points !== null && uploads.length === 0 && isSettled(view);
  if (!isWhole) throw scratchGone(record);
  const count = await askAny(setting, ({ client }) =>
    countPoints(client, target, { signal, timeoutMs: setting.timeouts.workMs }),
  );
  const isFewer = count < Math.min(points.before, points.after);
  if (isFewer || count > Math.max(points.before, points.after)) throw scratchGone(record);
  return { trace: { kind: "finished", targetIdentity: null }, record };
}

function hasAlias({ aliases }: Names, alias: string, collection: string): boolean {
  return aliases.some((each) => each.alias === alias && each.collection === collection);
}

function scratchGone({ target, scratch }: RestoreRecord): SnapformError {
  const text =
    `collection ${JSON.stringify(target)} is overwritten in part, and ${JSON.stringify(scratch)}, ` +
    "from which it could be finished, is gone";
  return new SnapformError("failed-precondition", text, {
    hint: "Restore the collection once more, from the same snapshot or from its safety snapshot.",
  });
}
