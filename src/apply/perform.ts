import type { Change } from "../ledger/change.ts";
import type { Intent, IntentPlan } from "../ledger/state.ts";
import type { Action } from "../plan/action.ts";
import { copy } from "./copy.ts";
import { create } from "./create.ts";
import type { Outcome } from "./events.ts";
import { expire } from "./expire.ts";
import { failureOf, isCancellation, isFatal } from "./failure.ts";
import { pendingRecord, restore } from "./restore.ts";
import type { Run } from "./run.ts";
import { settleRestore } from "./settle-restore.ts";
import { unstoppable } from "./world.ts";

function intentPlan(run: Run, action: Action): IntentPlan {
  const { address } = action;
  const base = {
    address,
    scheduledFor: null,
    description: null,
    keepUntil: null,
    take: 0,
    places: [],
    isWhole: false,
    restore: null,
  };
  switch (action.kind) {
    case "create": {
      const { scheduledFor, description, keepUntil, take, place } = action;
      return { ...base, scheduledFor, description, keepUntil, take, places: [place] };
    }
    case "copy":
      return { ...base, places: [action.to] };
    case "restore":
      return { ...base, restore: pendingRecord(run, action) };
    case "expire":
      return { ...base, places: action.places, isWhole: action.isWhole };
  }
}

function intentOf(run: Run, action: Action): Intent {
  const { id, kind, cluster, collection, snapshotId } = action;
  return {
    actionId: id,
    kind,
    at: run.world.clock.now().toISOString(),
    cluster,
    collection,
    snapshotId,
    runId: kind === "restore" ? run.world.clock.randomHex(8) : null,
    plan: intentPlan(run, action),
    details: run.ledger.state.intents[id]?.details ?? null,
  };
}

async function effect(run: Run, action: Action, intent: Intent): Promise<Outcome> {
  switch (action.kind) {
    case "create":
      return { status: "done", detail: await create(run, action) };
    case "copy":
      return { status: "done", detail: await copy(run, action) };
    case "restore":
      return {
        status: "done",
        detail: await restore(run, action, intent.runId ?? intent.actionId),
      };
    case "expire":
      return expire(run, action);
  }
}

/** What a failure leaves in the ledger: a policy's run without a snapshot where it counts. */
function failedChanges(run: Run, action: Action, message: string): Change[] {
  const { address, snapshotId } = action;
  if (action.kind !== "create" && action.kind !== "copy") return [];
  if (!address.startsWith("policy.")) return [];
  const at = run.world.clock.now().toISOString();
  const scheduledFor =
    action.kind === "create"
      ? action.scheduledFor
      : (run.ledger.state.snapshots[snapshotId]?.scheduledFor ?? null);
  return [{ type: "ran", address, run: { scheduledFor, status: "failed", at, error: message } }];
}

/**
 * Carries one action out: the intent is durable before the effect begins, the end is recorded
 * after it. A failure is an outcome; only what forbids writing any further is thrown. What failed
 * may have happened all the same, or half its way, so its intent stays open: the next apply looks.
 */
export async function perform(run: Run, action: Action): Promise<Outcome> {
  const { clock, signal } = run.world;
  const startedMs = clock.monotonicMs();
  const timed = (outcome: Outcome): Outcome => {
    if (outcome.status !== "done") return outcome;
    const durationMs = Math.round(clock.monotonicMs() - startedMs);
    return { status: "done", detail: { ...outcome.detail, durationMs } };
  };
  const intent = intentOf(run, action);
  await run.ledger.record({ type: "intent", intent });
  try {
    return timed(await effect(run, action, intent));
  } catch (error) {
    if (isFatal(error)) throw error;
    // What was done and could not be recorded is looked at by the next apply, never guessed at.
    if (run.ledger.failure !== null) throw run.ledger.failure.error;
    const isCancelled = isCancellation(error, signal);
    const failure = failureOf(error);
    const changes = isCancelled ? [] : failedChanges(run, action, failure.message);
    if (action.kind === "restore") {
      const isFinished = await clearRestore(run, intent);
      if (isFinished) return timed({ status: "done", detail: { bytes: action.bytes } });
    }
    await run.ledger.record(...changes);
    return isCancelled ? { status: "skipped", why: "cancelled" } : { status: "failed", failure };
  }
}

/**
 * Clears away what a failed restore has built, at once where that is possible; where it is not, the
 * intent stays open and the next apply does it. True when the restore turns out to be whole.
 */
async function clearRestore(run: Run, intent: Intent): Promise<boolean> {
  const settled: Change = { type: "settled", actionId: intent.actionId };
  let changes: readonly Change[];
  try {
    // With what the restore has asked to be remembered since it began.
    const latest = run.ledger.state.intents[intent.actionId] ?? intent;
    changes = await settleRestore(unstoppable(run.world), latest);
  } catch (error) {
    if (isFatal(error)) throw error;
    const text = `an interrupted restore is cleared by the next apply: ${failureOf(error).message}`;
    run.world.emit({ type: "warning", text });
    return false;
  }
  await run.ledger.record(...changes, settled);
  return changes.length > 0;
}
