import type { Desired, DesiredPolicy } from "../desired/desired.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { State } from "../ledger/state.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import { acknowledgeHash } from "./acknowledge.ts";
import { byPlanOrder, type Action } from "./action.ts";
import { isHeld, type Hazard } from "./hazard.ts";
import { planLeftovers } from "./leftovers.ts";
import { PLAN_FORMAT_VERSION, type Keep, type Plan, type ResourcePlan } from "./plan.ts";
import { planPolicy, type PolicyPlan } from "./policy-plan.ts";
import { recoveryOf } from "./recovery.ts";
import { planRestore } from "./restore-plan.ts";
import { scopeDiagnostics, scopeOf, type Scope } from "./scope.ts";
import { settleCollections } from "./settle.ts";
import { planSnapshot } from "./snapshot-plan.ts";
import { survey as surveyOf, type Survey } from "./survey.ts";

export interface PlanOptions {
  /** Only these addresses: resources, or one collection of a policy. */
  readonly only?: readonly string[];
  /** Leave out every expire. */
  readonly noExpire?: boolean;
  /** Do these now, whatever the schedule or the past says (`run ADDRESS`); implies `only`. */
  readonly force?: readonly string[];
  /** Leave the runs of policies to somebody else, but for the first snapshot of a collection. */
  readonly firstOnly?: boolean;
  /** False for a plan of another instant than the present one. */
  readonly applicable?: boolean;
}

/**
 * The plan of a whole configuration: what has to be done so that the world becomes what is wanted,
 * what stays and why. Pure: the same input, in whatever order its lists are, gives the same plan.
 *
 * @param now the instant that it is planned for
 */
export function planConfig(
  desired: Desired,
  inventory: Inventory,
  state: State | null,
  now: Date,
  options: PlanOptions = {},
): Plan {
  const { project, moved } = desired;
  const survey = surveyOf({ project, inventory, state, now, moved });
  const { plans, uncovered } = resourcePlans(desired, survey, options);
  const wanted = plans.flatMap((plan) => plan.actions);
  const actions = settleCollections(wanted, survey, uncovered).sort(byPlanOrder);
  const keeps = plans.flatMap((plan) => plan.keeps).sort(byKeepOrder);
  const diagnostics = [
    ...stateDiagnostics(survey),
    ...scopeDiagnostics([...(options.only ?? []), ...(options.force ?? [])], desired, survey),
    ...plans.flatMap((plan) => plan.diagnostics),
  ].sort(byText);
  const problems = plans.flatMap((plan) => plan.problems).sort(byText);
  const hazards = new Set<Hazard>();
  for (const action of actions) for (const hazard of action.hazards) hazards.add(hazard);
  return Object.freeze({
    formatVersion: PLAN_FORMAT_VERSION,
    kind: "plan",
    project,
    lineage: survey.lineage,
    plannedAt: now.toISOString(),
    applicable: options.applicable ?? true,
    scope: {
      only: [...(options.only ?? [])].sort(),
      force: [...(options.force ?? [])].sort(),
      noExpire: options.noExpire ?? false,
    },
    fingerprint: desired.fingerprint,
    clusters: identities(inventory.clusters.map(({ name, identity }) => [name, identity])),
    repositories: identities(inventory.repositories.map(({ name, id }) => [name, id])),
    actions,
    keeps,
    problems,
    diagnostics,
    hazards: [...hazards].sort(),
    acknowledge: acknowledgeHash(actions),
    recovery: recoveryOf(survey, actions),
    summary: summarise(actions, keeps),
  });
}

/** Problems and diagnostics have an order whatever was looked at first. */
function byText(a: { readonly address?: string }, b: { readonly address?: string }): number {
  const [left, right] = [a, b].map((each) => JSON.stringify([each.address ?? "", each]));
  return left === right ? 0 : (left ?? "") < (right ?? "") ? -1 : 1;
}

function identities(
  entries: readonly (readonly [string, string | null])[],
): Readonly<Record<string, string | null>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Parts {
  readonly plans: readonly ResourcePlan[];
  /** For each cluster the collections with a run that is due and not planned. */
  readonly uncovered: ReadonlyMap<string, ReadonlySet<string>>;
}

function resourcePlans(desired: Desired, survey: Survey, options: PlanOptions): Parts {
  const scope = scopeOf(options.only ?? [], options.force ?? []);
  const noExpire = options.noExpire ?? false;
  const plans: ResourcePlan[] = [];
  const uncovered = new Map<string, Set<string>>();
  for (const policy of desired.policies) {
    if (!scope.includes(`policy.${policy.name}`)) continue;
    const named = uncovered.get(policy.cluster) ?? new Set<string>();
    uncovered.set(policy.cluster, named);
    for (const plan of policyPlans(policy, survey, scope, options)) {
      plans.push(plan);
      for (const collection of plan.uncovered) named.add(collection);
    }
  }
  for (const snapshot of desired.snapshots) {
    const address = `snapshot.${snapshot.name}`;
    if (!scope.includes(address)) continue;
    plans.push(planSnapshot(snapshot, survey, { force: scope.isForced(address), noExpire }));
  }
  const planned = plans.flatMap((plan) => plan.actions);
  for (const restore of desired.restores) {
    const address = `restore.${restore.name}`;
    if (!scope.includes(address)) continue;
    plans.push(planRestore(restore, survey, planned, { force: scope.isForced(address) }));
  }
  plans.push(planLeftovers(desired, survey, { noExpire, planned, scope }));
  return { plans, uncovered };
}

function policyPlans(
  policy: DesiredPolicy,
  survey: Survey,
  scope: Scope,
  { noExpire = false, firstOnly = false }: PlanOptions,
): readonly PolicyPlan[] {
  const force = scope.isForced(`policy.${policy.name}`);
  const collections = scope.collectionsOf(policy.name, policy.cluster);
  if (collections === null) return [planPolicy(policy, survey, { force, noExpire, firstOnly })];
  return collections.map((each) =>
    planPolicy(policy, survey, {
      force: each.force,
      noExpire,
      firstOnly,
      onlyCollection: each.collection,
    }),
  );
}

function byKeepOrder(a: Keep, b: Keep): number {
  return (
    byCodeUnit(a.cluster, b.cluster) ||
    byCodeUnit(a.collection, b.collection) ||
    byCodeUnit(a.address ?? "~", b.address ?? "~") ||
    Date.parse(b.startedAt) - Date.parse(a.startedAt) ||
    byCodeUnit(b.snapshotId, a.snapshotId)
  );
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function stateDiagnostics(survey: Survey): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const { state, project, places } = survey;
  const lost = places.flatMap(({ cluster, collection }) =>
    survey.holdings(cluster, collection).flatMap((holding) => holding.kin),
  );
  if (lost.length > 0) {
    const what =
      state === null
        ? `There is no state, but ${lost.length} snapshot(s) of project ${project} exist`
        : `${lost.length} snapshot(s) of project ${project} exist that the state does not know`;
    diagnostics.push({
      severity: "warning",
      code: "state-missing",
      summary: "Snapshots of this project are not in the state",
      detail:
        `${what}. They count as runs that were made, and none of them expires. Put the state ` +
        "back, or run `snapform adopt --from-repository` to take them over.",
    });
  }
  for (const { name, status, problem } of survey.repositories) {
    if (status !== "ok" || problem === null) continue;
    diagnostics.push({
      severity: "warning",
      code: "repository-damaged",
      summary: "A repository is damaged",
      detail:
        `Repository ${name}: ${problem.message}. What cannot be read does not count and is not ` +
        `touched. Run \`snapform repository check ${name}\`.`,
    });
  }
  for (const { name, notices } of survey.clusters) {
    for (const { code, summary, detail } of notices) {
      diagnostics.push({
        severity: "warning",
        code,
        summary,
        detail: `Cluster ${name}: ${detail}`,
      });
    }
  }
  if (survey.clockBehind && state) {
    diagnostics.push({
      severity: "warning",
      code: "clock-behind",
      summary: "The clock is behind",
      detail:
        `The state has seen ${state.lastSeenAt}, which is after ${survey.now.toISOString()}. ` +
        "Nothing expires until the clock is right.",
    });
  }
  return diagnostics;
}

function summarise(actions: readonly Action[], keeps: readonly Keep[]): Plan["summary"] {
  const counts = { create: 0, copy: 0, restore: 0, expire: 0 };
  let withheld = 0;
  let expiredBytes = 0;
  for (const action of actions) {
    counts[action.kind] += 1;
    if (isHeld(action)) withheld += 1;
    if (action.kind === "expire") expiredBytes += action.bytes;
  }
  return { ...counts, keep: keeps.length, withheld, expiredBytes };
}
