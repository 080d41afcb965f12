import { repositoryOf, type Place, type Snapshot } from "../snapshot/snapshot.ts";
import type { CreateAction, ExpireAction } from "./action.ts";
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
  /** Left out for all copies; else something is left, or about to be copied elsewhere. */
  readonly places?: readonly Place[];
  readonly reason: string;
  /** What holds it back, beside the hazard that every expire has. */
  readonly holds: readonly Hazard[];
  readonly dependsOn: readonly string[];
}

function expireId(
  { cluster, collection, id }: Pick<Snapshot, "cluster" | "collection" | "id">,
  places: readonly Place[],
): string {
  return `expire:${id}@${cluster}/${collection}<${places.join("+")}`;
}

/** The action that removes these copies of a snapshot. */
export function expireAction(
  survey: Survey,
  snapshot: Snapshot,
  request: ExpireRequest,
): ExpireAction {
  const { address, reason, holds, dependsOn } = request;
  const places = [...(request.places ?? snapshot.copies.map((copy) => copy.place))].sort();
  const { id, cluster, collection } = snapshot;
  return {
    kind: "expire",
    id: expireId(snapshot, places),
    address,
    cluster,
    collection,
    snapshotId: id,
    reason,
    hazards: ["expires-snapshots", ...holds],
    dependsOn,
    places,
    isWhole: request.places === undefined,
    startedAt: snapshot.startedAt,
    undoUntil: undoUntil(survey, places),
    bytes: snapshot.copies
      .filter((copy) => places.includes(copy.place))
      .reduce((sum, copy) => sum + copy.bytes, 0),
  };
}

/** The action that takes what this plan makes off the cluster again, once its copy is complete. */
export function expireFromCluster(
  survey: Survey,
  create: CreateAction,
  request: Omit<ExpireRequest, "places">,
): ExpireAction {
  const { cluster, collection, snapshotId } = create;
  const { address, reason, holds, dependsOn } = request;
  const places: readonly Place[] = ["cluster"];
  return {
    kind: "expire",
    id: expireId({ cluster, collection, id: snapshotId }, places),
    address,
    cluster,
    collection,
    snapshotId,
    reason,
    hazards: ["expires-snapshots", ...holds],
    dependsOn,
    places,
    isWhole: false,
    startedAt: survey.now.toISOString(),
    undoUntil: null,
    bytes: survey.collection(cluster, collection)?.bytes ?? 0,
  };
}
