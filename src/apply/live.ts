import { CLOCK_SKEW_MS, type Survey } from "../plan/survey.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import { byNewest, isComplete, type Place, type Snapshot } from "../snapshot/snapshot.ts";

/**
 * The snapshots as they are while an apply goes on: the inventory, kept up to date with what the
 * apply itself makes and removes. The last look before a delete is at this.
 */
export interface Live {
  get(cluster: string, collection: string, id: string): Snapshot | undefined;
  /** Complete ones of a collection that are ours, newest first, without those of the future. */
  completeOf(cluster: string, collection: string, now: Date): Iterable<Snapshot>;
  /** Ours, whole or not, newest first, without those of the future. */
  oursOf(cluster: string, collection: string, now: Date): Iterable<Snapshot>;
  put(snapshot: Snapshot): void;
  /** Takes copies away; the snapshot itself when none is left. */
  remove(cluster: string, collection: string, id: string, places: readonly Place[]): void;
}

interface Group {
  readonly snapshots: Map<string, Snapshot>;
  /** Newest first, with what has been removed since; null when something was added. */
  order: readonly Snapshot[] | null;
}

export function liveOf(inventory: Inventory, survey: Survey): Live {
  const groups = new Map<string, Group>();
  const ours = new Set<string>();
  const groupOf = (cluster: string, collection: string): Group => {
    const key = JSON.stringify([cluster, collection]);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { snapshots: new Map(), order: null }));
    return group;
  };
  const put = (snapshot: Snapshot, isOurs: boolean): void => {
    const group = groupOf(snapshot.cluster, snapshot.collection);
    group.snapshots.set(snapshot.id, snapshot);
    group.order = null;
    if (isOurs) ours.add(snapshot.id);
  };
  for (const snapshot of inventory.snapshots) put(snapshot, survey.ownership(snapshot) === "ours");
  function* oursOf(cluster: string, collection: string, now: Date): Generator<Snapshot> {
    const group = groupOf(cluster, collection);
    group.order ??= [...group.snapshots.values()].sort(byNewest);
    const horizonMs = now.getTime() + CLOCK_SKEW_MS;
    for (const { id } of group.order) {
      const snapshot = group.snapshots.get(id);
      if (!snapshot || !ours.has(id) || Date.parse(snapshot.startedAt) > horizonMs) continue;
      yield snapshot;
    }
  }
  return {
    get: (cluster, collection, id) => groupOf(cluster, collection).snapshots.get(id),
    oursOf,
    *completeOf(cluster, collection, now) {
      for (const each of oursOf(cluster, collection, now)) if (isComplete(each)) yield each;
    },
    put: (snapshot) => put(snapshot, true),
    remove(cluster, collection, id, places) {
      const { snapshots } = groupOf(cluster, collection);
      const snapshot = snapshots.get(id);
      if (!snapshot) return;
      const copies = snapshot.copies.filter((copy) => !places.includes(copy.place));
      if (copies.length === 0) snapshots.delete(id);
      else snapshots.set(id, { ...snapshot, copies });
    },
  };
}
