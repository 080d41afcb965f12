import type { Snapshot } from "../snapshot/snapshot.ts";
import type { Holding } from "./holdings.ts";
import type { Keep } from "./plan.ts";

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
    places: snapshot.copies.map((copy) => copy.place).sort(),
    reasons,
  };
}

/** What a resource has but must not touch, each with the reason. */
export function setAside(holding: Holding, address: string | null): Keep[] {
  const keep = (snapshots: readonly Snapshot[], reason: string): Keep[] =>
    snapshots.map((snapshot) => keepOf(snapshot, address, [reason]));
  return [
    ...keep(holding.kin, "made under another state; adopt it to manage it"),
    ...keep(holding.strangers, "made on another cluster of this name; adopt it to manage it"),
    ...keep(holding.future, "dated in the future; set aside"),
  ];
}
