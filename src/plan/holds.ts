import type { AcceptedShrink } from "../ledger/state.ts";
import { isComplete, type Snapshot } from "../snapshot/snapshot.ts";
import type { DueRun, PolicyScene } from "./due.ts";
import type { Hazard } from "./hazard.ts";
import type { Survey } from "./survey.ts";

/** How many points a snapshot holds: what was there just after it, the safer of the two counts. */
function pointsOf(snapshot: Snapshot): number | null {
  return snapshot.points ? Math.max(snapshot.points.before, snapshot.points.after) : null;
}

/**
 * True when somewhere in the history, the live source being its newest entry, the points fell to
 * less than half from one entry to the next. An acceptance stands in the history as an entry of
 * its own: what was before it no longer matters. Looking at the whole history keeps the hold up
 * when the emptied source has itself been snapshotted meanwhile.
 */
export function hasShrunk(
  snapshots: readonly Snapshot[],
  livePoints: number | null,
  accepted: AcceptedShrink | null,
): boolean {
  let later = livePoints;
  for (const snapshot of snapshots) {
    if (!isComplete(snapshot)) continue;
    if (accepted && snapshot.startedAt <= accepted.at) {
      return later !== null && later * 2 < accepted.points;
    }
    const points = pointsOf(snapshot);
    if (points === null) continue;
    if (later !== null && later * 2 < points) return true;
    later = points;
  }
  return false;
}

/** Why nothing of a collection may be expired now, whoever asks. */
export function collectionHolds(survey: Survey, cluster: string, collection: string): Hazard[] {
  const holds: Hazard[] = [];
  if (survey.clockBehind) holds.push("clock-behind");
  const observed = survey.cluster(cluster);
  if (!observed?.reachable) holds.push("cluster-unknown");
  else if (!survey.collection(cluster, collection)) holds.push("source-missing");
  return holds;
}

/** Why nothing of a policy's collection may be expired now. */
export function policyHolds(scene: PolicyScene, due: DueRun): Hazard[] {
  const { survey, cluster, collection, address } = scene;
  const holds = collectionHolds(survey, cluster, collection);
  if (due.isDue && due.create === null) holds.push("run-uncovered");
  const accepted = survey.state?.shrinks[address] ?? null;
  const live = survey.collection(cluster, collection)?.points ?? null;
  if (hasShrunk(scene.mine, live, accepted)) holds.push("source-shrunk");
  return holds;
}
