import type { Json } from "./json.ts";
import type { SnapshotLayout } from "./layout.ts";
import {
  repositoryPlace,
  type CopyStatus,
  type NativeHandle,
  type Owner,
  type PointRange,
  type Snapshot,
} from "./snapshot.ts";

export type { Json };

export type HashName = "sha256" | "blake3";

/** One file of a part, stored as the object that its hash names. */
export interface ManifestFile {
  /** Relative, `/`-separated, without `..`. */
  readonly path: string;
  readonly size: number;
  /** Lower-case hexadecimal, by the manifest's `hash`. */
  readonly hash: string;
}

export interface ManifestPart {
  /** `data`, or the node's name. */
  readonly name: string;
  readonly files: readonly ManifestFile[];
  /** What the engine needs to know of this part, e.g. peer id and shard ids. */
  readonly details: Json;
}

/** What is known of a snapshot before its bytes are stored. */
export interface ManifestDraft {
  readonly id: string;
  readonly owner: Owner;
  readonly cluster: string;
  readonly collection: string;
  readonly engine: string;
  readonly engineVersion: string | null;
  readonly clusterIdentity: string | null;
  readonly collectionIdentity: string | null;
  readonly startedAt: string;
  readonly scheduledFor: string | null;
  readonly description: string | null;
  readonly keepUntil: string | null;
  readonly points: PointRange | null;
  /** How it is spread over the parts; null where that means nothing. */
  readonly layout: SnapshotLayout | null;
  /** Where it was copied from its cluster: by what the engine finds it there; else null. */
  readonly native: NativeHandle | null;
  /** The collection's schema in the engine's own words; for people and for checks. */
  readonly schema: Json;
  /** What only the engine understands, e.g. the dataset version. */
  readonly details: Json;
}

/**
 * The description of a snapshot in a repository. Written last and once: a snapshot exists there if
 * and only if its manifest does.
 */
export interface Manifest extends ManifestDraft {
  readonly formatVersion: 1;
  readonly finishedAt: string;
  readonly hash: HashName;
  readonly parts: readonly ManifestPart[];
  /** Sum of all file sizes. */
  readonly bytes: number;
  /** Bytes that no object of the repository held before. */
  readonly newBytes: number;
  /** e.g. `snapform/0.1.0`. */
  readonly writer: string;
}

/** What may change about a snapshot, kept beside its manifest. */
export interface Notes {
  readonly pinned: boolean;
  /** Non-null when a check found damage: what, and when. */
  readonly damaged: { readonly at: string; readonly files: readonly string[] } | null;
  readonly verifiedAt: string | null;
}

export const NO_NOTES: Notes = Object.freeze({ pinned: false, damaged: null, verifiedAt: null });

/** The snapshot that a manifest and its notes describe, with its copy in `repository`. */
export function snapshotOfManifest(manifest: Manifest, notes: Notes, repository: string): Snapshot {
  const status: CopyStatus = notes.damaged ? "damaged" : "complete";
  const parts = manifest.parts.map((part) => ({
    name: part.name,
    bytes: part.files.reduce((sum, file) => sum + file.size, 0),
    status,
  }));
  return Object.freeze({
    id: manifest.id,
    cluster: manifest.cluster,
    collection: manifest.collection,
    engine: manifest.engine,
    clusterIdentity: manifest.clusterIdentity,
    collectionIdentity: manifest.collectionIdentity,
    owner: manifest.owner,
    startedAt: manifest.startedAt,
    finishedAt: manifest.finishedAt,
    scheduledFor: manifest.scheduledFor,
    description: manifest.description,
    points: manifest.points,
    // A manifest that was written before these were thought of is a good one all the same.
    layout: manifest.layout ?? null,
    native: manifest.native ?? null,
    bytes: manifest.bytes,
    pinned: notes.pinned,
    keepUntil: manifest.keepUntil,
    verifiedAt: notes.verifiedAt,
    copies: [{ place: repositoryPlace(repository), status, bytes: manifest.bytes, parts }],
  });
}
