import { NEVER } from "../apply/ledger-session.ts";
import { emptyState, type State } from "../ledger/state.ts";
import { planConfig } from "../plan/plan-config.ts";
import { observeSession, type Session } from "./session.ts";
import type { Planned, PlanRequest } from "./workspace.ts";

/** Plans without a lock and without writing anything. */
export async function planWorkspace(session: Session, request: PlanRequest): Promise<Planned> {
  const { at, ...options } = request;
  const state = await session.store.read();
  const inventory = await observeSession(session, state);
  const now = at ?? session.clock.now();
  const applicable = at === undefined;
  const known = state ?? unbornState(session);
  const plan = planConfig(session.desired, inventory, known, now, { ...options, applicable });
  return { plan, inventory, state };
}

/**
 * The state that the first apply will begin. Its lineage is chosen here, so that a saved plan binds
 * it, and the names of the snapshots that the plan makes are the ones that apply makes.
 */
export function unbornState({ clock, desired }: Session): State {
  return emptyState(clock.randomHex(16), desired.project, NEVER);
}
