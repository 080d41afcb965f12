import { parseAddress } from "../address/address.ts";
import { change, draftOf } from "../ledger/change.ts";
import type { AcceptedShrink, SnapshotRecord, State } from "../ledger/state.ts";
import type {
  Inventory,
  ObservedCluster,
  ObservedCollection,
  ObservedRepository,
} from "../snapshot/inventory.ts";
import { isSameCluster } from "../snapshot/identity.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { holdingsOf, NO_HOLDING, type CollectionHoldings, type Holding } from "./holdings.ts";

export { CLOCK_SKEW_MS } from "./holdings.ts";

/** Whose a snapshot is, as far as this configuration and state can tell. */
export type Ownership =
  /** Made by this project and lineage, or adopted: may be expired. */
  | "ours"
  /** Of this project, but another lineage (a lost or another state): counts, never expires. */
  | "other-lineage"
  /** Of this project, but of a cluster that has this name no longer: never expires. */
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

/** A collection on a cluster. */
export interface CollectionPlace {
  readonly cluster: string;
  readonly collection: string;
}

/** The inventory and the state, indexed for planning. Built once, shared by all resources. */
export interface Survey {
  readonly project: string;
  readonly lineage: string | null;
  /** With the renames of the configuration applied, whether or not an apply has recorded them. */
  readonly state: State | null;
  readonly now: Date;
  /** True when the clock is behind the last instant that the state has seen. */
  readonly clockBehind: boolean;
  readonly clusters: readonly ObservedCluster[];
  cluster(name: string): ObservedCluster | undefined;
  collection(cluster: string, name: string): ObservedCollection | undefined;
  repository(name: string): ObservedRepository | undefined;
  readonly repositories: readonly ObservedRepository[];
  /** Newest first, without those dated in the future; of every owner. */
  snapshotsOf(cluster: string, collection: string): readonly Snapshot[];
  /** Dated in the future: set aside, never the newest, never expired. */
  futureOf(cluster: string, collection: string): readonly Snapshot[];
  /** The newest complete snapshot of a collection, whoever made it. */
  newestComplete(cluster: string, collection: string): Snapshot | undefined;
  /** The newest complete one of a collection that is ours; strangers cannot stand in for it. */
  newestOurs(cluster: string, collection: string): Snapshot | undefined;
  /** How many complete snapshots of a collection are ours. */
  ourCount(cluster: string, collection: string): number;
  /** Ours and complete, of every resource, newest first; not what is kept for a time only. */
  historyOf(cluster: string, collection: string): readonly Snapshot[];
  /** What one resource has of a collection. */
  holding(cluster: string, collection: string, resource: string): Holding;
  /** What every resource and stranger has of a collection. */
  holdings(cluster: string, collection: string): readonly Holding[];
  /** Cluster and collection of everything that has snapshots, in order. */
  readonly places: readonly CollectionPlace[];
  /** Where a resource has snapshots, in order. */
  placesOf(resource: string): readonly CollectionPlace[];
  /** True when a snapshot of this id exists, or lies in a trash: it must not be made again. */
  isUsed(cluster: string, collection: string, id: string): boolean;
  /** The newest acceptance of a shrunken source: for this collection, or for this address. */
  acceptedShrink(cluster: string, collection: string, address: string): AcceptedShrink | null;
  ownership(snapshot: Snapshot): Ownership;
  /** The resource that a snapshot belongs to now, renames applied; null for foreign ones. */
  addressOf(snapshot: Snapshot): string | null;
}

/** By cluster and collection, without a separator that a name could contain. */
type ByPlace<T> = Map<string, Map<string, T>>;

function put<T>(index: ByPlace<T>, cluster: string, collection: string, value: T): void {
  const inner = index.get(cluster);
  if (inner) inner.set(collection, value);
  else index.set(cluster, new Map([[collection, value]]));
}

function endOf(moved: SurveyRequest["moved"]): (address: string) => string {
  const to = new Map(moved.map((move) => [move.from, move.to]));
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

/** The state as it will be once an apply has recorded the renames. */
function withMoves(state: State | null, moved: SurveyRequest["moved"]): State | null {
  if (state === null || moved.length === 0) return state;
  const draft = draftOf(state);
  const resolve = endOf(moved);
  for (const from of moved.map((move) => move.from).sort()) {
    change(draft, { type: "moved", from, to: resolve(from) });
  }
  return draft;
}

function ownershipIn(
  request: SurveyRequest,
  recordOf: (id: string) => SnapshotRecord | undefined,
  clusterOf: (name: string) => ObservedCluster | undefined,
): (snapshot: Snapshot) => Ownership {
  const lineage = request.state?.lineage ?? null;
  return (snapshot) => {
    const record = recordOf(snapshot.id);
    const { owner } = snapshot;
    const isAdopted = record !== undefined && record.adoptedAt !== null;
    if (!isAdopted) {
      if (record === undefined && owner === null) return "foreign";
      if (owner !== null && owner.project !== request.project) return "foreign";
    }
    const madeOn = isAdopted
      ? record.clusterIdentity
      : (snapshot.clusterIdentity ?? record?.clusterIdentity ?? null);
    const seen = clusterOf(snapshot.cluster)?.identity ?? null;
    if (madeOn !== null && seen !== null && !isSameCluster(madeOn, seen)) return "other-cluster";
    return isAdopted || owner === null || owner.lineage === lineage ? "ours" : "other-lineage";
  };
}

function shrinksOf(state: State | null): ByPlace<AcceptedShrink> {
  const index: ByPlace<AcceptedShrink> = new Map();
  for (const [address, accepted] of Object.entries(state?.shrinks ?? {})) {
    const key = parseAddress(address)?.key;
    if (key === undefined) continue;
    const slash = key.indexOf("/");
    const [cluster, collection] = [key.slice(0, slash), key.slice(slash + 1)];
    const known = index.get(cluster)?.get(collection);
    put(index, cluster, collection, newer(known, accepted));
  }
  return index;
}

function newer(a: AcceptedShrink | undefined, b: AcceptedShrink): AcceptedShrink {
  return a === undefined || Date.parse(b.at) > Date.parse(a.at) ? b : a;
}

function placesByAddress(
  groups: readonly CollectionHoldings[],
): ReadonlyMap<string, readonly CollectionPlace[]> {
  const places = new Map<string, CollectionPlace[]>();
  for (const { cluster, collection, byAddress } of groups) {
    for (const address of byAddress.keys()) {
      if (address === null) continue;
      const list = places.get(address);
      if (list) list.push({ cluster, collection });
      else places.set(address, [{ cluster, collection }]);
    }
  }
  return places;
}

/** Indexes an inventory and a state for planning. */
export function survey(request: SurveyRequest): Survey {
  const { inventory, now, project, moved } = request;
  const state = withMoves(request.state, moved);
  const clusters = new Map(inventory.clusters.map((cluster) => [cluster.name, cluster]));
  const repositories = new Map(inventory.repositories.map((entry) => [entry.name, entry]));
  const observed: ByPlace<ObservedCollection> = new Map();
  for (const { name, collections } of inventory.clusters) {
    for (const collection of collections) put(observed, name, collection.name, collection);
  }
  const recordOf = (id: string): SnapshotRecord | undefined =>
    state !== null && Object.hasOwn(state.snapshots, id) ? state.snapshots[id] : undefined;
  const resolve = endOf(moved);
  const whose = {
    ownership: ownershipIn(request, recordOf, (name) => clusters.get(name)),
    addressOf(snapshot: Snapshot): string | null {
      const recorded = recordOf(snapshot.id)?.address;
      if (recorded !== undefined) return resolve(recorded);
      if (snapshot.owner === null || snapshot.owner.project !== project) return null;
      return resolve(snapshot.owner.address);
    },
  };
  const groups = holdingsOf(inventory.snapshots, whose, now);
  const byPlace: ByPlace<CollectionHoldings> = new Map();
  for (const group of groups) put(byPlace, group.cluster, group.collection, group);
  const places = placesByAddress(groups);
  const trashed = new Set(inventory.trash.map(({ id }) => id));
  const shrinks = shrinksOf(state);
  return Object.freeze({
    project,
    lineage: state?.lineage ?? null,
    state,
    now,
    clockBehind: state !== null && now.getTime() < Date.parse(state.lastSeenAt),
    clusters: inventory.clusters,
    cluster: (name: string) => clusters.get(name),
    collection: (cluster: string, name: string) => observed.get(cluster)?.get(name),
    repository: (name: string) => repositories.get(name),
    repositories: inventory.repositories,
    snapshotsOf: (cluster: string, name: string) => byPlace.get(cluster)?.get(name)?.present ?? [],
    futureOf: (cluster: string, name: string) => byPlace.get(cluster)?.get(name)?.future ?? [],
    newestComplete: (cluster: string, name: string) => byPlace.get(cluster)?.get(name)?.newest,
    newestOurs: (cluster: string, name: string) => byPlace.get(cluster)?.get(name)?.newestOurs,
    ourCount: (cluster: string, name: string) => byPlace.get(cluster)?.get(name)?.ourCount ?? 0,
    historyOf: (cluster: string, name: string) => byPlace.get(cluster)?.get(name)?.history ?? [],
    holding: (cluster: string, name: string, resource: string) =>
      byPlace.get(cluster)?.get(name)?.byAddress.get(resource) ?? NO_HOLDING,
    holdings: (cluster: string, name: string) => [
      ...(byPlace.get(cluster)?.get(name)?.byAddress.values() ?? []),
    ],
    places: groups.map(({ cluster, collection }) => ({ cluster, collection })),
    placesOf: (resource: string) => places.get(resource) ?? [],
    isUsed(cluster: string, name: string, id: string): boolean {
      const group = byPlace.get(cluster)?.get(name);
      const isHere = (snapshot: Snapshot): boolean => snapshot.id === id;
      return trashed.has(id) || !!group?.present.some(isHere) || !!group?.future.some(isHere);
    },
    acceptedShrink(cluster: string, name: string, address: string): AcceptedShrink | null {
      const own = state?.shrinks[address];
      const here = shrinks.get(cluster)?.get(name);
      return own ? newer(here, own) : (here ?? null);
    },
    ...whose,
  });
}
