import type { ExpireAction } from "../plan/action.ts";
import { CLOCK_SKEW_MS, type Survey } from "../plan/survey.ts";
import { isComplete, type Snapshot } from "../snapshot/snapshot.ts";
import type { Live } from "./live.ts";

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
  // What was not seen under this lock cannot be vouched for.
  if (!snapshot) return "nothing is known of it now";
  if (survey.ownership(snapshot) !== "ours") return "it is not ours to delete";
  if (snapshot.pinned) return "it has been pinned";
  const { keepUntil } = snapshot;
  if (keepUntil !== null && Date.parse(keepUntil) > now.getTime()) {
    return `it is kept until ${keepUntil}`;
  }
  if (Date.parse(snapshot.startedAt) > now.getTime() + CLOCK_SKEW_MS) {
    return "it is dated in the future";
  }
  return copiesVeto(action, snapshot) ?? lastVeto(action, snapshot, live, now);
}

/** What is unknown is never deleted; a part of a snapshot goes only while the rest is whole. */
function copiesVeto(action: ExpireAction, snapshot: Snapshot): string | null {
  const isDoubtful = snapshot.copies.some(
    ({ place, status }) =>
      action.places.includes(place) && (status === "unknown" || status === "unreachable"),
  );
  if (isDoubtful) return "it cannot be seen whether it is whole";
  const left = snapshot.copies.filter((copy) => !action.places.includes(copy.place));
  if (action.isWhole) {
    const [other] = left;
    return other ? `it also lies in ${other.place}, which the plan does not name` : null;
  }
  return left.some((copy) => copy.status === "complete") ? null : "no other copy of it is complete";
}

/** The newest complete one always stays; without one, so does the newest of what failed. */
function lastVeto(action: ExpireAction, snapshot: Snapshot, live: Live, now: Date): string | null {
  if (!action.isWhole) return null;
  const { cluster, collection, id } = snapshot;
  const [newest, second] = firstTwo(live.completeOf(cluster, collection, now));
  if (isComplete(snapshot)) {
    const other = newest?.id === id ? second : newest;
    const isOlder = !other || Date.parse(other.startedAt) < Date.parse(snapshot.startedAt);
    return isOlder ? "it is the newest complete snapshot of its collection" : null;
  }
  if (newest) return null;
  const [rest] = firstTwo(live.oursOf(cluster, collection, now));
  return rest?.id === id ? "there is no complete snapshot of its collection" : null;
}

function firstTwo<T>(values: Iterable<T>): readonly [T?, T?] {
  const found: T[] = [];
  for (const value of values) {
    found.push(value);
    if (found.length === 2) break;
  }
  return found as [T?, T?];
}
