import { parseAddress, resourceOf } from "../../address/address.ts";
import type { State } from "../../ledger/state.ts";
import type { ObservedCluster, ObservedCollection } from "../../snapshot/inventory.ts";
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
  readonly protectedOf: (cluster: string, names: ReadonlySet<string>) => readonly string[];
  /** Whether the snapshots of others in those collections matter one by one. */
  readonly needsOthers: boolean;
  /** Which of them matter beside those, such as a target. */
  readonly targetsOf: (
    cluster: string,
    collections: readonly ObservedCollection[],
  ) => readonly ObservedCollection[];
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

/**
 * What one resource keeps of what was seen. Secrets are in neither; they stay that way. A thousand
 * resources ask, so what is not about this one is counted and not looked at.
 */
export function narrow(seen: Seen, concern: Concern): View {
  const { inventory, state } = seen;
  const outline = outlineOf(seen, concern.project);
  const places = relevantPlaces(seen, outline, concern);
  const snapshots = relevantSnapshots(seen, outline, places, concern);
  const near = inventory.clusters.map((cluster) => nearIn(cluster, outline, places, concern));
  const strangerCount = inventory.clusters
    .map(({ collections }, index) => collections.length - (near[index]?.length ?? 0))
    .reduce((sum, each) => sum + each, 0);
  const own = new Set(concern.addresses);
  const isWhole = strangerCount <= SPARE_COLLECTIONS;
  const lean = (each: ObservedCollection): ObservedCollection =>
    concern.needsLayout || each.layout === null ? each : { ...each, layout: null };
  return {
    at: inventory.observedAt,
    inventory: {
      ...inventory,
      clusters: inventory.clusters.map((cluster, index) => ({
        ...cluster,
        collections: (isWhole ? cluster.collections : (near[index] ?? [])).map(lean),
      })),
      snapshots: snapshots.map((each) => leanSnapshot(each, concern.needsLayout)),
      // Ids in the trash count only for whoever would give them again.
      trash: [...own].flatMap((address) => outline.trashOf(address)),
    },
    state: narrowState(state, outline, own, snapshots, places),
    scope: {
      clusters: inventory.clusters.map(({ name }) => name).sort(),
      isWhole,
      wanted: concern.wanted,
    },
  };
}

/** In the order in which they were seen. */
function nearIn(
  { name, collections }: ObservedCluster,
  outline: Outline,
  places: Places,
  concern: Concern,
): readonly ObservedCollection[] {
  const positions = outline.positionsIn(name);
  const targets = concern.targetsOf(name, collections).map((each) => each.name);
  const near = new Set([...(places.get(name) ?? []), ...targets]);
  return [...near]
    .flatMap((each) => positions.get(each) ?? [])
    .sort((a, b) => a - b)
    .flatMap((position) => collections[position] ?? []);
}

/** What it is about, and where it has snapshots although the configuration names it no longer. */
function relevantPlaces({ inventory }: Seen, outline: Outline, concern: Concern): Places {
  const { survey } = outline;
  const places = new Map<string, Set<string>>();
  for (const { name } of inventory.clusters) {
    places.set(name, new Set(concern.protectedOf(name, outline.namesIn(name))));
  }
  for (const { cluster, collection } of concern.addresses.flatMap((address) =>
    survey.placesOf(address),
  )) {
    places.set(cluster, (places.get(cluster) ?? new Set<string>()).add(collection));
  }
  if (!concern.needsOthers) return places;
  // What is restored from may be of a cluster that is not declared any more.
  for (const { cluster, collection } of survey.places) {
    if (concern.protectedOf(cluster, new Set([collection])).length === 0) continue;
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
  outline: Outline,
  own: ReadonlySet<string>,
  snapshots: readonly Snapshot[],
  places: Places,
): State {
  const records = snapshots.flatMap(({ id }) => {
    const record = Object.hasOwn(state.snapshots, id) ? state.snapshots[id] : undefined;
    return record ? [[id, { ...record, native: null, description: null }] as const] : [];
  });
  const shrinks = Object.entries(state.shrinks).filter(
    ([address]) => own.has(resourceOf(address)) || isAbout(address, places),
  );
  return {
    ...state,
    policies: outline.recordsOf("policies", own),
    snapshots: Object.fromEntries(records),
    runs: outline.recordsOf("runs", own),
    shrinks: Object.fromEntries(shrinks),
    taken: outline.recordsOf("taken", own),
    restores: outline.recordsOf("restores", own),
    intents: {},
  };
}

/** Whether an address such as `policy.other["prod/docs"]` is about a collection that matters. */
function isAbout(address: string, places: Places): boolean {
  const key = parseAddress(address)?.key;
  if (key === undefined) return false;
  const slash = key.indexOf("/");
  return places.get(key.slice(0, slash))?.has(key.slice(slash + 1)) === true;
}
