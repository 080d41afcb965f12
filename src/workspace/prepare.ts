import type { LedgerSession } from "../apply/ledger-session.ts";
import { hasErrors } from "../diagnostics/diagnostic.ts";
import { SnapformError } from "../errors/index.ts";
import type { State } from "../ledger/state.ts";
import type { ExpireAction } from "../plan/action.ts";
import { planConfig, type PlanOptions } from "../plan/plan-config.ts";
import type { Plan } from "../plan/plan.ts";
import { reviewPlan, type Verdict } from "../plan/review.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import type { Session } from "./session.ts";
import type { ApplyRequest } from "./workspace.ts";

/** What is asked for: a plan that was reviewed, or one that is made now. */
export type PlanWanted = Pick<ApplyRequest, "options" | "saved">;

/** A plan that may be carried out. */
export interface Prepared {
  readonly plan: Plan;
  /** By action id, for a saved plan; null for one that was made just now. */
  readonly verdicts: ReadonlyMap<string, Verdict> | null;
}

/**
 * Plans, or reviews the saved plan, in the light of what was seen under the lock.
 *
 * @throws SnapformError `stale-plan` or `failed-precondition` where nothing of it may be done
 */
export function prepare(
  session: Session,
  { saved, options }: PlanWanted,
  inventory: Inventory,
  ledger: LedgerSession,
): Prepared {
  if (saved) refuseLostState(saved, inventory, ledger);
  const scope = saved ? scopeOf(saved, options) : options;
  const fresh = planNow(session, inventory, ledger, scope);
  const plan = saved ?? fresh;
  const verdicts = saved ? review(saved, fresh, inventory, ledger) : null;
  if (hasErrors(plan.diagnostics)) throw refusal(plan);
  return { plan, verdicts };
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
 * What of a saved plan can be refused before anything is written, even the lock's own files: one
 * for another instant, of another configuration or state. The full review follows under the lock.
 *
 * @throws SnapformError `stale-plan`
 */
export function refuseBeforeLock({ desired }: Session, saved: Plan, state: State | null): void {
  if (!saved.applicable) {
    throw new SnapformError("stale-plan", "this plan was made for another instant", {
      hint: "A plan made with --at is for looking at. Plan again without it.",
    });
  }
  const { fingerprint, project } = desired;
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
