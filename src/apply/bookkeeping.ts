import { resourceOf } from "../address/address.ts";
import type { Change } from "../ledger/change.ts";
import { canonicalJson } from "../plan/canonical-json.ts";
import type { PlanScope } from "../plan/plan.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import type { PlanToApply } from "./apply.ts";
import type { ActionOutcome } from "./events.ts";
import type { LedgerSession } from "./ledger-session.ts";
import type { Run } from "./run.ts";
import type { World } from "./world.ts";

/**
 * Brings the ledger in step with what was observed: who the clusters and repositories are, what
 * was renamed in the configuration, and manifests of ours that the ledger does not have.
 */
export async function reconcileLedger(
  world: World,
  ledger: LedgerSession,
  inventory: Inventory,
): Promise<void> {
  const { state } = ledger;
  const changes: Change[] = [];
  for (const { name, identity } of inventory.clusters) {
    if (identity !== null && state.clusters[name]?.identity !== identity) {
      changes.push({ type: "cluster-seen", name, identity });
    }
  }
  for (const { name, id } of inventory.repositories) {
    if (id !== null && state.repositories[name]?.id === undefined) {
      changes.push({ type: "repository-seen", name, id });
    }
  }
  for (const { from, to } of world.desired.moved) {
    if (hasAddress(ledger, from)) changes.push({ type: "moved", from, to });
  }
  changes.push(...unrecorded(world, ledger, inventory));
  await ledger.record(...changes);
}

function hasAddress({ state }: LedgerSession, address: string): boolean {
  const isIn = (table: object): boolean =>
    Object.keys(table).some((key) => key === address || key.startsWith(`${address}[`));
  if ([state.policies, state.runs, state.shrinks, state.taken, state.restores].some(isIn)) {
    return true;
  }
  return Object.values(state.snapshots).some((record) => record.address === address);
}

function unrecorded(world: World, ledger: LedgerSession, inventory: Inventory): Change[] {
  const { project } = world.desired;
  return inventory.snapshots.flatMap((snapshot): Change[] => {
    const { owner, id, cluster, collection, clusterIdentity, scheduledFor, startedAt } = snapshot;
    const { description, keepUntil, native } = snapshot;
    if (owner?.project !== project || owner.lineage !== ledger.lineage) return [];
    if (ledger.state.snapshots[id]) return [];
    const base = { id, cluster, collection, clusterIdentity, scheduledFor, startedAt };
    const record = { ...base, address: owner.address, adoptedAt: null };
    return [
      {
        type: "snapshot-recorded",
        record: { ...record, description, keepUntil, native, pinned: false },
      },
    ];
  });
}

/** Records what the whole apply amounts to: rules that are in force, shrinks that were accepted. */
export async function finishLedger(
  run: Run,
  plan: PlanToApply,
  outcomes: readonly ActionOutcome[],
): Promise<void> {
  const at = run.world.clock.now().toISOString();
  const changes: Change[] = [...shrinksAccepted(run, outcomes, at)];
  for (const policy of run.world.desired.policies) {
    const address = `policy.${policy.name}`;
    if (!isInScope(address, plan.scope) || hasRuleChangeLeft(address, outcomes)) continue;
    // Rules that could not be looked at in the light of what exists have not been applied.
    if (plan.problems.some((problem) => resourceOf(problem.address) === address)) continue;
    const { rules: retention, minKeep } = policy.retention;
    const known = run.ledger.state.policies[address];
    if (known && isSame([known.retention, known.minKeep], [retention, minKeep])) continue;
    changes.push({ type: "policy-applied", address, applied: { retention, minKeep, at } });
  }
  changes.push({ type: "seen", at });
  await run.ledger.record(...changes);
}

/** Rules count as applied only where the plan has looked at all that they would expire. */
function isInScope(address: string, scope: PlanScope): boolean {
  if (scope.noExpire) return false;
  if (scope.only.length + scope.force.length === 0) return true;
  return scope.only.includes(address) || scope.force.includes(address);
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a) === canonicalJson(b);
}

function hasRuleChangeLeft(address: string, outcomes: readonly ActionOutcome[]): boolean {
  return outcomes.some(
    ({ action, outcome }) =>
      action.hazards.includes("rule-change") &&
      (action.address === address || action.address.startsWith(`${address}[`)) &&
      outcome.status !== "done" &&
      outcome.status !== "satisfied",
  );
}

/** An expire that went through although its source had shrunk was acknowledged by somebody. */
function shrinksAccepted(run: Run, outcomes: readonly ActionOutcome[], at: string): Change[] {
  const accepted = new Map<string, Change>();
  for (const { action, outcome } of outcomes) {
    if (!action.hazards.includes("source-shrunk") || outcome.status !== "done") continue;
    const { address, cluster, collection } = action;
    const points = run.survey.collection(cluster, collection)?.points ?? 0;
    accepted.set(address, { type: "shrink-accepted", address, accepted: { at, points } });
  }
  return [...accepted.values()];
}
