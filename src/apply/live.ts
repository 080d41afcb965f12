import type { ExpireAction } from "../plan/action.ts";
import { CLOCK_SKEW_MS, type Survey } from "../plan/survey.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import { isComplete, type Place, type Snapshot } from "../snapshot/snapshot.ts";

/**
 * The snapshots as they are while an apply goes on: the inventory, kept up to date with what the
 * apply itself makes and removes. The last look before a delete is at this.
 */
export interface Live {
  get(cluster: string, collection: string, id: string): Snapshot | undefined;
  /** Complete ones of a collection that are ours, newest first. */
  completeOf(cluster: string, collection: string): readonly Snapshot[];
  put(snapshot: Snapshot): void;
  /** Takes copies away; the snapshot itself when none is left. */
  remove(cluster: string, collection: string, id: string, places: readonly Place[]): void;
}

function keyOf(cluster: string, collection: string): string {
  return JSON.stringify([cluster, collection]);
}

export function liveOf(inventory: Inventory, survey: Survey): Live {
  const groups = new Map<string, Map<string, Snapshot>>();
  const ours = new Set<string>();
  const groupOf = (cluster: string, collection: string): Map<string, Snapshot> => {
    const key = keyOf(cluster, collection);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = new Map()));
    return group;
  };
  for (const snapshot of inventory.snapshots) {
    groupOf(snapshot.cluster, snapshot.collection).set(snapshot.id, snapshot);
    if (survey.ownership(snapshot) === "ours") ours.add(snapshot.id);
  }
  return {
    get: (cluster, collection, id) => groups.get(keyOf(cluster, collection))?.get(id),
    completeOf(cluster, collection) {
      const group = groups.get(keyOf(cluster, collection));
      if (!group) return [];
      return [...group.values()]
        .filter((snapshot) => ours.has(snapshot.id) && isComplete(snapshot))
        .sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
    },
    put(snapshot) {
      ours.add(snapshot.id);
      groupOf(snapshot.cluster, snapshot.collection).set(snapshot.id, snapshot);
    },
    remove(cluster, collection, id, places) {
      const group = groups.get(keyOf(cluster, collection));
      const snapshot = group?.get(id);
      if (!group || !snapshot) return;
      const copies = snapshot.copies.filter((copy) => !places.includes(copy.place));
      if (copies.length === 0) group.delete(id);
      else group.set(id, { ...snapshot, copies });
    },
  };
}

/**
 * Why a snapshot must not be expired now, whatever the plan says; null when it may. The invariants
 * that the planner keeps are asked for again here, at the moment of the delete.
 */
export function expireVeto(
  action: ExpireAction,
  live: Live,
  survey: Survey,
  now: Date,
): string | null {
  const { cluster, collection, snapshotId } = action;
  const snapshot = live.get(cluster, collection, snapshotId);
  if (!snapshot) return null;
  if (survey.ownership(snapshot) !== "ours") return "it is not ours to delete";
  if (snapshot.pinned) return "it has been pinned";
  if (snapshot.keepUntil !== null && snapshot.keepUntil > now.toISOString()) {
    return `it is kept until ${snapshot.keepUntil}`;
  }
  if (Date.parse(snapshot.startedAt) > now.getTime() + CLOCK_SKEW_MS) {
    return "it is dated in the future";
  }
  const left = snapshot.copies.filter((copy) => !action.places.includes(copy.place));
  if (left.some((copy) => copy.status === "complete")) return null;
  if (!isComplete(snapshot)) return null;
  const others = live.completeOf(cluster, collection).filter((entry) => entry.id !== snapshotId);
  const isNewest = !others.some((entry) => entry.startedAt >= snapshot.startedAt);
  return isNewest ? "it is the newest complete snapshot of its collection" : null;
}
