import { parseAddress, resourceOf } from "../../address/address.ts";
import type { State } from "../../ledger/state.ts";
import type { Inventory, ObservedCollection } from "../../snapshot/inventory.ts";
import type { Snapshot, SnapshotCopy } from "../../snapshot/snapshot.ts";
import type { Seen } from "../../workspace/shared-workspace.ts";
import type { View } from "./view.ts";

/** What of the world concerns one resource. */
export interface Concern {
  /** The address of the resource, then those that it had before. */
  readonly addresses: readonly string[];
  /** Of which collections the snapshots matter, beside those that it has snapshots of. */
  readonly isProtected: (cluster: string, collection: string) => boolean;
  /** Which collections matter that are not protected, such as a target. */
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

/** What one resource keeps of what was seen. Secrets are in neither; they stay that way. */
export function narrow({ inventory, state }: Seen, concern: Concern): View {
  const relevant = relevantPlaces(inventory, state, concern);
  const isRelevant = (cluster: string, collection: string): boolean =>
    relevant.has(keyOf(cluster, collection)) || concern.isProtected(cluster, collection);
  const snapshots = inventory.snapshots
    .filter((snapshot) => isRelevant(snapshot.cluster, snapshot.collection))
    .map((snapshot) => leanSnapshot(snapshot, concern.needsLayout));
  const strangers = inventory.clusters.flatMap(({ name, collections }) =>
    collections.filter((each) => !isRelevant(name, each.name) && !concern.isTarget(name, each)),
  );
  const isWhole = strangers.length <= SPARE_COLLECTIONS;
  const isKept = (cluster: string, collection: ObservedCollection): boolean =>
    isWhole || isRelevant(cluster, collection.name) || concern.isTarget(cluster, collection);
  return {
    at: inventory.observedAt,
    inventory: {
      ...inventory,
      clusters: inventory.clusters.map((cluster) => ({
        ...cluster,
        collections: cluster.collections
          .filter((each) => isKept(cluster.name, each))
          .map((each) => (concern.needsLayout ? each : { ...each, layout: null })),
      })),
      snapshots,
      trash: inventory.trash.filter((each) => isRelevant(each.cluster, each.collection)),
    },
    state: narrowState(state, concern, {
      ids: new Set(snapshots.map(({ id }) => id)),
      isRelevant,
    }),
    scope: {
      clusters: inventory.clusters.map(({ name }) => name).sort(),
      isWhole,
      wanted: concern.wanted,
    },
  };
}

function keyOf(cluster: string, collection: string): string {
  return JSON.stringify([cluster, collection]);
}

/** Where the resource has snapshots, whether or not its configuration still names the place. */
function relevantPlaces(
  inventory: Inventory,
  state: State,
  { addresses }: Concern,
): ReadonlySet<string> {
  const own = new Set(addresses);
  const places = inventory.snapshots.flatMap((snapshot) => {
    const address = state.snapshots[snapshot.id]?.address ?? snapshot.owner?.address;
    const isOwn = address !== undefined && own.has(address);
    return isOwn ? [keyOf(snapshot.cluster, snapshot.collection)] : [];
  });
  return new Set(places);
}

/** Without what no plan reads. */
function leanSnapshot(snapshot: Snapshot, needsLayout: boolean): Snapshot {
  const copies = snapshot.copies.map((copy): SnapshotCopy => ({ ...copy, parts: [] }));
  const layout = needsLayout ? snapshot.layout : null;
  return { ...snapshot, copies, layout, native: null, verifiedAt: null };
}

interface Kept {
  readonly ids: ReadonlySet<string>;
  readonly isRelevant: (cluster: string, collection: string) => boolean;
}

function narrowState(state: State, { addresses }: Concern, { ids, isRelevant }: Kept): State {
  const own = new Set(addresses);
  const isOwn = (address: string): boolean => own.has(resourceOf(address));
  const records = Object.entries(state.snapshots)
    .filter(([id]) => ids.has(id))
    .map(([id, record]) => [id, { ...record, native: null, description: null }] as const);
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
function isAbout(address: string, isRelevant: Kept["isRelevant"]): boolean {
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
