import { applyPlan } from "../apply/apply.ts";
import type { LedgerSession } from "../apply/ledger-session.ts";
import { recover } from "../apply/recover.ts";
import { hasErrors } from "../diagnostics/diagnostic.ts";
import { SnapformError } from "../errors/index.ts";
import { acknowledgeHash } from "../plan/acknowledge.ts";
import type { ExpireAction } from "../plan/action.ts";
import { planConfig, type PlanOptions } from "../plan/plan-config.ts";
import type { Plan } from "../plan/plan.ts";
import { reviewPlan, type Verdict } from "../plan/review.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import type { LockOwner } from "../state/state-store.ts";
import { observeSession, withLedger, worldOf, type Session } from "./session.ts";
import type { Applied, ApplyRequest } from "./workspace.ts";

/** How long an answer may take before the world is looked at again. */
const FRESH_MS = 10_000;

function describeHolder(owner: LockOwner): string {
  return `${owner.operation} by process ${owner.pid} on ${owner.host} since ${owner.acquiredAt}`;
}

/** Plans under the lock, or takes a saved plan, and carries it out. */
export async function applyWorkspace(session: Session, request: ApplyRequest): Promise<Applied> {
  const { onEvent, lockTimeoutMs, saved, options } = request;
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
    if (saved) refuseLostState(saved, inventory, ledger);
    const fresh = planNow(session, inventory, ledger, saved ? scopeOf(saved, options) : options);
    const plan = saved ?? fresh;
    const seen: Seen = {
      inventory,
      verdicts: saved ? review(saved, fresh, inventory, ledger) : null,
    };
    if (hasErrors(plan.diagnostics)) throw refusal(plan);
    const isAcknowledged = acknowledged(plan, request.acknowledge);
    const askedMs = session.clock.monotonicMs();
    if (!saved && !(await request.approve(plan))) return { plan, result: null };
    if (session.signal.aborted) throw new SnapformError("cancelled", "cancelled before the apply");
    const waitedMs = session.clock.monotonicMs() - askedMs;
    const now = waitedMs > FRESH_MS ? await lookAgain(session, plan, ledger, options) : seen;
    const result = await applyPlan({ plan, ...now, isAcknowledged, world, ledger });
    return { plan, result };
  });
}

/** What a plan is carried out against. */
interface Seen {
  readonly inventory: Inventory;
  readonly verdicts: ReadonlyMap<string, Verdict> | null;
}

/** While somebody thought about the plan the world went on: it is reviewed like a saved one. */
async function lookAgain(
  session: Session,
  plan: Plan,
  ledger: LedgerSession,
  options: PlanOptions = {},
): Promise<Seen> {
  const inventory = await observeSession(session, ledger.state);
  const fresh = planNow(session, inventory, ledger, scopeOf(plan, options));
  return { inventory, verdicts: review(plan, fresh, inventory, ledger) };
}

/**
 * A lineage is drawn by lot, so manifests that carry the plan's prove that there was a state. A
 * plan must not stand in for it: what was restored and taken before would be forgotten.
 */
function refuseLostState(saved: Plan, inventory: Inventory, ledger: LedgerSession): void {
  if (!ledger.isUnborn) return;
  const known = inventory.snapshots.some(({ owner }) => owner?.lineage === saved.lineage);
  if (known) throw stale(["the state that it was made for is gone"]);
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

/** What a plan was limited to, and what it does not say of itself. */
function scopeOf(saved: Plan, { firstOnly = false }: PlanOptions = {}): PlanOptions {
  const { only, force, noExpire } = saved.scope;
  return { only, force, noExpire, firstOnly };
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
  const now = new Map(fresh.actions.map((action) => [action.id, action]));
  const held = new Map(verdicts);
  for (const action of saved.actions) {
    const again = now.get(action.id);
    if (held.get(action.id)?.kind !== "run" || action.kind !== "expire") continue;
    // The review goes by the id; what is removed is what the rest of the action says.
    if (again?.kind === "expire" && isSameExpire(action, again)) continue;
    held.set(action.id, { kind: "kept", why: "a plan made now would remove something else" });
  }
  return held;
}

function isSameExpire(a: ExpireAction, b: ExpireAction): boolean {
  const essence = ({ cluster, collection, snapshotId, places, isWhole }: ExpireAction): string =>
    JSON.stringify([cluster, collection, snapshotId, [...places].sort(), isWhole]);
  return essence(a) === essence(b);
}

function stale(faults: readonly string[]): SnapformError {
  return new SnapformError("stale-plan", `the plan no longer fits: ${faults.join("; ")}`, {
    hint: "Nothing was done. Plan again and have it reviewed.",
  });
}

function refusal(plan: Plan): SnapformError {
  const error = plan.diagnostics.find((entry) => entry.severity === "error");
  const message = error?.detail ?? "the plan has errors";
  const options = error?.address === undefined ? {} : { address: error.address };
  return new SnapformError("failed-precondition", message, options);
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
