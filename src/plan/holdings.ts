import { byNewest, isComplete, type Snapshot } from "../snapshot/snapshot.ts";
import type { Ownership } from "./survey.ts";

/** How far a snapshot's date may be ahead of the clock before it is set aside: five minutes. */
export const CLOCK_SKEW_MS: number = 5 * 60_000;

/** The snapshots of one collection that belong to one resource; each list newest first. */
export interface Holding {
  /** The resource, renames applied; null for what this project does not own. */
  readonly address: string | null;
  readonly ours: readonly Snapshot[];
  /** Of another lineage: they count as runs, and never expire. */
  readonly kin: readonly Snapshot[];
  /** Of another cluster of this name, another project or nobody: never touched. */
  readonly strangers: readonly Snapshot[];
  /** Dated in the future, whoever made them: in none of the other lists. */
  readonly future: readonly Snapshot[];
}

/** Everything that exists of one collection. */
export interface CollectionHoldings {
  readonly cluster: string;
  readonly collection: string;
  /** Newest first, without those dated in the future; of every owner. */
  readonly present: readonly Snapshot[];
  readonly future: readonly Snapshot[];
  readonly newest: Snapshot | undefined;
  /** The newest complete one that is ours, whatever others have. */
  readonly newestOurs: Snapshot | undefined;
  /** How many are ours and complete. */
  readonly ourCount: number;
  readonly byAddress: ReadonlyMap<string | null, Holding>;
  /** Ours and complete, newest first; not what is kept for a time only. */
  readonly history: readonly Snapshot[];
}

export const NO_HOLDING: Holding = Object.freeze({
  address: null,
  ours: [],
  kin: [],
  strangers: [],
  future: [],
});

interface Whose {
  ownership(snapshot: Snapshot): Ownership;
  addressOf(snapshot: Snapshot): string | null;
}

type Lists = {
  -readonly [Key in keyof Holding]: Holding[Key] extends string | null ? Holding[Key] : Snapshot[];
};

/** Sorts what exists by collection and resource, in one pass; input order does not matter. */
export function holdingsOf(
  snapshots: readonly Snapshot[],
  whose: Whose,
  now: Date,
): readonly CollectionHoldings[] {
  const clusters = new Map<string, Map<string, Snapshot[]>>();
  for (const snapshot of snapshots) {
    let collections = clusters.get(snapshot.cluster);
    if (!collections) clusters.set(snapshot.cluster, (collections = new Map()));
    const list = collections.get(snapshot.collection);
    if (list) list.push(snapshot);
    else collections.set(snapshot.collection, [snapshot]);
  }
  const horizonMs = now.getTime() + CLOCK_SKEW_MS;
  return [...clusters.keys()].sort().flatMap((cluster) => {
    const collections = clusters.get(cluster) ?? new Map<string, Snapshot[]>();
    return [...collections.keys()].sort().map((collection) => {
      const sorted = newestFirst(collections.get(collection) ?? []);
      return divide({ cluster, collection, sorted, whose, horizonMs });
    });
  });
}

/** As `byNewest` sorts, with each instant read once. */
function newestFirst(snapshots: readonly Snapshot[]): { snapshot: Snapshot; atMs: number }[] {
  const dated = snapshots.map((snapshot) => ({ snapshot, atMs: Date.parse(snapshot.startedAt) }));
  return dated.sort((a, b) => b.atMs - a.atMs || byNewest(a.snapshot, b.snapshot));
}

function divide(request: {
  readonly cluster: string;
  readonly collection: string;
  readonly sorted: readonly { readonly snapshot: Snapshot; readonly atMs: number }[];
  readonly whose: Whose;
  readonly horizonMs: number;
}): CollectionHoldings {
  const { cluster, collection, sorted, whose, horizonMs } = request;
  const present: Snapshot[] = [];
  const future: Snapshot[] = [];
  const history: Snapshot[] = [];
  let newestOurs: Snapshot | undefined;
  let ourCount = 0;
  const byAddress = new Map<string | null, Lists>();
  for (const { snapshot, atMs } of sorted) {
    const ownership = whose.ownership(snapshot);
    const address = ownership === "foreign" ? null : whose.addressOf(snapshot);
    let lists = byAddress.get(address);
    if (!lists) {
      lists = { address, ours: [], kin: [], strangers: [], future: [] };
      byAddress.set(address, lists);
    }
    if (atMs > horizonMs) {
      future.push(snapshot);
      lists.future.push(snapshot);
      continue;
    }
    present.push(snapshot);
    if (ownership === "ours") lists.ours.push(snapshot);
    else if (ownership === "other-lineage") lists.kin.push(snapshot);
    else lists.strangers.push(snapshot);
    if (ownership !== "ours" || !isComplete(snapshot)) continue;
    newestOurs ??= snapshot;
    ourCount += 1;
    // What a restore replaced says nothing about how the source fares.
    if (snapshot.keepUntil === null) history.push(snapshot);
  }
  const newest = present.find(isComplete);
  return {
    cluster,
    collection,
    present,
    future,
    newest,
    newestOurs,
    ourCount,
    byAddress,
    history,
  };
}
