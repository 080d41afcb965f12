import { isComplete } from "../snapshot/snapshot.ts";
import { withheldBecause } from "./acknowledge.ts";
import type { Action } from "./action.ts";
import type { Recovery, RecoveryPoints } from "./plan.ts";
import type { Survey } from "./survey.ts";

interface Point {
  readonly id: string;
  readonly at: string;
  readonly bytes: number;
}

function pointsOf(points: readonly Point[]): RecoveryPoints {
  let newest: string | null = null;
  let oldest: string | null = null;
  let bytes = 0;
  for (const point of points) {
    if (newest === null || point.at > newest) newest = point.at;
    if (oldest === null || point.at < oldest) oldest = point.at;
    bytes += point.bytes;
  }
  return { newest, oldest, count: points.length, bytes };
}

/** What can be restored before the plan and after it, per collection, whoever made it. */
export function recoveryOf(survey: Survey, actions: readonly Action[]): readonly Recovery[] {
  const groups = new Map<string, { cluster: string; collection: string; actions: Action[] }>();
  const groupOf = (cluster: string, collection: string) => {
    const key = JSON.stringify([cluster, collection]);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { cluster, collection, actions: [] }));
    return group;
  };
  for (const { cluster, collection } of survey.places) groupOf(cluster, collection);
  for (const action of actions) {
    if (action.kind === "create" || action.kind === "expire") {
      groupOf(action.cluster, action.collection).actions.push(action);
    }
  }
  return [...groups.values()]
    .map(({ cluster, collection, actions: own }): Recovery => {
      const before = survey
        .snapshotsOf(cluster, collection)
        .filter(isComplete)
        .map(({ id, startedAt, bytes }): Point => ({ id, at: startedAt, bytes }));
      const gone = new Set(
        own.flatMap((action) =>
          action.kind === "expire" && action.isWhole && !withheldBecause(action, false)
            ? [action.snapshotId]
            : [],
        ),
      );
      const made = own.flatMap((action): Point[] => {
        if (action.kind !== "create") return [];
        const bytes = survey.collection(cluster, collection)?.bytes ?? 0;
        return [{ id: action.snapshotId, at: survey.now.toISOString(), bytes }];
      });
      const after = [...before.filter((point) => !gone.has(point.id)), ...made];
      return { cluster, collection, before: pointsOf(before), after: pointsOf(after) };
    })
    .sort((a, b) =>
      a.cluster !== b.cluster
        ? a.cluster < b.cluster
          ? -1
          : 1
        : a.collection < b.collection
          ? -1
          : 1,
    );
}
