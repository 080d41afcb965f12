// Repositories: where copies of snapshots live outside the cluster. One format for every engine
// whose snapshots can be read out. May know the words and the shapes of the engine contract.
// Invariant: a snapshot exists here if and only if its manifest does; the manifest is written last
// and goes to the trash first; nothing that a manifest names is ever removed.
import type { CapturedPart, EngineContext, SnapshotReader } from "../engine/driver.ts";
import type { HashName, Manifest, ManifestDraft, Notes } from "../snapshot/manifest.ts";
import type { TrashedSnapshot } from "../snapshot/snapshot.ts";

/** Names one snapshot in a repository. */
export interface SnapshotKey {
  readonly cluster: string;
  readonly collection: string;
  readonly id: string;
}

/** A manifest with its notes. */
export interface StoredSnapshot {
  readonly manifest: Manifest;
  readonly notes: Notes;
}

/** A file in the repository that is not what it should be. */
export interface RepositoryDamage {
  /** `manifest`, `object`, `notes` or `repository`. */
  readonly kind: "manifest" | "object" | "notes" | "repository";
  /** The path below the repository's root. */
  readonly path: string;
  /** `missing`, `truncated`, `altered`, `unreadable`, or `newer` than this snapform. */
  readonly fault: "missing" | "truncated" | "altered" | "unreadable" | "newer";
  readonly detail: string;
  /** The snapshots that need it. */
  readonly snapshots: readonly SnapshotKey[];
}

export interface RepositoryListing {
  readonly snapshots: readonly StoredSnapshot[];
  readonly trash: readonly TrashedSnapshot[];
  /** Manifests that cannot be read; the others are listed all the same. */
  readonly damage: readonly RepositoryDamage[];
}

export interface RepositoryCheck {
  readonly snapshotCount: number;
  readonly objectCount: number;
  readonly checkedBytes: number;
  readonly damage: readonly RepositoryDamage[];
}

export interface SweepResult {
  readonly removedSnapshots: readonly SnapshotKey[];
  readonly removedObjectCount: number;
  readonly freedBytes: number;
}

export interface WriteRequest {
  readonly draft: ManifestDraft;
  readonly parts: readonly CapturedPart[];
}

export interface Repository {
  readonly name: string;
  readonly id: string;
  readonly hash: HashName;
  /** Undo window of an expire in milliseconds. */
  readonly undoMs: number;
  list(): Promise<RepositoryListing>;
  /** Null when it does not exist; `corrupt` when it cannot be read. */
  read(key: SnapshotKey): Promise<StoredSnapshot | null>;
  /**
   * Stores the parts' files, then the manifest. When a manifest of that key exists already with the
   * same owner, it is returned and nothing is stored (a second attempt); another owner's is
   * `already-exists`. A reused object that vanishes meanwhile is stored again before publishing.
   */
  write(request: WriteRequest, context: EngineContext): Promise<Manifest>;
  /** Opens a snapshot for restoring. */
  reader(key: SnapshotKey): Promise<SnapshotReader>;
  /** Changes the notes beside a manifest, atomically. */
  note(key: SnapshotKey, change: Partial<Notes>): Promise<Notes>;
  /** Moves the manifest to the trash. One that is gone already is a success. */
  trash(key: SnapshotKey, at: Date): Promise<void>;
  /** Takes a manifest back from the trash, after making sure that its objects are there. */
  undelete(key: SnapshotKey): Promise<Manifest>;
  /**
   * Empties what the undo windows have released, removes objects that no manifest names and that
   * nobody has touched for 24 hours, and clears staging of processes that are gone. `dryRun` only
   * counts. `signal` stops it between two files.
   */
  sweep(
    now: Date,
    options: { readonly dryRun: boolean },
    signal: AbortSignal,
  ): Promise<SweepResult>;
  /** Looks at every manifest and object; with `readData` every byte is hashed. Marks damage. */
  check(options: { readonly readData: boolean }, context: EngineContext): Promise<RepositoryCheck>;
  close(): Promise<void>;
}
