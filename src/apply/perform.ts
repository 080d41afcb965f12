import type { Change } from "../ledger/change.ts";
import type { Intent, IntentPlan } from "../ledger/state.ts";
import type { Action } from "../plan/action.ts";
import { copy, create } from "./create.ts";
import type { Outcome } from "./events.ts";
import { expire } from "./expire.ts";
import { failureOf, isCancellation, isFatal } from "./failure.ts";
import { pendingRecord, restore } from "./restore.ts";
import type { Run } from "./run.ts";

function intentPlan(run: Run, action: Action): IntentPlan {
  const { address } = action;
  const base = { address, scheduledFor: null, take: 0, places: [], isWhole: false, restore: null };
  switch (action.kind) {
    case "create": {
      const { scheduledFor, take, place } = action;
      return { ...base, scheduledFor, take, places: [place] };
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

/** What a failure leaves in the ledger. */
function failedChanges(run: Run, action: Action, message: string): Change[] {
  if (action.kind !== "create" || !action.address.startsWith("policy.")) return [];
  const at = run.world.clock.now().toISOString();
  const { scheduledFor } = action;
  const outcome = { scheduledFor, status: "failed", at, error: message } as const;
  return [{ type: "ran", address: action.address, run: outcome }];
}

/**
 * Carries one action out: the intent is durable before the effect begins, the end is recorded after
 * it. A failure is an outcome; only what forbids writing any further is thrown.
 */
export async function perform(run: Run, action: Action): Promise<Outcome> {
  const { clock, signal } = run.world;
  const startedMs = clock.monotonicMs();
  const intent = intentOf(run, action);
  await run.ledger.record({ type: "intent", intent });
  try {
    const outcome = await effect(run, action, intent);
    if (outcome.status !== "done") return outcome;
    const durationMs = Math.round(clock.monotonicMs() - startedMs);
    return { status: "done", detail: { ...outcome.detail, durationMs } };
  } catch (error) {
    if (isFatal(error)) throw error;
    if (isCancellation(error, signal)) {
      await settleUnlessUnknown(run, action, error, []);
      return { status: "skipped", why: "cancelled" };
    }
    const failure = failureOf(error);
    await settleUnlessUnknown(run, action, error, failedChanges(run, action, failure.message));
    return { status: "failed", failure };
  }
}

/**
 * An intent whose effect may have happened all the same stays open: the next apply looks. A
 * restore's stays too, since what it built aside has to be cleared away.
 */
async function settleUnlessUnknown(
  run: Run,
  action: Action,
  error: unknown,
  changes: readonly Change[],
): Promise<void> {
  const isUnknown = (error as { outcomeUnknown?: unknown } | null)?.outcomeUnknown === true;
  const staysOpen = isUnknown || action.kind === "restore";
  const settled: Change[] = staysOpen ? [] : [{ type: "settled", actionId: action.id }];
  await run.ledger.record(...changes, ...settled);
}
