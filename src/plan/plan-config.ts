import { parseAddress, resourceOf } from "../address/address.ts";
import type { Desired } from "../desired/desired.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { State } from "../ledger/state.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import { acknowledgeHash } from "./acknowledge.ts";
import { byPlanOrder, type Action, type ExpireAction } from "./action.ts";
import { breakExpires } from "./breaker.ts";
import { mustWait, needsAcknowledgement, type Hazard } from "./hazard.ts";
import { planLeftovers } from "./leftovers.ts";
import { PLAN_FORMAT_VERSION, type Keep, type Plan, type ResourcePlan } from "./plan.ts";
import { planPolicy } from "./policy-plan.ts";
import { recoveryOf } from "./recovery.ts";
import { planRestore } from "./restore-plan.ts";
import { planSnapshot } from "./snapshot-plan.ts";
import { survey as surveyOf, type Survey } from "./survey.ts";

export interface PlanOptions {
  /** Only these addresses: resources, or one collection of a policy. */
  readonly only?: readonly string[];
  /** Leave out every expire. */
  readonly noExpire?: boolean;
  /** Do these now, whatever the schedule or the past says (`run ADDRESS`); implies `only`. */
  readonly force?: readonly string[];
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
  const parts = resourcePlans(desired, survey, options);
  const actions = breakCollections(
    parts.flatMap((part) => part.actions),
    survey,
  ).sort(byPlanOrder);
  const keeps = parts.flatMap((part) => part.keeps).sort(byKeepOrder);
  const diagnostics = [
    ...stateDiagnostics(desired, inventory, state, survey),
    ...parts.flatMap((part) => part.diagnostics),
  ];
  const problems = parts.flatMap((part) => part.problems);
  const hazards = new Set<Hazard>(actions.flatMap((action) => action.hazards));
  return {
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
  };
}

function identities(
  entries: readonly (readonly [string, string | null])[],
): Readonly<Record<string, string | null>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function resourcePlans(desired: Desired, survey: Survey, options: PlanOptions): ResourcePlan[] {
  const only = [...(options.only ?? []), ...(options.force ?? [])];
  const forced = new Set(options.force);
  const isWanted = (address: string): boolean =>
    only.length === 0 || only.some((entry) => resourceOf(entry) === address);
  const noExpire = options.noExpire ?? false;
  const plans: ResourcePlan[] = [];
  for (const policy of desired.policies) {
    const address = `policy.${policy.name}`;
    if (!isWanted(address)) continue;
    const keys = collectionKeys(only, address);
    if (keys.length === 0) {
      plans.push(planPolicy(policy, survey, { force: forced.has(address), noExpire }));
    }
    for (const { entry, collection } of keys) {
      const force = forced.has(entry) || forced.has(address);
      plans.push(planPolicy(policy, survey, { force, noExpire, onlyCollection: collection }));
    }
  }
  for (const snapshot of desired.snapshots) {
    const address = `snapshot.${snapshot.name}`;
    if (isWanted(address)) {
      plans.push(planSnapshot(snapshot, survey, { force: forced.has(address) }));
    }
  }
  const planned = plans.flatMap((plan) => plan.actions);
  for (const restore of desired.restores) {
    const address = `restore.${restore.name}`;
    if (isWanted(address)) {
      plans.push(planRestore(restore, survey, planned, { force: forced.has(address) }));
    }
  }
  if (only.length === 0) plans.push(planLeftovers(desired, survey, { noExpire }));
  return plans;
}

function collectionKeys(
  only: readonly string[],
  address: string,
): readonly { readonly entry: string; readonly collection: string }[] {
  if (only.includes(address)) return [];
  return only.flatMap((entry) => {
    const key = resourceOf(entry) === address ? parseAddress(entry)?.key : undefined;
    if (key === undefined) return [];
    return [{ entry, collection: key.slice(key.indexOf("/") + 1) }];
  });
}

/** The breaker over everything that one run does to a collection, whichever resource asks. */
function breakCollections(actions: readonly Action[], survey: Survey): Action[] {
  const groups = new Map<string, { expires: ExpireAction[]; creates: number }>();
  for (const action of actions) {
    if (action.kind !== "expire" && action.kind !== "create") continue;
    const key = JSON.stringify([action.cluster, action.collection]);
    const group = groups.get(key) ?? { expires: [], creates: 0 };
    if (action.kind === "expire") group.expires.push(action);
    else group.creates += 1;
    groups.set(key, group);
  }
  const broken = new Map<string, ExpireAction>();
  for (const { expires, creates } of groups.values()) {
    const [first] = expires;
    if (!first) continue;
    const owned = survey
      .snapshotsOf(first.cluster, first.collection)
      .filter((snapshot) => survey.ownership(snapshot) === "ours");
    const input = { creates, existing: owned.length, changedRule: new Set<string>() };
    for (const expire of breakExpires(expires, input)) broken.set(expire.id, expire);
  }
  return actions.map((action) => broken.get(action.id) ?? action);
}

function byKeepOrder(a: Keep, b: Keep): number {
  const left = [a.cluster, a.collection, a.address ?? "~"].join("\u0000");
  const right = [b.cluster, b.collection, b.address ?? "~"].join("\u0000");
  if (left !== right) return left < right ? -1 : 1;
  const difference = Date.parse(b.startedAt) - Date.parse(a.startedAt);
  if (difference !== 0) return difference;
  return a.snapshotId < b.snapshotId ? 1 : a.snapshotId > b.snapshotId ? -1 : 0;
}

function stateDiagnostics(
  desired: Desired,
  inventory: Inventory,
  state: State | null,
  survey: Survey,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const lost = inventory.snapshots.filter(
    (snapshot) => survey.ownership(snapshot) === "other-lineage",
  );
  if (lost.length > 0) {
    const what = state === null ? "There is no state, but" : "The state does not know";
    const rest = state === null ? ` ${lost.length} snapshot(s) of project` : ` ${lost.length} of`;
    diagnostics.push({
      severity: "warning",
      code: "state-missing",
      summary: "Snapshots of this project are not in the state",
      detail:
        `${what}${rest} ${desired.project} exist. They count as runs that were made, and none of ` +
        "them expires. Put the state back, or run `snapform adopt --from-repository` to take them " +
        "over.",
    });
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
  const count = (kind: Action["kind"]): number =>
    actions.filter((action) => action.kind === kind).length;
  const isHeld = (action: Action): boolean =>
    mustWait(action.hazards) || needsAcknowledgement(action.hazards);
  const expires = actions.filter((action) => action.kind === "expire");
  return {
    create: count("create"),
    copy: count("copy"),
    restore: count("restore"),
    expire: count("expire"),
    keep: keeps.length,
    withheld: actions.filter(isHeld).length,
    expiredBytes: expires.reduce((sum, action) => sum + action.bytes, 0),
  };
}
