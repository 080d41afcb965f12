import type { DesiredSnapshot } from "../desired/desired.ts";
import { snapshotId } from "../snapshot/snapshot-id.ts";
import { copyAt, isComplete, repositoryPlace, type Snapshot } from "../snapshot/snapshot.ts";
import type { CopyAction, CreateAction } from "./action.ts";
import { copyOf } from "./due.ts";
import { futureKeeps, keepOf } from "./keeps.ts";
import type { PlanProblem, ResourcePlan } from "./plan.ts";
import type { Survey } from "./survey.ts";

export interface SnapshotPlanOptions {
  /** Take it again, also when it was taken before (`run snapshot.NAME`). */
  readonly force?: boolean;
}

function existingOf(survey: Survey, address: string, wanted: DesiredSnapshot): readonly Snapshot[] {
  return survey
    .snapshotsOf(wanted.cluster, wanted.collection)
    .filter((snapshot) => survey.addressOf(snapshot) === address);
}

/** Places other than the declared one where snapshots of this name lie. */
function elsewhere(survey: Survey, address: string, wanted: DesiredSnapshot): string | null {
  for (const { cluster, collection } of survey.places) {
    if (cluster === wanted.cluster && collection === wanted.collection) continue;
    const isHere = survey
      .snapshotsOf(cluster, collection)
      .some((entry) => survey.addressOf(entry) === address && survey.ownership(entry) === "ours");
    if (isHere) return `${cluster}/${collection}`;
  }
  return null;
}

function empty(): {
  actions: (CreateAction | CopyAction)[];
  keeps: ResourcePlan["keeps"];
  problems: PlanProblem[];
  diagnostics: ResourcePlan["diagnostics"];
} {
  return { actions: [], keeps: [], problems: [], diagnostics: [] };
}

/**
 * What one named snapshot asks for: to be taken once. One that was taken and has vanished is
 * reported as lost and taken again only when asked; a name that is declared for another collection
 * than it was taken of is an error, never a silent second take.
 */
export function planSnapshot(
  wanted: DesiredSnapshot,
  survey: Survey,
  options: SnapshotPlanOptions = {},
): ResourcePlan {
  const address = `snapshot.${wanted.name}`;
  const { cluster, collection } = wanted;
  const plan = empty();
  const other = elsewhere(survey, address, wanted);
  if (other !== null) {
    plan.diagnostics = [
      {
        severity: "error",
        code: "snapshot-elsewhere",
        summary: "A named snapshot cannot change its collection",
        detail:
          `${address} was taken of ${other}, and is now declared for ${cluster}/${collection}. ` +
          "Declare the new snapshot under a new name; the old one stays until it is removed.",
        address,
      },
    ];
    return plan;
  }
  const existing = existingOf(survey, address, wanted);
  const whole = existing.find(isComplete);
  plan.keeps = [
    ...existing.map((snapshot) => keepOf(snapshot, address, [`declared in ${address}`])),
    ...futureKeeps(survey, cluster, collection, address),
  ];
  if (whole && options.force !== true) return withCopy(plan, wanted, whole, survey);
  const taken = survey.state?.taken[address];
  if (taken && !whole && options.force !== true) {
    plan.diagnostics = [
      {
        severity: "warning",
        code: "snapshot-lost",
        summary: "A named snapshot is lost",
        detail:
          `${address} was taken at ${taken.at} and no longer exists. It is not taken again by ` +
          `itself, since the data is not what it was then. Run \`snapform run ${address}\` to ` +
          "take it now, or remove it from the configuration.",
        address,
      },
    ];
    return plan;
  }
  return planTake(plan, wanted, survey, taken ? taken.take + 1 : existing.length);
}

function withCopy(
  plan: ReturnType<typeof empty>,
  wanted: DesiredSnapshot,
  snapshot: Snapshot,
  survey: Survey,
): ResourcePlan {
  if (wanted.repository === null) return plan;
  const place = repositoryPlace(wanted.repository);
  const lacks = copyAt(snapshot, place)?.status !== "complete";
  const isThere = copyAt(snapshot, "cluster")?.status === "complete";
  const canCopy = survey.cluster(wanted.cluster)?.capabilities.copyOut === true;
  if (lacks && isThere && canCopy && survey.ownership(snapshot) === "ours") {
    const address = `snapshot.${wanted.name}`;
    const { cluster, collection } = wanted;
    plan.actions.push(copyOf({ address, cluster, collection, place }, snapshot, null));
  }
  return plan;
}

function planTake(
  plan: ReturnType<typeof empty>,
  wanted: DesiredSnapshot,
  survey: Survey,
  take: number,
): ResourcePlan {
  const address = `snapshot.${wanted.name}`;
  const { cluster, collection } = wanted;
  const problem = takeProblem(wanted, survey);
  if (problem) {
    plan.problems.push({ address, cluster, collection, ...problem });
    return plan;
  }
  const observed = survey.cluster(cluster);
  const place = wanted.repository === null ? "cluster" : repositoryPlace(wanted.repository);
  const { lineage, now } = survey;
  const id = snapshotId({ lineage, address, cluster, collection, at: now, take });
  const create: CreateAction = {
    kind: "create",
    id: `create:${id}@${cluster}/${collection}`,
    address,
    cluster,
    collection,
    snapshotId: id,
    reason: take === 0 ? `declared in ${address}` : "asked for again",
    hazards: [],
    dependsOn: [],
    place: observed?.capabilities.create === "capture" ? place : "cluster",
    scheduledFor: null,
    description: wanted.description,
    keepUntil: null,
    take,
    collectionIdentity: survey.collection(cluster, collection)?.identity ?? null,
  };
  plan.actions.push(create);
  if (create.place !== place && observed?.capabilities.copyOut) {
    plan.actions.push(copyOf({ address, cluster, collection, place }, { id, bytes: 0 }, create));
  }
  return plan;
}

function takeProblem(
  wanted: DesiredSnapshot,
  survey: Survey,
): { readonly code: string; readonly message: string } | null {
  const cluster = survey.cluster(wanted.cluster);
  if (!cluster?.reachable) {
    const message = `cluster ${wanted.cluster} could not be looked at`;
    return cluster?.problem ?? { code: "unavailable", message };
  }
  const collection = survey.collection(wanted.cluster, wanted.collection);
  if (!collection) {
    const message = `collection ${wanted.collection} does not exist on cluster ${wanted.cluster}`;
    return { code: "not-found", message };
  }
  if (collection.problem) return collection.problem;
  const repository = wanted.repository === null ? null : survey.repository(wanted.repository);
  if (repository && repository.status !== "ok" && repository.status !== "new") {
    const message = `repository ${repository.name} is not usable`;
    return repository.problem ?? { code: "failed-precondition", message };
  }
  return null;
}
