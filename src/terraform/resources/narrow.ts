import { parseAddress, resourceOf } from "../../address/address.ts";
import type { State } from "../../ledger/state.ts";
import type { ObservedCollection } from "../../snapshot/inventory.ts";
import type { Snapshot, SnapshotCopy } from "../../snapshot/snapshot.ts";
import type { Seen } from "../../workspace/shared-workspace.ts";
import { outlineOf, type Outline } from "./outline.ts";
import type { View } from "./view.ts";

/** What of the world concerns one resource. */
export interface Concern {
  readonly project: string;
  /** The address of the resource, then those that it had before. */
  readonly addresses: readonly string[];
  /** Which of a cluster's collections it is about. */
  readonly protectedOf: (cluster: string, names: readonly string[]) => readonly string[];
  /** Whether the snapshots of others in those collections matter one by one. */
  readonly needsOthers: boolean;
  /** Which collections matter beside those, such as a target. */
  readonly isTarget: (cluster: string, collection: ObservedCollection) => boolean;
  /** Whether it matters which part of a snapshot lies where. */
  readonly needsLayout: boolean;
  /** What the configuration says about where to look; compared as text. */
  readonly wanted: string;
  /** Whether all collections of the clusters are enough, whatever else is wanted. */
  readonly isEnoughWhole: boolean;
}

/** So many collections that do not concern it a resource keeps all the same. */
const SPARE_COLLECTIONS = 50;

/** Collections by cluster. */
type Places = ReadonlyMap<string, ReadonlySet<string>>;

/** What one resource keeps of what was seen. Secrets are in neither; they stay that way. */
export function narrow(seen: Seen, concern: Concern): View {
  const { inventory, state } = seen;
  const outline = outlineOf(seen, concern.project);
  const places = relevantPlaces(seen, outline, concern);
  const isRelevant = (cluster: string, collection: string): boolean =>
    places.get(cluster)?.has(collection) === true;
  const snapshots = relevantSnapshots(seen, outline, places, concern);
  const isNear = (cluster: string, each: ObservedCollection): boolean =>
    isRelevant(cluster, each.name) || concern.isTarget(cluster, each);
  const strangers = inventory.clusters.flatMap(({ name, collections }) =>
    collections.filter((each) => !isNear(name, each)),
  );
  const isWhole = strangers.length <= SPARE_COLLECTIONS;
  const own = new Set(concern.addresses);
  return {
    at: inventory.observedAt,
    inventory: {
      ...inventory,
      clusters: inventory.clusters.map((cluster) => ({
        ...cluster,
        collections: cluster.collections
          .filter((each) => isWhole || isNear(cluster.name, each))
          .map((each) => (concern.needsLayout ? each : { ...each, layout: null })),
      })),
      snapshots: snapshots.map((each) => leanSnapshot(each, concern.needsLayout)),
      // Ids in the trash count only for whoever would give them again.
      trash: inventory.trash.filter(({ owner }) => owner !== null && own.has(owner.address)),
    },
    state: narrowState(state, own, new Set(snapshots.map(({ id }) => id)), isRelevant),
    scope: {
      clusters: inventory.clusters.map(({ name }) => name).sort(),
      isWhole,
      wanted: concern.wanted,
    },
  };
}

/** What it is about, and where it has snapshots although the configuration names it no longer. */
function relevantPlaces({ inventory }: Seen, { survey }: Outline, concern: Concern): Places {
  const places = new Map<string, Set<string>>();
  for (const { name, collections } of inventory.clusters) {
    const names = collections.map((collection) => collection.name);
    places.set(name, new Set(concern.protectedOf(name, names)));
  }
  for (const { cluster, collection } of concern.addresses.flatMap((address) =>
    survey.placesOf(address),
  )) {
    places.set(cluster, (places.get(cluster) ?? new Set<string>()).add(collection));
  }
  if (!concern.needsOthers) return places;
  // What is restored from may be of a cluster that is not declared any more.
  for (const { cluster, collection } of survey.places) {
    if (concern.protectedOf(cluster, [collection]).length === 0) continue;
    places.set(cluster, (places.get(cluster) ?? new Set<string>()).add(collection));
  }
  return places;
}

function relevantSnapshots(
  { inventory }: Seen,
  outline: Outline,
  places: Places,
  { addresses, needsOthers }: Concern,
): readonly Snapshot[] {
  if (needsOthers) {
    return inventory.snapshots.filter((each) => places.get(each.cluster)?.has(each.collection));
  }
  const kept = new Set<Snapshot>();
  const { survey } = outline;
  for (const [cluster, collections] of places) {
    for (const collection of collections) {
      for (const each of outline.essentials(cluster, collection)) kept.add(each);
      for (const address of addresses) {
        const { ours, kin, strangers, future } = survey.holding(cluster, collection, address);
        for (const each of [...ours, ...kin, ...strangers, ...future]) kept.add(each);
      }
    }
  }
  return [...kept];
}

/** Without what no plan reads. */
function leanSnapshot(snapshot: Snapshot, needsLayout: boolean): Snapshot {
  const copies = snapshot.copies.map((copy): SnapshotCopy => ({ ...copy, parts: [] }));
  const layout = needsLayout ? snapshot.layout : null;
  return { ...snapshot, copies, layout, native: null, verifiedAt: null };
}

function narrowState(
  state: State,
  own: ReadonlySet<string>,
  ids: ReadonlySet<string>,
  isRelevant: (cluster: string, collection: string) => boolean,
): State {
  const isOwn = (address: string): boolean => own.has(resourceOf(address));
  const records = [...ids].flatMap((id) => {
    const record = Object.hasOwn(state.snapshots, id) ? state.snapshots[id] : undefined;
    return record ? [[id, { ...record, native: null, description: null }] as const] : [];
  });
  return {
    ...state,
    policies: only(state.policies, isOwn),
    snapshots: Object.fromEntries(records),
    runs: only(state.runs, isOwn),
    shrinks: only(state.shrinks, (address) => isOwn(address) || isAbout(address, isRelevant)),
    taken: only(state.taken, isOwn),
    restores: only(state.restores, isOwn),
    intents: {},
  };
}

/** Whether an address such as `policy.other["prod/docs"]` is about a collection that matters. */
function isAbout(
  address: string,
  isRelevant: (cluster: string, collection: string) => boolean,
): boolean {
  const key = parseAddress(address)?.key;
  if (key === undefined) return false;
  const slash = key.indexOf("/");
  return isRelevant(key.slice(0, slash), key.slice(slash + 1));
}

function only<T>(
  table: Readonly<Record<string, T>>,
  isKept: (key: string) => boolean,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(table).filter(([key]) => isKept(key)));
}
