import type { Capabilities } from "./capabilities.ts";
import type { ObservedNode, SnapshotLayout } from "./layout.ts";
import type { Snapshot, TrashedSnapshot } from "./snapshot.ts";

/** Something that could not be observed, or must not be worked on, and why. */
export interface Problem {
  /** An error code of the table, e.g. `unavailable`, `unimplemented`. */
  readonly code: string;
  readonly message: string;
}

/** Something about a cluster that a person should know or change; shown with every plan. */
export interface ClusterNotice {
  /** In kebab-case, e.g. `missing-node`. */
  readonly code: string;
  readonly summary: string;
  /** Full sentences: what was seen, what it means, what to do. */
  readonly detail: string;
}

/** What is seen of a cluster that is there. */
export interface ClusterView {
  /** Whether it is one server or several; null where there are no servers, or it was not seen. */
  readonly topology: "standalone" | "distributed" | null;
  /** In the order of the configuration; empty for an engine without nodes. */
  readonly nodes: readonly ObservedNode[];
  readonly notices: readonly ClusterNotice[];
  /** Why nothing can be restored into it now; null when it can, or nobody can tell. */
  readonly restoreProblem: Problem | null;
}

/** Of a cluster without nodes there is nothing more to see. */
export const NO_NODES: ClusterView = Object.freeze({
  topology: null,
  nodes: Object.freeze([]),
  notices: Object.freeze([]),
  restoreProblem: null,
});

export interface ObservedCollection {
  readonly name: string;
  readonly identity: string | null;
  /** Exact number of points; null where it was not counted. */
  readonly points: number | null;
  readonly bytes: number | null;
  readonly aliases: readonly string[];
  /** Of a snapshot taken now. Null where the engine spreads nothing, or it could not be seen. */
  readonly layout: SnapshotLayout | null;
  /** Why it cannot be snapshotted; null when it can. */
  readonly problem: Problem | null;
}

export interface ObservedCluster extends ClusterView {
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
