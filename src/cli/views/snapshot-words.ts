import { isComplete, type CopyStatus, type Snapshot } from "../../snapshot/snapshot.ts";

/** Where a snapshot lies: `vault, cluster (partial)`. */
export function placesText({ copies }: Snapshot): string {
  const texts = copies.map(({ place, status }) => {
    const name = place.replace(/^repository\./, "");
    return status === "complete" ? name : `${name} (${status})`;
  });
  return texts.join(", ");
}

/** `complete`, or the best of what its copies are. */
export function statusText(snapshot: Snapshot): CopyStatus {
  return isComplete(snapshot) ? "complete" : (snapshot.copies[0]?.status ?? "unknown");
}

/** Whose it is: the resource that asked for it, or that nobody here did. */
export function ownerText(snapshot: Snapshot, address: string | null): string {
  if (address !== null) return address;
  if (snapshot.owner === null) return "unmanaged";
  return `project ${snapshot.owner.project}`;
}
