import { policyCollectionAddress } from "../address/address.ts";
import type { DesiredPolicy } from "../desired/desired.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { matchCollections, unmatchedLiterals } from "../policy/match.ts";
import { isComplete } from "../snapshot/snapshot.ts";
import { breakExpires } from "./breaker.ts";
import { dueRun, newestRun, sceneOf, type PolicyScene } from "./due.ts";
import { planExpiry } from "./expiry.ts";
import { isUsable } from "./holds.ts";
import { keepOf, setAside } from "./keeps.ts";
import type { PlanProblem, ResourcePlan } from "./plan.ts";
import { changedRuleExpires } from "./rule-change.ts";
import type { Survey } from "./survey.ts";

export interface PolicyPlanOptions {
  /** Make a snapshot now, whatever the schedule says (`run ADDRESS`). */
  readonly force?: boolean;
  /** Plan for this collection only. */
  readonly onlyCollection?: string;
  /** Leave out every expire. */
  readonly noExpire?: boolean;
  /** Plan the first snapshot of a collection only: whoever keeps the schedule makes the rest. */
  readonly firstOnly?: boolean;
}

/** The plan of a policy, and where something stands in the way of it. */
export interface PolicyPlan extends ResourcePlan {
  /** Collections whose newest run is due and cannot be made now: nothing of theirs may expire. */
  readonly uncovered: readonly string[];
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
): PolicyPlan {
  const plans: PolicyPlan[] = [];
  const cluster = survey.cluster(policy.cluster);
  const names = cluster?.collections.map((collection) => collection.name) ?? [];
  const matched = new Set(matchCollections(policy.collections, names));
  const request = { policy, survey, options, matched, runAt: newestRun(policy, survey) };
  for (const collection of collectionsOf(policy, survey, matched)) {
    if (options.onlyCollection !== undefined && collection !== options.onlyCollection) continue;
    plans.push(planCollection(request, collection));
  }
  return {
    actions: plans.flatMap((plan) => plan.actions),
    keeps: plans.flatMap((plan) => plan.keeps),
    problems: policyProblems(policy, survey, matched, names),
    diagnostics: [
      ...copyOutDiagnostics(`policy.${policy.name}`, policy, survey),
      ...plans.flatMap((plan) => plan.diagnostics),
    ],
    uncovered: plans.flatMap((plan) => plan.uncovered),
  };
}

/** What the policy matches now, and what it has snapshots of although it matches it no longer. */
function collectionsOf(
  policy: DesiredPolicy,
  survey: Survey,
  matched: ReadonlySet<string>,
): readonly string[] {
  const held = survey
    .placesOf(`policy.${policy.name}`)
    .flatMap((place) => (place.cluster === policy.cluster ? [place.collection] : []));
  return [...new Set([...matched, ...held])].sort();
}

/** A repository is asked for and nothing can ever be brought there: an error, not a failure. */
export function copyOutDiagnostics(
  address: string,
  wanted: { readonly cluster: string; readonly repository: string | null },
  survey: Survey,
): readonly Diagnostic[] {
  const cluster = survey.cluster(wanted.cluster);
  if (wanted.repository === null || !cluster) return [];
  const { create, copyOut } = cluster.capabilities;
  if (create === "capture" || copyOut) return [];
  return [
    {
      severity: "error",
      code: "no-copy-out",
      summary: "This engine cannot copy snapshots into a repository",
      detail:
        `${address} names repository ${wanted.repository}, but the snapshots of engine ` +
        `${cluster.engine} cannot be read out of cluster ${wanted.cluster}. Leave \`repository\` ` +
        "out to keep them on the cluster.",
      address,
    },
  ];
}

function policyProblems(
  policy: DesiredPolicy,
  survey: Survey,
  matched: ReadonlySet<string>,
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
  if (!isUsable(survey, policy.repository)) {
    const message = repository?.problem?.message ?? `repository ${policy.repository} is not usable`;
    return [problem(null, repository?.problem?.code ?? "failed-precondition", message)];
  }
  const missing = unmatchedLiterals(policy.collections, names).map((name) =>
    problem(name, "not-found", `collection ${name} does not exist on cluster ${policy.cluster}`),
  );
  const refused = [...matched].flatMap((name) => {
    const fault = survey.collection(policy.cluster, name)?.problem;
    return fault ? [problem(name, fault.code, fault.message)] : [];
  });
  return [...missing, ...refused];
}

/**
 * A collection that a pattern would match, had it not gone: nothing else in the plan would say so.
 * One that is named is a problem of its own.
 */
function goneDiagnostics(scene: PolicyScene, isThere: boolean): readonly Diagnostic[] {
  const { policy, survey, cluster, collection, address } = scene;
  const count = scene.mine.filter(isComplete).length;
  if (isThere || count === 0 || !survey.cluster(cluster)?.reachable) return [];
  const isNamed = policy.collections.includes(collection);
  const isMatched = matchCollections(policy.collections, [collection]).length > 0;
  if (isNamed || !isMatched) return [];
  return [
    {
      severity: "warning",
      code: "collection-gone",
      summary: "A protected collection is gone",
      detail:
        `${cluster}/${collection} no longer exists. Its ${count} complete snapshot(s) stay, and ` +
        `nothing of it expires. Bring it back with \`snapform restore --policy ${policy.name} ` +
        `--collection ${collection}\`; if it was meant to go, exclude it with "!${collection}".`,
      address,
    },
  ];
}

interface CollectionRequest {
  readonly policy: DesiredPolicy;
  readonly survey: Survey;
  readonly options: PolicyPlanOptions;
  readonly matched: ReadonlySet<string>;
  readonly runAt: Date | null;
}

function planCollection(request: CollectionRequest, collection: string): PolicyPlan {
  const { policy, survey, options, matched, runAt } = request;
  const scene = sceneOf(policy, collection, survey, runAt);
  const { cluster, address, resource } = scene;
  const aside = setAside(survey.holding(cluster, collection, resource), address);
  const isThere = survey.collection(cluster, collection) !== undefined;
  const blank = { problems: [], diagnostics: [], uncovered: [] };
  if (!matched.has(collection) && isThere) {
    const reason = `no longer matched by ${resource}`;
    const keeps = scene.mine.map((snapshot) => keepOf(snapshot, address, [reason]));
    return { ...blank, actions: [], keeps: [...keeps, ...aside] };
  }
  const usable =
    isUsable(survey, policy.repository) &&
    survey.cluster(cluster)?.reachable === true &&
    copyOutDiagnostics(resource, policy, survey).length === 0;
  const { force = false, firstOnly = false } = options;
  const due = dueRun(scene, { force, usable, firstOnly });
  const { expires, keeps, copies } = planExpiry(scene, due, options.noExpire ?? false);
  const broken = breakExpires(expires, {
    creates: due.create ? 1 : 0,
    existing: scene.mine.filter(isComplete).length,
    changedRule: changedRuleExpires(scene, due, expires),
  });
  return {
    ...blank,
    diagnostics: goneDiagnostics(scene, isThere),
    actions: [...(due.create ? [due.create] : []), ...copies, ...broken],
    keeps: [...keeps, ...aside],
    uncovered: due.isDue && due.create === null ? [collection] : [],
  };
}
