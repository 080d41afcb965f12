import { repositoryOf, type Place, type Snapshot } from "../snapshot/snapshot.ts";
import type { ExpireAction } from "./action.ts";
import type { Hazard } from "./hazard.ts";
import type { Survey } from "./survey.ts";

/** Until when what is expired from these places now can be brought back; null where it cannot. */
export function undoUntil(survey: Survey, places: readonly Place[]): string | null {
  const windows = places.flatMap((place) => {
    const name = repositoryOf(place);
    const ms = name === null ? 0 : (survey.repository(name)?.undoMs ?? 0);
    return ms > 0 ? [ms] : [];
  });
  if (windows.length === 0) return null;
  return new Date(survey.now.getTime() + Math.min(...windows)).toISOString();
}

export interface ExpireRequest {
  readonly address: string;
  readonly places: readonly Place[];
  readonly reason: string;
  /** What holds it back, beside the hazard that every expire has. */
  readonly holds: readonly Hazard[];
  readonly dependsOn: readonly string[];
}

/** The action that removes these copies of a snapshot. */
export function expireAction(
  survey: Survey,
  snapshot: Snapshot,
  request: ExpireRequest,
): ExpireAction {
  const { address, places, reason, holds, dependsOn } = request;
  const { id, cluster, collection } = snapshot;
  return {
    kind: "expire",
    id: `expire:${id}@${cluster}/${collection}<${places.join("+")}`,
    address,
    cluster,
    collection,
    snapshotId: id,
    reason,
    hazards: ["expires-snapshots", ...holds],
    dependsOn,
    places,
    isWhole: places.length === snapshot.copies.length,
    startedAt: snapshot.startedAt,
    undoUntil: undoUntil(survey, places),
    bytes: snapshot.copies
      .filter((copy) => places.includes(copy.place))
      .reduce((sum, copy) => sum + copy.bytes, 0),
  };
}
