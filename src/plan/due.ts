import { policyCollectionAddress } from "../address/address.ts";
import { formatInZone } from "../clock/zone.ts";
import type { DesiredPolicy } from "../desired/desired.ts";
import { previousRun } from "../policy/schedule.ts";
import { snapshotId } from "../snapshot/snapshot-id.ts";
import {
  copyAt,
  isComplete,
  repositoryPlace,
  type Place,
  type Snapshot,
} from "../snapshot/snapshot.ts";
import type { CopyAction, CreateAction } from "./action.ts";
import { CLOCK_SKEW_MS, type Survey } from "./survey.ts";

/** A policy on one collection, with what exists for it. */
export interface PolicyScene {
  readonly policy: DesiredPolicy;
  /** `policy.nightly`. */
  readonly resource: string;
  /** `policy.nightly["prod/docs"]`. */
  readonly address: string;
  readonly cluster: string;
  readonly collection: string;
  readonly survey: Survey;
  /** Where a copy must be complete for the snapshot to count. */
  readonly place: Place;
  /** All of this policy's snapshots that may be worked on, newest first. */
  readonly mine: readonly Snapshot[];
  /** Of the same policy, but of another lineage: they count as runs only. */
  readonly kin: readonly Snapshot[];
  /** The newest run time that has passed; null when there was none yet. */
  readonly runAt: Date | null;
}

/** @param runAt see `newestRun`; the same for every collection of the policy */
export function sceneOf(
  policy: DesiredPolicy,
  collection: string,
  survey: Survey,
  runAt: Date | null,
): PolicyScene {
  const resource = `policy.${policy.name}`;
  const { cluster } = policy;
  const { ours, kin } = survey.holding(cluster, collection, resource);
  return {
    policy,
    resource,
    address: policyCollectionAddress(policy.name, cluster, collection),
    cluster,
    collection,
    survey,
    place: policy.repository === null ? "cluster" : repositoryPlace(policy.repository),
    mine: ours,
    kin,
    runAt,
  };
}

/** The newest run time of a policy that has passed; null when there was none yet. */
export function newestRun(policy: DesiredPolicy, survey: Survey): Date | null {
  return previousRun(policy.schedule, { before: survey.now });
}

/** Whether the newest run is covered, and what has to be made so that it is. */
export interface DueRun {
  /** True when the newest run has no complete snapshot. */
  readonly isDue: boolean;
  /** The id of the newest snapshot that is for the newest run; null when there is none. */
  readonly coveredBy: string | null;
  readonly create: CreateAction | null;
  /** Of what lacks its copy, whether or not retention will want it. */
  readonly copies: readonly CopyAction[];
}

/** True when a snapshot lacks only its copy, which can be made from the one on the cluster. */
function canBeCopied(scene: PolicyScene, snapshot: Snapshot): boolean {
  return (
    scene.place !== "cluster" &&
    scene.survey.cluster(scene.cluster)?.capabilities.copyOut === true &&
    // One that is there but damaged is never written again: a manifest is written once.
    copyAt(snapshot, scene.place) === undefined &&
    copyAt(snapshot, "cluster")?.status === "complete"
  );
}

/**
 * The snapshot that is for the newest run: complete where it has to be, or (ours) about to be. A
 * server's clock that runs ahead does not matter, since only run times are compared; but a run time
 * in the future, left by a clock that was wrong, covers nothing until its time has come.
 */
function covering(scene: PolicyScene, runAt: Date): Snapshot | undefined {
  const { survey, cluster, collection, resource } = scene;
  const latestMs = survey.now.getTime() + CLOCK_SKEW_MS;
  const ahead = survey.holding(cluster, collection, resource).future;
  const isForRun = ({ scheduledFor }: Snapshot): boolean => {
    if (scheduledFor === null) return false;
    const forMs = Date.parse(scheduledFor);
    return forMs >= runAt.getTime() && forMs <= latestMs;
  };
  const isThere = (snapshot: Snapshot): boolean =>
    copyAt(snapshot, scene.place)?.status === "complete";
  const mine = scene.mine.find(
    (entry) => isForRun(entry) && (isThere(entry) || canBeCopied(scene, entry)),
  );
  if (mine) return mine;
  const others = [...scene.kin, ...ahead.filter((entry) => isRelated(survey, entry))];
  return others.find((entry) => isForRun(entry) && isThere(entry));
}

function isRelated(survey: Survey, snapshot: Snapshot): boolean {
  const ownership = survey.ownership(snapshot);
  return ownership === "ours" || ownership === "other-lineage";
}

/** An id for this run that nothing has: what failed or was damaged is never written over. */
function freshId(scene: PolicyScene, at: Date): string {
  const { survey, cluster, collection, resource: address } = scene;
  for (let take = 0; ; take += 1) {
    const id = snapshotId({ lineage: survey.lineage, address, cluster, collection, at, take });
    if (!survey.isUsed(cluster, collection, id)) return id;
  }
}

function hasAnyRun(scene: PolicyScene): boolean {
  return scene.mine.some(isComplete) || scene.kin.some(isComplete);
}

function createFor(scene: PolicyScene, runAt: Date, forced: boolean): CreateAction {
  const { policy, survey, cluster, collection, address } = scene;
  const at = forced ? survey.now : runAt;
  const id = freshId(scene, at);
  const since = formatInZone(runAt, policy.schedule.timezone);
  const isBorn = survey.cluster(cluster)?.capabilities.create === "capture";
  const due = hasAnyRun(scene) ? `due since ${since}` : `first snapshot; due since ${since}`;
  return {
    kind: "create",
    id: `create:${id}@${cluster}/${collection}`,
    address,
    cluster,
    collection,
    snapshotId: id,
    reason: forced ? "asked for" : due,
    hazards: [],
    dependsOn: [],
    place: isBorn ? scene.place : "cluster",
    scheduledFor: at.toISOString(),
    description: policy.description,
    keepUntil: null,
    take: 0,
    collectionIdentity: survey.collection(cluster, collection)?.identity ?? null,
  };
}

export function copyOf(
  scene: Pick<PolicyScene, "address" | "cluster" | "collection" | "place">,
  snapshot: { readonly id: string; readonly bytes: number },
  after: CreateAction | null,
): CopyAction {
  return {
    kind: "copy",
    id: `copy:${snapshot.id}@${scene.cluster}/${scene.collection}>${scene.place}`,
    address: scene.address,
    cluster: scene.cluster,
    collection: scene.collection,
    snapshotId: snapshot.id,
    reason: after ? "its copy outside the cluster" : "complete on the cluster, copy missing",
    hazards: [],
    dependsOn: after ? [after.id] : [],
    to: scene.place,
    bytes: snapshot.bytes,
  };
}

/**
 * What the schedule asks for now. A run is due when its time has passed and no complete snapshot is
 * for it or a later one; missed runs are made up once. Run times are compared with run times only,
 * never with a server's clock.
 *
 * @param options `usable` is false when nothing can be made now, e.g. an unmounted repository;
 *   with `firstOnly` somebody else makes all but the first
 */
export function dueRun(
  scene: PolicyScene,
  options: { readonly force: boolean; readonly usable: boolean; readonly firstOnly: boolean },
): DueRun {
  const { survey, cluster, collection, runAt } = scene;
  const observed = survey.collection(cluster, collection);
  const canCreate = options.usable && observed !== undefined && observed.problem === null;
  const covered = runAt === null ? undefined : covering(scene, runAt);
  const force = options.force && options.usable;
  const isDue = force || (runAt !== null && covered === undefined);
  const isOurs = force || !options.firstOnly || !hasAnyRun(scene);
  const create = isDue && canCreate && isOurs ? createFor(scene, runAt ?? survey.now, force) : null;
  const copies = options.usable
    ? scene.mine
        .filter((snapshot) => canBeCopied(scene, snapshot))
        .map((snapshot) => copyOf(scene, snapshot, null))
    : [];
  if (create && create.place !== scene.place) {
    copies.unshift(copyOf(scene, { id: create.snapshotId, bytes: 0 }, create));
  }
  return { isDue, coveredBy: covered?.id ?? null, create, copies };
}
