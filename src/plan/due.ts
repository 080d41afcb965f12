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
import type { Survey } from "./survey.ts";

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
  /** Of the same policy, but of another lineage or cluster: they count as runs only. */
  readonly kin: readonly Snapshot[];
}

export function sceneOf(policy: DesiredPolicy, collection: string, survey: Survey): PolicyScene {
  const resource = `policy.${policy.name}`;
  const { cluster } = policy;
  const related = survey
    .snapshotsOf(cluster, collection)
    .filter((snapshot) => survey.addressOf(snapshot) === resource);
  return {
    policy,
    resource,
    address: policyCollectionAddress(policy.name, cluster, collection),
    cluster,
    collection,
    survey,
    place: policy.repository === null ? "cluster" : repositoryPlace(policy.repository),
    mine: related.filter((snapshot) => survey.ownership(snapshot) === "ours"),
    kin: related.filter((snapshot) => survey.ownership(snapshot) === "other-lineage"),
  };
}

/** Whether the newest run is covered, and what has to be made so that it is. */
export interface DueRun {
  /** The newest run time that has passed; null when there was none yet. */
  readonly runAt: Date | null;
  /** True when the newest run has no complete snapshot. */
  readonly isDue: boolean;
  readonly create: CreateAction | null;
  readonly copies: readonly CopyAction[];
}

/** True when some snapshot that is complete, here or (still to be copied) there, is for the run. */
function covers(scene: PolicyScene, runAt: Date): boolean {
  const { capabilities } = scene.survey.cluster(scene.cluster) ?? {};
  return [...scene.mine, ...scene.kin].some((snapshot) => {
    if (snapshot.scheduledFor === null) return false;
    if (Date.parse(snapshot.scheduledFor) < runAt.getTime()) return false;
    if (copyAt(snapshot, scene.place)?.status === "complete") return true;
    // It lacks only its copy, which is cheaper and truer than a second snapshot.
    return capabilities?.copyOut === true && copyAt(snapshot, "cluster")?.status === "complete";
  });
}

function createFor(scene: PolicyScene, runAt: Date, forced: boolean): CreateAction {
  const { policy, survey, cluster, collection, address } = scene;
  const at = forced ? survey.now : runAt;
  const seed = { lineage: survey.lineage, address: scene.resource, cluster, collection, at };
  const id = snapshotId(seed);
  const since = formatInZone(runAt, policy.schedule.timezone);
  const isBorn = survey.cluster(cluster)?.capabilities.create === "capture";
  const hasAny = scene.mine.some(isComplete) || scene.kin.some(isComplete);
  const due = hasAny ? `due since ${since}` : `first snapshot; due since ${since}`;
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
 */
export function dueRun(scene: PolicyScene, forced: boolean): DueRun {
  const { survey, policy, cluster, collection } = scene;
  const runAt = previousRun(policy.schedule, { before: survey.now });
  const observed = survey.collection(cluster, collection);
  const canCreate = observed !== undefined && observed.problem === null;
  const isDue = forced || (runAt !== null && !covers(scene, runAt));
  const create = isDue && canCreate ? createFor(scene, runAt ?? survey.now, forced) : null;
  const copies: CopyAction[] = [];
  if (survey.cluster(cluster)?.capabilities.copyOut && scene.place !== "cluster") {
    if (create) copies.push(copyOf(scene, { id: create.snapshotId, bytes: 0 }, create));
    for (const snapshot of scene.mine) {
      const lacks = copyAt(snapshot, scene.place)?.status !== "complete";
      const isThere = copyAt(snapshot, "cluster")?.status === "complete";
      if (lacks && isThere && snapshot.id !== create?.snapshotId) {
        copies.push(copyOf(scene, snapshot, null));
      }
    }
  }
  return { runAt, isDue, create, copies };
}
