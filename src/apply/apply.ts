import type { Intent } from "../ledger/state.ts";
import { withheldBecause } from "../plan/acknowledge.ts";
import type { Action } from "../plan/action.ts";
import type { Plan } from "../plan/plan.ts";
import type { Verdict } from "../plan/review.ts";
import { survey as surveyOf } from "../plan/survey.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import { finishLedger, reconcileLedger } from "./bookkeeping.ts";
import type { ActionOutcome, ApplyResult, Outcome } from "./events.ts";
import type { LedgerSession } from "./ledger-session.ts";
import { liveOf } from "./live.ts";
import { findNative, requireNative } from "./native.ts";
import { perform } from "./perform.ts";
import type { Run } from "./run.ts";
import { sweepRepositories } from "./sweep.ts";
import { walk } from "./walk.ts";
import type { World } from "./world.ts";

/** What of a plan carrying it out goes by. */
export type PlanToApply = Pick<Plan, "acknowledge" | "actions" | "problems" | "scope">;

export interface ApplyPlanRequest {
  readonly plan: PlanToApply;
  /** By action id, for a saved plan; null for one that was made just now. */
  readonly verdicts: ReadonlyMap<string, Verdict> | null;
  /** What exists, observed under the lock. */
  readonly inventory: Inventory;
  /** True when the user named the plan's hash of dangerous actions. */
  readonly isAcknowledged: boolean;
  readonly world: World;
  readonly ledger: LedgerSession;
}

/**
 * Carries a plan out. Creates first, then copies and restores as they depend on one another, then
 * expires, and those only for collections whose snapshots were made. One failure does not stop the
 * others; the result says what became of each action.
 *
 * @throws SnapformError `locked` when the lock was lost: nothing is written from then on
 */
export async function applyPlan(request: ApplyPlanRequest): Promise<ApplyResult> {
  const { plan, inventory, world, ledger } = request;
  await reconcileLedger(world, ledger, inventory);
  const run = openRun(request);
  const unsettled = unsettledRestores(ledger);
  const outcomes = await walk(plan.actions, {
    signal: world.signal,
    limitOf: (cluster) => run.survey.cluster(cluster)?.capabilities.concurrency ?? 1,
    decide: (action) => decide(action, request, unsettled),
    perform: async (action) => {
      world.emit({ type: "started", action });
      return perform(run, action);
    },
    finished: (action, outcome) => world.emit({ type: "finished", action, outcome }),
  });
  const listed = plan.actions.map((action): ActionOutcome => {
    const outcome = outcomes.get(action.id) ?? { status: "skipped", why: "cancelled" };
    return { action, outcome };
  });
  await finishLedger(run, plan, listed);
  if (!world.signal.aborted) await sweepRepositories(run, plan);
  return resultOf(request, listed, world.signal);
}

function openRun({ inventory, world, ledger }: ApplyPlanRequest): Run {
  const { project, moved } = world.desired;
  const now = world.clock.now();
  const survey = surveyOf({ project, inventory, state: ledger.state, now, moved });
  return {
    world,
    ledger,
    survey,
    live: liveOf(inventory, survey),
    native: (cluster, collection, id) =>
      requireNative(world, ledger.state, { cluster, collection, id }),
    findNative: (cluster, collection, id) =>
      findNative(world, ledger.state, { cluster, collection, id }),
  };
}

/** Restores that an earlier apply began and that recovery could not look at. */
function unsettledRestores({ state }: LedgerSession): readonly Intent[] {
  return Object.values(state.intents).filter((intent) => intent.kind === "restore");
}

/** Nobody knows what such a restore's target holds, nor whether it still reads its snapshot. */
function isInDoubt(action: Action, intent: Intent): boolean {
  if (action.kind === "expire" && action.snapshotId === intent.snapshotId) return true;
  return action.cluster === intent.cluster && action.collection === intent.collection;
}

/** What is known of an action before anything is done; null when it is to be carried out. */
function decide(
  action: Action,
  request: ApplyPlanRequest,
  unsettled: readonly Intent[],
): Outcome | null {
  if (unsettled.some((intent) => isInDoubt(action, intent))) {
    return { status: "skipped", why: "an interrupted restore has to be settled first" };
  }
  const verdict = request.verdicts?.get(action.id);
  if (verdict && verdict.kind !== "run") {
    if (verdict.kind === "satisfied") return { status: "satisfied", why: verdict.why };
    return { status: "kept", why: verdict.why };
  }
  // Whatever hazards a plan names: what overwrites data is done only when somebody says so.
  const overwrites = action.kind === "restore" && action.procedure !== "new";
  if (overwrites && !request.isAcknowledged) {
    return { status: "withheld", why: "held back until it is acknowledged" };
  }
  const why = withheldBecause(action, request.isAcknowledged);
  return why === null ? null : { status: "withheld", why };
}

/** What became of a plan, by the outcomes of its actions. */
export function resultOf(
  { plan, isAcknowledged }: Pick<ApplyPlanRequest, "plan" | "isAcknowledged">,
  outcomes: readonly ActionOutcome[],
  { aborted }: AbortSignal,
): ApplyResult {
  const counts = { done: 0, satisfied: 0, kept: 0, withheld: 0, failed: 0, skipped: 0 };
  for (const { outcome } of outcomes) counts[outcome.status] += 1;
  const isCancelled = aborted && counts.skipped > 0;
  const isPartial = counts.failed + counts.withheld + counts.skipped > 0;
  const hasProblems = plan.problems.length > 0;
  return {
    outcomes,
    counts,
    isCancelled,
    exit: isCancelled ? "cancelled" : isPartial || hasProblems ? "partial" : "done",
    acknowledge: isAcknowledged ? null : plan.acknowledge,
  };
}
