import type { Capabilities } from "./capabilities.ts";
import type { Snapshot, TrashedSnapshot } from "./snapshot.ts";

/** Something that could not be observed, or must not be worked on, and why. */
export interface Problem {
  /** An error code of the table, e.g. `unavailable`, `unimplemented`. */
  readonly code: string;
  readonly message: string;
}

export interface ObservedCollection {
  readonly name: string;
  readonly identity: string | null;
  /** Exact number of points; null where it was not counted. */
  readonly points: number | null;
  readonly bytes: number | null;
  readonly aliases: readonly string[];
  /** Why it cannot be snapshotted; null when it can. */
  readonly problem: Problem | null;
}

export interface ObservedCluster {
  readonly name: string;
  readonly engine: string;
  readonly reachable: boolean;
  /** Null only when it could not be reached, or does not exist yet. */
  readonly identity: string | null;
  readonly version: string | null;
  readonly capabilities: Capabilities;
  readonly collections: readonly ObservedCollection[];
  readonly problem: Problem | null;
}

/**
 * `ok`: usable. `new`: nothing there yet and never seen before, so apply may make it. `missing`:
 * the state has seen it, and it is gone or empty (an unmounted disk). `other`: another id than the
 * state has seen. `unreachable`: could not be looked at.
 */
export type RepositoryStatus = "ok" | "new" | "missing" | "other" | "unreachable";

export interface ObservedRepository {
  readonly name: string;
  readonly status: RepositoryStatus;
  readonly id: string | null;
  /** How long an expired snapshot can be brought back, in milliseconds. */
  readonly undoMs: number;
  readonly problem: Problem | null;
}

/** What exists, as observed at one instant. */
export interface Inventory {
  readonly observedAt: string;
  readonly clusters: readonly ObservedCluster[];
  readonly repositories: readonly ObservedRepository[];
  /** One entry per snapshot, its copies merged, in any order. */
  readonly snapshots: readonly Snapshot[];
  readonly trash: readonly TrashedSnapshot[];
}
