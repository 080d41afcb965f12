// The engine contract: what an engine's folder implements, and nothing else. The portable engine
// (engine.ts) wraps it with validation, retry, limits and error mapping, so a driver is only the
// calls. May know the words. Invariant: every method either has its whole effect or throws a
// SnapformError whose code and `outcomeUnknown` say what may be assumed; none writes to a log.
import type { Capabilities, CheckLevel, RestoreProcedure } from "../snapshot/capabilities.ts";
import type { CheckResult } from "../snapshot/check.ts";
import type { ClusterView, ObservedCollection } from "../snapshot/inventory.ts";
import type { Json, Manifest, ManifestDraft, ManifestFile } from "../snapshot/manifest.ts";
import type { RouteStep, SnapshotLayout } from "../snapshot/layout.ts";
import type { NativeHandle, PointRange, Snapshot } from "../snapshot/snapshot.ts";

export type { CheckResult };

/** What every call gets: a way to be told to stop, and a way to tell how far it is. */
export interface EngineContext {
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
}

export interface Progress {
  /** What is being done, in a word or two: `copying`, `hashing`, `waiting for replicas`. */
  readonly phase: string;
  readonly doneBytes?: number;
  readonly totalBytes?: number;
}

/** A cluster as its driver sees it now. */
export interface ClusterObservation extends ClusterView {
  /** Same for the same deployment for ever; null when it does not exist yet. */
  readonly identity: string | null;
  readonly version: string | null;
  readonly collections: readonly ObservedCollection[];
}

/** One file that can be read, once or several times, while its capture is open. */
export interface SourceFile {
  /** Path in the part: relative, `/`-separated. */
  readonly path: string;
  readonly size: number;
  /** Set when the bytes are a local file: the repository then reads it in its own threads. */
  readonly localPath?: string;
  /** Set when the engine can vouch that an earlier manifest's object has these very bytes. */
  readonly knownHash?: string;
  /** What the bytes must hash to, as the server says; another hash is `corrupt`, naming both. */
  readonly sha256?: string;
  /** The bytes from `offset` on; how a file without a `localPath` is read. */
  open(offset: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export interface CapturedPart {
  readonly name: string;
  readonly files: readonly SourceFile[];
  readonly details: Json;
}

/** A consistent view of one collection, held still until it is closed. */
export interface Capture {
  /** Everything that the engine knows for the manifest. */
  readonly draft: Pick<
    ManifestDraft,
    | "engineVersion"
    | "collectionIdentity"
    | "clusterIdentity"
    | "schema"
    | "details"
    | "points"
    | "layout"
  >;
  readonly parts: readonly CapturedPart[];
  /** Releases what holds the view still. Called exactly once, also after a failure. */
  close(): Promise<void>;
}

export interface CaptureRequest {
  readonly snapshotId: string;
  readonly collection: string;
  /** Manifests of the same collection, newest first, whose objects may be reused. */
  readonly previous: readonly Manifest[];
}

export interface NativeCreateRequest {
  readonly snapshotId: string;
  readonly collection: string;
  readonly description: string | null;
  /** Parts that an earlier attempt is known to have made; reconcile with them, never repeat. */
  readonly earlier: Json | null;
  /** Called with what must not be forgotten (a job id, a part's name); awaited before going on. */
  record(details: Json): Promise<void>;
}

/** A snapshot that the ledger, or a manifest, says the cluster keeps. */
export interface KnownNative extends NativeHandle {
  readonly collection: string;
}

/** A snapshot that the cluster itself keeps. `id` is ours where the engine can carry it. */
export interface NativeSnapshot extends NativeHandle {
  /** Our id, where it can be read back from the server; else null and the state knows it. */
  readonly id: string | null;
  readonly collection: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly description: string | null;
  readonly bytes: number;
  readonly status: Snapshot["copies"][number]["status"];
  readonly parts: Snapshot["copies"][number]["parts"];
  readonly points: PointRange | null;
  readonly layout: SnapshotLayout | null;
  readonly pinned: boolean;
  /** Of one that was just made and is not whole: why, a sentence for each part that is missing. */
  readonly failures?: readonly string[];
}

/** Reads the files of a snapshot that a repository holds, with its hashes checked. */
export interface SnapshotReader {
  readonly manifest: Manifest;
  /** The bytes of one file; fails with `corrupt` at the end when they do not fit the hash. */
  open(file: ManifestFile, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Writes the files below `directory` at their paths, verified and durable (fsync of files and
   * folders), by reflink or copy in several threads. A file that is already there with the right
   * size is left alone when `keepExisting` is true.
   */
  materialize(
    files: readonly ManifestFile[],
    directory: string,
    options: { readonly keepExisting: boolean },
    context: EngineContext,
  ): Promise<{ readonly copiedBytes: number }>;
}

export interface RestoreRequest {
  /** Unique to this run of this restore: names whatever is built aside, so a retry finds it. */
  readonly runId: string;
  readonly source:
    | { readonly kind: "repository"; readonly reader: SnapshotReader }
    | { readonly kind: "native"; readonly snapshot: NativeSnapshot; readonly collection: string };
  readonly target: string;
  readonly procedure: RestoreProcedure;
  /** The identity that the target had in the plan; null when it did not exist. */
  readonly expectedIdentity: string | null;
  /** The level that must be reached; the engine goes as high as it can. */
  readonly check: CheckLevel;
  /** Which part goes to which node, in order; empty for an engine without nodes. */
  readonly route: readonly RouteStep[];
  /** Also make the aliases that the collection had, where no collection has them now. */
  readonly aliases: boolean;
  /** What an earlier attempt of this run has asked to be remembered; null at the first. */
  readonly earlier: Json;
  /** Called with what must not be forgotten about this run; awaited before going on. */
  record(details: Json): Promise<void>;
}

/** An interrupted run of a restore. */
export interface RecoverRequest {
  readonly runId: string;
  readonly target: string;
  /** What the run has last asked to be remembered; null when it had not. */
  readonly earlier: Json;
}

export interface RestoreResult {
  readonly targetIdentity: string | null;
  readonly check: CheckResult;
  readonly copiedBytes: number;
  /** How to go back, a sentence; null when there is no way. */
  readonly undo: string | null;
}

/** What is known of an interrupted restore when its run is looked at again. */
export type RestoreTrace =
  | { readonly kind: "none" }
  /** Things built aside were found; they have been removed. */
  | { readonly kind: "cleaned" }
  /** The target had been put in place completely. */
  | { readonly kind: "finished"; readonly targetIdentity: string | null };

export interface EngineDriver {
  readonly engine: string;
  readonly capabilities: Capabilities;
  observe(context: EngineContext): Promise<ClusterObservation>;
  /**
   * Snapshots that the cluster itself keeps of these collections; `capture` engines have none.
   * `known` is what the ledger and the manifests say, also of collections that are gone: each of
   * them is answered as it is now (whole, in part, unknown, unreachable), or left out when nothing
   * of it is there. What is found beside them is answered under keys of its own.
   */
  listNative(
    collections: readonly string[],
    known: readonly KnownNative[],
    context: EngineContext,
  ): Promise<NativeSnapshot[]>;
  /** Holds a collection still so that a repository can take its files (`create: "capture"`). */
  capture?(request: CaptureRequest, context: EngineContext): Promise<Capture>;
  /** Makes a snapshot on the cluster (`create: "native"`). */
  createNative?(request: NativeCreateRequest, context: EngineContext): Promise<NativeSnapshot>;
  /** Opens a native snapshot for copying out (`copyOut`). */
  readNative?(snapshot: NativeSnapshot, context: EngineContext): Promise<Capture>;
  /** Deletes a native snapshot; one that is gone already is a success. */
  deleteNative?(snapshot: NativeSnapshot, context: EngineContext): Promise<void>;
  restore(request: RestoreRequest, context: EngineContext): Promise<RestoreResult>;
  /** Looks for what an interrupted restore run left, and cleans up what is not whole. */
  recoverRestore(request: RecoverRequest, context: EngineContext): Promise<RestoreTrace>;
  /** Removes staging of captures and restores that no running process owns. */
  sweep(context: EngineContext): Promise<void>;
  /** Checks a collection against a manifest, e.g. after a restore or by hand. */
  check(
    collection: string,
    manifest: Manifest,
    level: CheckLevel,
    context: EngineContext,
  ): Promise<CheckResult>;
  /** Points `alias` at `collection` in one step; the former target, if any, is returned. */
  moveAlias?(alias: string, collection: string, context: EngineContext): Promise<string | null>;
  close(): Promise<void>;
}
