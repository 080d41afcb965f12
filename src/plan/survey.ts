import type { State } from "../ledger/state.ts";
import type {
  Inventory,
  ObservedCluster,
  ObservedCollection,
  ObservedRepository,
} from "../snapshot/inventory.ts";
import { byNewest, isComplete, type Snapshot } from "../snapshot/snapshot.ts";

/** How far a snapshot's date may be ahead of the clock before it is set aside: five minutes. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/** Whose a snapshot is, as far as this configuration and state can tell. */
export type Ownership =
  /** Made by this project and lineage, or adopted: may be expired. */
  | "ours"
  /** Of this project, but another lineage (a lost or another state): counts, never expires. */
  | "other-lineage"
  /** Ours, but of a cluster that has this name no longer: never expires. */
  | "other-cluster"
  /** Another project's, or nobody's: never touched. */
  | "foreign";

export interface SurveyRequest {
  readonly project: string;
  readonly inventory: Inventory;
  readonly state: State | null;
  readonly now: Date;
  /** Renames of the configuration: snapshots of `from` belong to `to`. */
  readonly moved: readonly { readonly from: string; readonly to: string }[];
}

/** The inventory and the state, indexed for planning. Built once, shared by all resources. */
export interface Survey {
  readonly project: string;
  readonly lineage: string | null;
  readonly state: State | null;
  readonly now: Date;
  /** True when the clock is behind the last instant that the state has seen. */
  readonly clockBehind: boolean;
  cluster(name: string): ObservedCluster | undefined;
  collection(cluster: string, name: string): ObservedCollection | undefined;
  repository(name: string): ObservedRepository | undefined;
  /** Newest first, without those dated in the future; of every owner. */
  snapshotsOf(cluster: string, collection: string): readonly Snapshot[];
  /** Dated in the future: set aside, never the newest, never expired. */
  futureOf(cluster: string, collection: string): readonly Snapshot[];
  /** The newest complete snapshot of a collection, whoever made it. */
  newestComplete(cluster: string, collection: string): Snapshot | undefined;
  /** Cluster and collection of everything that has snapshots, in order. */
  readonly places: readonly { readonly cluster: string; readonly collection: string }[];
  ownership(snapshot: Snapshot): Ownership;
  /** The resource that a snapshot belongs to now, renames applied; null for foreign ones. */
  addressOf(snapshot: Snapshot): string | null;
}

function keyOf(cluster: string, collection: string): string {
  return JSON.stringify([cluster, collection]);
}

interface Group {
  readonly cluster: string;
  readonly collection: string;
  readonly present: Snapshot[];
  readonly future: Snapshot[];
  newest: Snapshot | undefined;
}

function groupSnapshots(inventory: Inventory, now: Date): Map<string, Group> {
  const groups = new Map<string, Group>();
  const horizon = now.getTime() + CLOCK_SKEW_MS;
  for (const snapshot of inventory.snapshots) {
    const key = keyOf(snapshot.cluster, snapshot.collection);
    let group = groups.get(key);
    if (!group) {
      const { cluster, collection } = snapshot;
      group = { cluster, collection, present: [], future: [], newest: undefined };
      groups.set(key, group);
    }
    const isFuture = Date.parse(snapshot.startedAt) > horizon;
    (isFuture ? group.future : group.present).push(snapshot);
  }
  for (const group of groups.values()) {
    group.present.sort(byNewest);
    group.future.sort(byNewest);
    group.newest = group.present.find(isComplete);
  }
  return groups;
}

function moves(request: SurveyRequest): (address: string) => string {
  const to = new Map(request.moved.map((move) => [move.from, move.to]));
  return (address) => {
    let current = address;
    // A chain of renames ends after as many steps as there are renames; config refuses cycles.
    for (let step = 0; step < to.size; step += 1) {
      const next = to.get(current);
      if (next === undefined) break;
      current = next;
    }
    return current;
  };
}

/** Indexes an inventory and a state for planning. */
export function survey(request: SurveyRequest): Survey {
  const { inventory, state, now, project } = request;
  const lineage = state?.lineage ?? null;
  const clusters = new Map(inventory.clusters.map((cluster) => [cluster.name, cluster]));
  const repositories = new Map(inventory.repositories.map((entry) => [entry.name, entry]));
  const collections = new Map<string, ObservedCollection>();
  for (const cluster of inventory.clusters) {
    for (const collection of cluster.collections) {
      collections.set(keyOf(cluster.name, collection.name), collection);
    }
  }
  const groups = groupSnapshots(inventory, now);
  const resolve = moves(request);

  const ownership = (snapshot: Snapshot): Ownership => {
    const record = state?.snapshots[snapshot.id];
    const adopted = record !== undefined && record.adoptedAt !== null;
    const { owner } = snapshot;
    if (!adopted && record === undefined && owner === null) return "foreign";
    if (!adopted && owner !== null && owner.project !== project) return "foreign";
    if (!adopted && owner !== null && owner.lineage !== lineage) return "other-lineage";
    const madeOn = adopted ? record.clusterIdentity : snapshot.clusterIdentity;
    const seen = clusters.get(snapshot.cluster)?.identity ?? null;
    if (madeOn !== null && seen !== null && madeOn !== seen) return "other-cluster";
    return "ours";
  };

  return Object.freeze({
    project,
    lineage,
    state,
    now,
    clockBehind: state !== null && now.toISOString() < state.lastSeenAt,
    cluster: (name: string) => clusters.get(name),
    collection: (cluster: string, name: string) => collections.get(keyOf(cluster, name)),
    repository: (name: string) => repositories.get(name),
    snapshotsOf: (cluster: string, name: string) => groups.get(keyOf(cluster, name))?.present ?? [],
    futureOf: (cluster: string, name: string) => groups.get(keyOf(cluster, name))?.future ?? [],
    newestComplete: (cluster: string, name: string) => groups.get(keyOf(cluster, name))?.newest,
    places: [...groups.values()].map(({ cluster, collection }) => ({ cluster, collection })),
    ownership,
    addressOf(snapshot: Snapshot): string | null {
      const recorded = state?.snapshots[snapshot.id]?.address;
      if (recorded !== undefined) return resolve(recorded);
      if (snapshot.owner === null || snapshot.owner.project !== project) return null;
      return resolve(snapshot.owner.address);
    },
  });
}
