import { isComplete } from "../snapshot/snapshot.ts";
import { withheldBecause } from "./acknowledge.ts";
import type { Action } from "./action.ts";
import type { Recovery, RecoveryPoints } from "./plan.ts";
import type { Survey } from "./survey.ts";

interface Point {
  readonly at: string;
  readonly bytes: number;
}

/** @param points newest first */
function pointsOf(points: readonly Point[]): RecoveryPoints {
  return {
    newest: points[0]?.at ?? null,
    oldest: points.at(-1)?.at ?? null,
    count: points.length,
    bytes: points.reduce((sum, point) => sum + point.bytes, 0),
  };
}

interface Group {
  readonly cluster: string;
  readonly collection: string;
  /** Ids of what is gone afterwards. */
  readonly gone: Set<string>;
  made: number;
}

function groupsOf(survey: Survey, actions: readonly Action[]): readonly Group[] {
  const groups = new Map<string, Group>();
  const groupOf = (cluster: string, collection: string): Group => {
    const key = JSON.stringify([cluster, collection]);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { cluster, collection, gone: new Set(), made: 0 }));
    return group;
  };
  for (const { cluster, collection } of survey.places) groupOf(cluster, collection);
  for (const action of actions) {
    if (withheldBecause(action, false) !== null) continue;
    const group = groupOf(action.cluster, action.collection);
    if (action.kind === "create") group.made += 1;
    if (action.kind === "expire" && action.isWhole) group.gone.add(action.snapshotId);
  }
  return [...groups.values()].filter(isAboutSnapshots(survey)).sort(byPlace);
}

/** A restore's target is no entry by itself. */
function isAboutSnapshots(survey: Survey): (group: Group) => boolean {
  return ({ cluster, collection, made }) =>
    made > 0 ||
    survey.snapshotsOf(cluster, collection).length > 0 ||
    survey.futureOf(cluster, collection).length > 0;
}

function byPlace(a: Group, b: Group): number {
  if (a.cluster !== b.cluster) return a.cluster < b.cluster ? -1 : 1;
  return a.collection < b.collection ? -1 : a.collection > b.collection ? 1 : 0;
}

/** What can be restored before the plan and after it, per collection, whoever made it. */
export function recoveryOf(survey: Survey, actions: readonly Action[]): readonly Recovery[] {
  return groupsOf(survey, actions).map(({ cluster, collection, gone, made }) => {
    const whole = survey.snapshotsOf(cluster, collection).filter(isComplete);
    const points = whole.map(({ startedAt: at, bytes }): Point => ({ at, bytes }));
    const left = whole
      .filter(({ id }) => !gone.has(id))
      .map(({ startedAt: at, bytes }): Point => ({ at, bytes }));
    const bytes = survey.collection(cluster, collection)?.bytes ?? 0;
    const coming = Array.from({ length: made }, () => ({ at: survey.now.toISOString(), bytes }));
    return {
      cluster,
      collection,
      before: pointsOf(points),
      after: pointsOf([...coming, ...left]),
    };
  });
}
