import { applyPlan } from "../apply/apply.ts";
import type { ApplyEvent } from "../apply/events.ts";
import type { LedgerSession } from "../apply/ledger-session.ts";
import { recover } from "../apply/recover.ts";
import { SnapformError } from "../errors/index.ts";
import { acknowledgeHash } from "../plan/acknowledge.ts";
import type { PlanOptions } from "../plan/plan-config.ts";
import type { Plan } from "../plan/plan.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import type { LockOwner } from "../state/state-store.ts";
import { prepare, refuseBeforeLock, type Prepared } from "./prepare.ts";
import {
  observeSession,
  withLedger,
  worldOf,
  type LockedRequest,
  type Session,
} from "./session.ts";
import type { Applied, ApplyRequest } from "./workspace.ts";

/** How long an answer may take before the world is looked at again. */
const FRESH_MS = 10_000;

/** Plans under the lock, or takes a saved plan, and carries it out. */
export async function applyWorkspace(session: Session, request: ApplyRequest): Promise<Applied> {
  const { onEvent, lockTimeoutMs, saved, options } = request;
  if (saved) refuseBeforeLock(session, saved, await session.store.read());
  const lock = lockToApply(lockTimeoutMs, onEvent, saved);
  return withLedger(session, lock, async (ledger) => {
    const world = worldOf(session, ledger, onEvent);
    await recover(world, ledger);
    const inventory = await observeSession(session, ledger.state);
    const prepared = prepare(session, request, inventory, ledger);
    const { plan } = prepared;
    const isAcknowledged = acknowledged(plan, request.acknowledge);
    const askedMs = session.clock.monotonicMs();
    if (!saved && !(await request.approve(plan))) return { plan, result: null };
    if (session.signal.aborted) throw new SnapformError("cancelled", "cancelled before the apply");
    const waitedMs = session.clock.monotonicMs() - askedMs;
    const seen = { ...prepared, inventory };
    const now = waitedMs > FRESH_MS ? await lookAgain(session, plan, ledger, options) : seen;
    const result = await applyPlan({ ...now, isAcknowledged, world, ledger });
    return { plan, result };
  });
}

/** The lock of an apply; a state that begins with it has the lineage of the plan. */
export function lockToApply(
  timeoutMs: number,
  onEvent: (event: ApplyEvent) => void,
  saved: Plan | undefined,
): LockedRequest {
  return {
    operation: "apply",
    timeoutMs,
    ...(saved?.lineage ? { lineage: saved.lineage } : {}),
    onWait: (owner) => onEvent({ type: "waiting", holder: describeHolder(owner) }),
  };
}

function describeHolder(owner: LockOwner): string {
  return `${owner.operation} by process ${owner.pid} on ${owner.host} since ${owner.acquiredAt}`;
}

/** While somebody thought about the plan the world went on: it is reviewed like a saved one. */
async function lookAgain(
  session: Session,
  plan: Plan,
  ledger: LedgerSession,
  options?: PlanOptions,
): Promise<Prepared & { readonly inventory: Inventory }> {
  const inventory = await observeSession(session, ledger.state);
  const wanted = { saved: plan, ...(options === undefined ? {} : { options }) };
  return { ...prepare(session, wanted, inventory, ledger), inventory };
}

function acknowledged(plan: Plan, hash: string | undefined): boolean {
  if (hash === undefined) return false;
  const wanted = acknowledgeHash(plan.actions);
  if (hash === wanted) return true;
  // What it named has been done meanwhile, by an earlier attempt or its recovery: no danger left.
  if (wanted === null) return false;
  const now = `its dangerous actions are now ${wanted}`;
  throw new SnapformError("stale-plan", `the acknowledgement ${hash} does not fit: ${now}`, {
    hint: "Look at the plan again, and acknowledge what it shows now.",
  });
}
