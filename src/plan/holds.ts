import type { AcceptedShrink } from "../ledger/state.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
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
 *
 * @param snapshots complete ones, newest first
 */
export function hasShrunk(
  snapshots: readonly Snapshot[],
  livePoints: number | null,
  accepted: AcceptedShrink | null,
): boolean {
  const acceptedMs = accepted ? Date.parse(accepted.at) : null;
  let later = livePoints;
  for (const snapshot of snapshots) {
    if (accepted && acceptedMs !== null && Date.parse(snapshot.startedAt) <= acceptedMs) {
      return later !== null && later * 2 < accepted.points;
    }
    const points = pointsOf(snapshot);
    if (points === null) continue;
    if (later !== null && later * 2 < points) return true;
    later = points;
  }
  return false;
}

/**
 * Why nothing of a collection may be expired now, whoever asks. The whole history of the collection
 * counts, whichever resource made it: a policy that first saw the source when it had been emptied
 * must not be the reason for losing the good copies that another one made.
 */
export function collectionHolds(
  survey: Survey,
  cluster: string,
  collection: string,
  address: string,
): Hazard[] {
  const holds: Hazard[] = [];
  if (survey.clockBehind) holds.push("clock-behind");
  const source = survey.collection(cluster, collection);
  if (!survey.cluster(cluster)?.reachable) holds.push("cluster-unknown");
  else if (!source) holds.push("source-missing");
  const accepted = survey.acceptedShrink(cluster, collection, address);
  const history = survey.historyOf(cluster, collection);
  if (hasShrunk(history, source?.points ?? null, accepted)) holds.push("source-shrunk");
  return holds;
}

/** True when nothing stands in the way of writing to what a repository's name stands for. */
export function isUsable(survey: Survey, repository: string | null): boolean {
  if (repository === null) return true;
  const status = survey.repository(repository)?.status;
  return status === "ok" || status === "new";
}

/** Why nothing of a policy's collection may be expired now. */
export function policyHolds(scene: PolicyScene, due: DueRun): Hazard[] {
  const { survey, cluster, collection, address, policy } = scene;
  const holds = collectionHolds(survey, cluster, collection, address);
  if (!isUsable(survey, policy.repository)) holds.push("repository-unknown");
  if (due.isDue && due.create === null) holds.push("run-uncovered");
  return holds;
}
