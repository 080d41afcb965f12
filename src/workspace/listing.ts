import { planConfig } from "../plan/plan-config.ts";
import type { Plan } from "../plan/plan.ts";
import { survey as surveyOf, type Survey } from "../plan/survey.ts";
import { byNewest, type Snapshot } from "../snapshot/snapshot.ts";
import { SnapformError } from "../errors/index.ts";
import type { State } from "../ledger/state.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import { observeSession, type Session } from "./session.ts";
import type { ListedSnapshot } from "./workspace.ts";

/** What exists now, with the plan that goes with it. */
export interface Look {
  readonly inventory: Inventory;
  readonly state: State | null;
  readonly plan: Plan;
  readonly survey: Survey;
}

export async function look(session: Session): Promise<Look> {
  const { desired, store, clock } = session;
  const state = await store.read();
  const inventory = await observeSession(session, state);
  const now = clock.now();
  const { project, moved } = desired;
  const survey = surveyOf({ project, inventory, state, now, moved });
  return { inventory, state, survey, plan: planConfig(desired, inventory, state, now) };
}

/** A snapshot with the reasons that the plan has for it. */
export function listed({ plan, survey }: Look, snapshots: readonly Snapshot[]): ListedSnapshot[] {
  const reasons = new Map<string, string[]>();
  const add = (id: string, words: readonly string[]): void => {
    reasons.set(id, [...(reasons.get(id) ?? []), ...words]);
  };
  for (const keep of plan.keeps) add(keep.snapshotId, keep.reasons);
  for (const action of plan.actions) {
    if (action.kind === "expire") add(action.snapshotId, [`expires: ${action.reason}`]);
  }
  return snapshots.toSorted(byNewest).map((snapshot) => ({
    snapshot,
    address: survey.addressOf(snapshot),
    reasons: reasons.get(snapshot.id) ?? [],
  }));
}

export async function listSnapshots(
  session: Session,
  filter: { readonly cluster?: string; readonly collection?: string },
): Promise<readonly ListedSnapshot[]> {
  const view = await look(session);
  const { cluster, collection } = filter;
  const snapshots = view.inventory.snapshots
    .filter((snapshot) => cluster === undefined || snapshot.cluster === cluster)
    .filter((snapshot) => collection === undefined || snapshot.collection === collection);
  return listed(view, snapshots);
}

/** The one snapshot of an id, or of the beginning of one. */
export function findSnapshot(inventory: Inventory, id: string): Snapshot {
  const exact = inventory.snapshots.filter((snapshot) => snapshot.id === id);
  const found =
    exact.length > 0
      ? exact
      : inventory.snapshots.filter((snapshot) => snapshot.id.startsWith(id) && id.length >= 8);
  const [first] = found;
  if (!first) {
    throw new SnapformError("not-found", `there is no snapshot ${id}`, {
      hint: "List them with `snapform snapshots list`.",
    });
  }
  if (found.length > 1) {
    const ids = found.slice(0, 5).map((snapshot) => snapshot.id);
    throw new SnapformError("invalid-argument", `${id} is ambiguous: ${ids.join(", ")}`);
  }
  return first;
}
