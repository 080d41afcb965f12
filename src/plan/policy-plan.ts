import { policyCollectionAddress } from "../address/address.ts";
import type { DesiredPolicy } from "../desired/desired.ts";
import { matchCollections, unmatchedLiterals } from "../policy/match.ts";
import { isComplete } from "../snapshot/snapshot.ts";
import { breakExpires } from "./breaker.ts";
import { dueRun, sceneOf, type DueRun, type PolicyScene } from "./due.ts";
import { planExpiry } from "./expiry.ts";
import { futureKeeps, keepOf } from "./keeps.ts";
import { changedRuleExpires } from "./rule-change.ts";
import type { Keep, PlanProblem, ResourcePlan } from "./plan.ts";
import type { Survey } from "./survey.ts";

export interface PolicyPlanOptions {
  /** Make a snapshot now, whatever the schedule says (`run ADDRESS`). */
  readonly force?: boolean;
  /** Plan for this collection only. */
  readonly onlyCollection?: string;
  /** Leave out every expire. */
  readonly noExpire?: boolean;
}

/**
 * What one policy asks for: a snapshot where a run is due, copies where they are missing, and the
 * end of what retention has released. Pure; the command line and the Terraform provider plan with
 * this very function.
 */
export function planPolicy(
  policy: DesiredPolicy,
  survey: Survey,
  options: PolicyPlanOptions = {},
): ResourcePlan {
  const plans: ResourcePlan[] = [];
  const cluster = survey.cluster(policy.cluster);
  const names = cluster?.collections.map((collection) => collection.name) ?? [];
  const matched = matchCollections(policy.collections, names);
  for (const collection of collectionsOf(policy, survey, matched)) {
    if (options.onlyCollection !== undefined && collection !== options.onlyCollection) continue;
    plans.push(planCollection(policy, collection, survey, matched.includes(collection), options));
  }
  const problems = policyProblems(policy, survey, matched, names);
  return {
    actions: plans.flatMap((plan) => plan.actions),
    keeps: plans.flatMap((plan) => plan.keeps),
    problems: [...problems, ...plans.flatMap((plan) => plan.problems)],
    diagnostics: plans.flatMap((plan) => plan.diagnostics),
  };
}

/** What the policy matches now, and what it has snapshots of although it matches it no longer. */
function collectionsOf(
  policy: DesiredPolicy,
  survey: Survey,
  matched: readonly string[],
): readonly string[] {
  const names = new Set(matched);
  for (const place of survey.places) {
    if (place.cluster !== policy.cluster || names.has(place.collection)) continue;
    const snapshots = [
      ...survey.snapshotsOf(place.cluster, place.collection),
      ...survey.futureOf(place.cluster, place.collection),
    ];
    const resource = `policy.${policy.name}`;
    if (snapshots.some((snapshot) => survey.addressOf(snapshot) === resource)) {
      names.add(place.collection);
    }
  }
  return [...names].sort();
}

function policyProblems(
  policy: DesiredPolicy,
  survey: Survey,
  matched: readonly string[],
  names: readonly string[],
): PlanProblem[] {
  const problem = (collection: string | null, code: string, message: string): PlanProblem => ({
    address:
      collection === null
        ? `policy.${policy.name}`
        : policyCollectionAddress(policy.name, policy.cluster, collection),
    cluster: policy.cluster,
    collection,
    code,
    message,
  });
  const cluster = survey.cluster(policy.cluster);
  if (!cluster?.reachable) {
    const cause = cluster?.problem;
    const message = cause?.message ?? `cluster ${policy.cluster} could not be looked at`;
    return [problem(null, cause?.code ?? "unavailable", message)];
  }
  const repository = policy.repository === null ? null : survey.repository(policy.repository);
  if (repository && repository.status !== "ok" && repository.status !== "new") {
    const message = repository.problem?.message ?? `repository ${repository.name} is not usable`;
    return [problem(null, repository.problem?.code ?? "failed-precondition", message)];
  }
  const missing = unmatchedLiterals(policy.collections, names).map((name) =>
    problem(name, "not-found", `collection ${name} does not exist on cluster ${policy.cluster}`),
  );
  const refused = matched.flatMap((name) => {
    const fault = survey.collection(policy.cluster, name)?.problem;
    return fault ? [problem(name, fault.code, fault.message)] : [];
  });
  return [...missing, ...refused];
}

function repositoryIsUsable(scene: PolicyScene): boolean {
  if (scene.policy.repository === null) return true;
  const status = scene.survey.repository(scene.policy.repository)?.status;
  return status === "ok" || status === "new";
}

function planCollection(
  policy: DesiredPolicy,
  collection: string,
  survey: Survey,
  isMatched: boolean,
  options: PolicyPlanOptions,
): ResourcePlan {
  const scene = sceneOf(policy, collection, survey);
  const future = futureKeeps(survey, scene.cluster, collection, scene.resource);
  const others = othersOf(scene);
  const isThere = survey.collection(scene.cluster, collection) !== undefined;
  if (!isMatched && isThere) {
    const reason = `no longer matched by ${scene.resource}`;
    const keeps = scene.mine.map((snapshot) => keepOf(snapshot, scene.address, [reason]));
    return { actions: [], keeps: [...keeps, ...others, ...future], problems: [], diagnostics: [] };
  }
  const usable = repositoryIsUsable(scene) && survey.cluster(scene.cluster)?.reachable === true;
  const due: DueRun = usable
    ? dueRun(scene, options.force ?? false)
    : { ...dueRun(scene, false), create: null, copies: [] };
  const expiry = planExpiry(scene, due, options.noExpire ?? false);
  const changed = changedRuleExpires(scene, due, expiry.expires);
  const expires = breakExpires(expiry.expires, {
    creates: due.create ? 1 : 0,
    existing: scene.mine.filter(isComplete).length,
    changedRule: changed,
  });
  return {
    actions: [...(due.create ? [due.create] : []), ...due.copies, ...expires],
    keeps: [...expiry.keeps, ...others, ...future],
    problems: [],
    diagnostics: [],
  };
}

/** Snapshots of this policy that it must not touch: another lineage's, another cluster's. */
function othersOf(scene: PolicyScene): Keep[] {
  const { survey, cluster, collection, resource, address } = scene;
  return survey.snapshotsOf(cluster, collection).flatMap((snapshot) => {
    if (survey.addressOf(snapshot) !== resource) return [];
    const ownership = survey.ownership(snapshot);
    if (ownership === "other-lineage") {
      return [keepOf(snapshot, address, ["made under another state; adopt it to manage it"])];
    }
    if (ownership === "other-cluster") {
      return [keepOf(snapshot, address, ["made on another cluster of this name; adopt to manage"])];
    }
    return [];
  });
}
