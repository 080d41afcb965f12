import type { Snapshot } from "../snapshot/snapshot.ts";
import type { Keep } from "./plan.ts";
import type { Survey } from "./survey.ts";

/** A line that says why a snapshot stays. */
export function keepOf(
  snapshot: Snapshot,
  address: string | null,
  reasons: readonly string[],
): Keep {
  return {
    snapshotId: snapshot.id,
    address,
    cluster: snapshot.cluster,
    collection: snapshot.collection,
    startedAt: snapshot.startedAt,
    bytes: snapshot.bytes,
    places: snapshot.copies.map((copy) => copy.place),
    reasons,
  };
}

/** The snapshots of a resource that are dated in the future: set aside and reported. */
export function futureKeeps(
  survey: Survey,
  cluster: string,
  collection: string,
  resource: string,
): Keep[] {
  return survey
    .futureOf(cluster, collection)
    .filter((snapshot) => survey.addressOf(snapshot) === resource)
    .map((snapshot) => keepOf(snapshot, resource, ["dated in the future; set aside"]));
}
