// What exists: snapshots, their copies, the clusters and repositories that hold them, as observed
// at one instant. Pure data; may know errors, addresses and durations. Invariant: every value here
// is frozen JSON, instants are RFC 3339 in UTC, and a snapshot's id is always ours.

import type { Json } from "./json.ts";
import type { SnapshotLayout } from "./layout.ts";

/** Who made a snapshot. It stands in every manifest; only its owner may delete a snapshot. */
export interface Owner {
  readonly project: string;
  readonly lineage: string;
  /** What asked for it: `policy.nightly`, `snapshot.before-v2`, `restore.staging` or `manual`. */
  readonly address: string;
}

/**
 * Whether a copy can be trusted. `complete`: its parts cover the whole collection. `unknown`: a
 * node or store that holds it did not answer, which never leads to a delete. `unreachable`: it is
 * there, but its collection is gone, so that no call can reach it.
 */
export type CopyStatus = "complete" | "partial" | "damaged" | "unknown" | "unreachable";

/** Where a copy lives: on its own cluster, or in a named repository. */
export type Place = "cluster" | `repository.${string}`;

export interface SnapshotPart {
  /** Unique in its copy: a node's name, or `data` where there is only one part. */
  readonly name: string;
  /** The name that the server gave to it, where the server chooses names. */
  readonly nativeName?: string;
  readonly bytes: number;
  readonly status: CopyStatus;
}

export interface SnapshotCopy {
  readonly place: Place;
  readonly status: CopyStatus;
  readonly bytes: number;
  readonly parts: readonly SnapshotPart[];
}

/** By what the engine finds the copy on the cluster again. */
export interface NativeHandle {
  /** The engine's key for it: stable, unique in its collection. */
  readonly key: string;
  /** What the engine asked to be kept with it because the server does not keep it. */
  readonly details: Json;
}

/** Counts of points just before and just after the snapshot; equal where nothing was written. */
export interface PointRange {
  readonly before: number;
  readonly after: number;
}

export interface Snapshot {
  readonly id: string;
  readonly cluster: string;
  readonly collection: string;
  readonly engine: string;
  /** The identity of the cluster that it was taken from; null when nobody recorded it. */
  readonly clusterIdentity: string | null;
  /** Tells a collection from one of the same name that was dropped and made anew. */
  readonly collectionIdentity: string | null;
  /** Null: snapform did not make it (unmanaged). */
  readonly owner: Owner | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** The run that it was made for; null for a one-off. */
  readonly scheduledFor: string | null;
  readonly description: string | null;
  readonly points: PointRange | null;
  /** How it is spread over parts; null where that means nothing, or nobody recorded it. */
  readonly layout: SnapshotLayout | null;
  /** Set where the cluster keeps, or kept, a copy of it. */
  readonly native: NativeHandle | null;
  /** Size of the whole snapshot in bytes. */
  readonly bytes: number;
  readonly pinned: boolean;
  /** Until then no rule expires it (the safety snapshot before a replacing restore). */
  readonly keepUntil: string | null;
  readonly verifiedAt: string | null;
  /** At least one. */
  readonly copies: readonly SnapshotCopy[];
}

/** A snapshot whose manifest is in a repository's trash, until its undo window ends. */
export interface TrashedSnapshot {
  readonly id: string;
  readonly cluster: string;
  readonly collection: string;
  readonly repository: string;
  readonly owner: Owner | null;
  readonly startedAt: string;
  readonly trashedAt: string;
  readonly undoUntil: string;
  readonly bytes: number;
}

/** True when some copy of it is whole, and so can be restored from. */
export function isComplete(snapshot: Snapshot): boolean {
  return snapshot.copies.some((copy) => copy.status === "complete");
}

/** The copy at `place`, if there is one. */
export function copyAt(snapshot: Snapshot, place: Place): SnapshotCopy | undefined {
  return snapshot.copies.find((copy) => copy.place === place);
}

export function repositoryPlace(name: string): Place {
  return `repository.${name}`;
}

/** The repository's name, or null for the cluster. */
export function repositoryOf(place: Place): string | null {
  return place === "cluster" ? null : place.slice("repository.".length);
}

/** Newest first; equal instants by id descending, so that any input order gives one result. */
export function byNewest(
  a: Pick<Snapshot, "startedAt" | "id">,
  b: Pick<Snapshot, "startedAt" | "id">,
): number {
  const difference = Date.parse(b.startedAt) - Date.parse(a.startedAt);
  if (difference !== 0) return difference;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
