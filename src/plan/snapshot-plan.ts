import type { DesiredSnapshot } from "../desired/desired.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { TakenRecord } from "../ledger/state.ts";
import { snapshotId } from "../snapshot/snapshot-id.ts";
import { copyAt, isComplete, repositoryPlace, type Snapshot } from "../snapshot/snapshot.ts";
import type { Action, CreateAction } from "./action.ts";
import { copyOf } from "./due.ts";
import { expireAction } from "./expire-action.ts";
import { doubtOf } from "./expiry.ts";
import { collectionHolds, isUsable } from "./holds.ts";
import { keepOf } from "./keeps.ts";
import type { Keep, PlanProblem, ResourcePlan } from "./plan.ts";
import { copyOutDiagnostics } from "./policy-plan.ts";
import type { Survey } from "./survey.ts";

export interface SnapshotPlanOptions {
  /** Take it again, also when it was taken before (`run snapshot.NAME`). */
  readonly force?: boolean;
  /** Leave out every expire. */
  readonly noExpire?: boolean;
}

interface Draft {
  readonly actions: Action[];
  readonly keeps: Keep[];
  readonly problems: PlanProblem[];
  readonly diagnostics: Diagnostic[];
}

/** Places other than the declared one where snapshots of this name lie. */
function elsewhere(survey: Survey, address: string, wanted: DesiredSnapshot): string | null {
  for (const { cluster, collection } of survey.placesOf(address)) {
    if (cluster === wanted.cluster && collection === wanted.collection) continue;
    const { ours } = survey.holding(cluster, collection, address);
    if (ours.length > 0) return `${cluster}/${collection}`;
  }
  return null;
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
  const force = options.force ?? false;
  const refused = copyOutDiagnostics(address, wanted, survey);
  const plan: Draft = { actions: [], keeps: [], problems: [], diagnostics: [...refused] };
  const { ours, kin, strangers, future } = survey.holding(cluster, collection, address);
  const existing = [...ours, ...kin, ...strangers, ...future];
  const reason = `declared in ${address}`;
  const other = elsewhere(survey, address, wanted);
  const taken = survey.state?.taken[address];
  // A stranger counts where the state says that it was ours: only the cluster became another one.
  const isIts = (entry: Snapshot): boolean =>
    !strangers.includes(entry) || entry.id === taken?.snapshotId;
  const whole = existing.find((entry) => isComplete(entry) && isIts(entry));
  if (other !== null) plan.diagnostics.push(movedElsewhere(address, other, wanted));
  if (plan.diagnostics.length > 0) {
    plan.keeps.push(...existing.map((entry) => keepOf(entry, address, [reason])));
    return plan;
  }
  if (whole && !force) planCopy(plan, wanted, whole, survey);
  else if (taken && !force) plan.diagnostics.push(...lost(address, taken, wanted, survey));
  else planTake(plan, wanted, survey, { take: taken ? taken.take + 1 : existing.length, force });
  const hasWhole = whole !== undefined || plan.actions.some(({ kind }) => kind === "create");
  const failed = options.noExpire || !hasWhole ? [] : failedParts(ours);
  const stays = existing.filter((entry) => !failed.includes(entry));
  plan.keeps.push(...stays.map((entry) => keepOf(entry, address, [reason])));
  const holds = collectionHolds(survey, cluster, collection, address);
  const dependsOn = plan.actions.map((action) => action.id);
  const why = "incomplete; a complete one exists";
  for (const entry of failed) {
    plan.actions.push(expireAction(survey, entry, { address, reason: why, holds, dependsOn }));
  }
  return plan;
}

/** What failed attempts left. */
function failedParts(ours: readonly Snapshot[]): readonly Snapshot[] {
  return ours.filter(
    (entry) =>
      !entry.pinned &&
      entry.keepUntil === null &&
      doubtOf(entry) === null &&
      entry.copies.every((copy) => copy.status === "partial"),
  );
}

function movedElsewhere(address: string, other: string, wanted: DesiredSnapshot): Diagnostic {
  return {
    severity: "error",
    code: "snapshot-elsewhere",
    summary: "A named snapshot cannot change its collection",
    detail:
      `${address} was taken of ${other}, and is now declared for ` +
      `${wanted.cluster}/${wanted.collection}. Declare the new snapshot under a new name; the ` +
      "old one stays until it is removed.",
    address,
  };
}

/** What is said of a snapshot that was taken and is whole no more; nothing while it may yet be. */
function lost(
  address: string,
  taken: TakenRecord,
  wanted: DesiredSnapshot,
  survey: Survey,
): readonly Diagnostic[] {
  const { cluster, collection, repository } = wanted;
  if (!survey.cluster(cluster)?.reachable || !isUsable(survey, repository)) return [];
  const { ours } = survey.holding(cluster, collection, address);
  if (ours.some((entry) => doubtOf(entry) !== null)) return [];
  const fate = ours.length > 0 ? "is no longer whole" : "no longer exists";
  return [
    {
      severity: "warning",
      code: "snapshot-lost",
      summary: "A named snapshot is lost",
      detail:
        `${address} was taken at ${taken.at} and ${fate}. It is not taken again by itself, since ` +
        `the data is not what it was then. Run \`snapform run ${address}\` to take it now, or ` +
        "remove it from the configuration.",
      address,
    },
  ];
}

function planCopy(plan: Draft, wanted: DesiredSnapshot, snapshot: Snapshot, survey: Survey): void {
  if (wanted.repository === null || !isUsable(survey, wanted.repository)) return;
  const place = repositoryPlace(wanted.repository);
  // One that is there but damaged is never written again: a manifest is written once.
  const lacks = copyAt(snapshot, place) === undefined;
  const isThere = copyAt(snapshot, "cluster")?.status === "complete";
  const canCopy = survey.cluster(wanted.cluster)?.capabilities.copyOut === true;
  if (lacks && isThere && canCopy && survey.ownership(snapshot) === "ours") {
    const address = `snapshot.${wanted.name}`;
    const { cluster, collection } = wanted;
    plan.actions.push(copyOf({ address, cluster, collection, place }, snapshot, null));
  }
}

function planTake(
  plan: Draft,
  wanted: DesiredSnapshot,
  survey: Survey,
  { take, force }: { readonly take: number; readonly force: boolean },
): void {
  const address = `snapshot.${wanted.name}`;
  const { cluster, collection } = wanted;
  const problem = takeProblem(wanted, survey);
  if (problem) {
    plan.problems.push({ address, cluster, collection, ...problem });
    return;
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
    reason: force ? "asked for" : `declared in ${address}`,
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
  if (wanted.repository === null || isUsable(survey, wanted.repository)) return null;
  const message = `repository ${wanted.repository} is not usable`;
  const problem = survey.repository(wanted.repository)?.problem;
  return problem ?? { code: "failed-precondition", message };
}
