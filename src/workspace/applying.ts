import { applyPlan } from "../apply/apply.ts";
import type { LedgerSession } from "../apply/ledger-session.ts";
import { recover } from "../apply/recover.ts";
import { hasErrors } from "../diagnostics/diagnostic.ts";
import { SnapformError } from "../errors/index.ts";
import { planConfig, type PlanOptions } from "../plan/plan-config.ts";
import type { Plan } from "../plan/plan.ts";
import { reviewPlan, type Verdict } from "../plan/review.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import type { LockOwner } from "../state/state-store.ts";
import { observeSession, withLedger, worldOf, type Session } from "./session.ts";
import type { Applied, ApplyRequest } from "./workspace.ts";

function describeHolder(owner: LockOwner): string {
  return `${owner.operation} by process ${owner.pid} on ${owner.host} since ${owner.acquiredAt}`;
}

/** Plans under the lock, or takes a saved plan, and carries it out. */
export async function applyWorkspace(session: Session, request: ApplyRequest): Promise<Applied> {
  const { onEvent, lockTimeoutMs, saved } = request;
  if (saved && !saved.applicable) {
    throw new SnapformError("stale-plan", "this plan was made for another instant", {
      hint: "A plan made with --at is for looking at. Plan again without it.",
    });
  }
  const lock = {
    operation: "apply",
    timeoutMs: lockTimeoutMs,
    ...(saved?.lineage ? { lineage: saved.lineage } : {}),
    onWait: (owner: LockOwner) => onEvent({ type: "waiting", holder: describeHolder(owner) }),
  };
  if (saved) await refuseBeforeLock(session, saved);
  return withLedger(session, lock, async (ledger) => {
    const world = worldOf(session, ledger, onEvent);
    await recover(world, ledger);
    const inventory = await observeSession(session, ledger.state);
    const fresh = planNow(session, inventory, ledger, saved ? scopeOf(saved) : request.options);
    const plan = saved ?? fresh;
    const verdicts = saved ? review(saved, fresh, inventory, ledger) : null;
    if (!saved && hasErrors(plan.diagnostics)) throw refusal(plan);
    if (!saved && !(await request.approve(plan))) return { plan, result: null };
    const isAcknowledged = acknowledged(plan, request.acknowledge);
    const result = await applyPlan({ plan, verdicts, inventory, isAcknowledged, world, ledger });
    return { plan, result };
  });
}

/**
 * A plan of another configuration or state is refused before anything is written, even the lock's
 * own files; the full review follows under the lock.
 */
async function refuseBeforeLock(session: Session, saved: Plan): Promise<void> {
  const state = await session.store.read();
  const { fingerprint, project } = session.desired;
  const faults: string[] = [];
  if (saved.project !== project) faults.push(`it is a plan of project ${saved.project}`);
  if (saved.fingerprint !== fingerprint) faults.push("the configuration has changed");
  if (state !== null && saved.lineage !== state.lineage) faults.push("it is of another state");
  if (faults.length > 0) throw stale(faults);
}

function scopeOf(saved: Plan): PlanOptions {
  const { only, force, noExpire } = saved.scope;
  return { only, force, noExpire };
}

function planNow(
  session: Session,
  inventory: Inventory,
  ledger: LedgerSession,
  options: PlanOptions = {},
): Plan {
  const { desired, clock } = session;
  return planConfig(desired, inventory, ledger.state, clock.now(), options);
}

function review(
  saved: Plan,
  fresh: Plan,
  inventory: Inventory,
  ledger: LedgerSession,
): ReadonlyMap<string, Verdict> {
  const { state } = ledger;
  const { verdicts, stale: faults } = reviewPlan({ saved, fresh, inventory, state });
  if (faults.length > 0) throw stale(faults);
  return verdicts;
}

function stale(faults: readonly string[]): SnapformError {
  return new SnapformError("stale-plan", `the plan no longer fits: ${faults.join("; ")}`, {
    hint: "Nothing was done. Plan again and have it reviewed.",
  });
}

function refusal(plan: Plan): SnapformError {
  const error = plan.diagnostics.find((entry) => entry.severity === "error");
  const address = error?.address;
  return new SnapformError("failed-precondition", error?.detail ?? "the plan has errors", {
    ...(address === undefined ? {} : { address }),
  });
}

function acknowledged(plan: Plan, hash: string | undefined): boolean {
  if (hash === undefined) return false;
  if (hash === plan.acknowledge) return true;
  const now =
    plan.acknowledge === null
      ? "nothing in it needs to be acknowledged"
      : `its dangerous actions are now ${plan.acknowledge}`;
  throw new SnapformError("stale-plan", `the acknowledgement ${hash} does not fit: ${now}`, {
    hint: "Look at the plan again, and acknowledge what it shows now.",
  });
}
