/** How a check of restored data was done; each level includes the ones before it. */
export type CheckLevel = "hashes" | "count" | "deep";

export const CHECK_LEVELS: readonly CheckLevel[] = Object.freeze(["hashes", "count", "deep"]);

/** How a restore goes about it; chosen in the plan, never during apply. */
export type RestoreProcedure =
  /** The target does not exist: build it aside, then put it in place in one step. */
  | "new"
  /** The target lives and is the same collection: put missing pieces back, roll it to the point. */
  | "in-place"
  /** The target is another collection of that name: build aside, check, then replace it. */
  | "replace";

/**
 * What an engine can do, as data. The planner reads it, so that "this engine cannot do that" is an
 * error in the plan and never happens halfway through an apply.
 */
export interface Capabilities {
  readonly engine: string;
  /** `capture`: a snapshot is born in a repository. `native`: the cluster keeps it. */
  readonly create: "capture" | "native";
  /** Whether a snapshot is of one collection or of the whole cluster. */
  readonly scope: "collection" | "cluster";
  /** Whether a cluster's own snapshots can be read out into a repository. */
  readonly copyOut: boolean;
  /** Whether creating again with the same id cannot make a second snapshot. */
  readonly idempotentCreate: boolean;
  /** Whether on-cluster copies outlive the cluster. */
  readonly survivesClusterLoss: boolean;
  /** Whether a collection can be told from another one of the same name that came after it. */
  readonly tellsCollectionsApart: boolean;
  readonly restore: {
    readonly newCollection: boolean;
    /** Whether one that is made by somebody else meanwhile is never touched. */
    readonly isExclusive: boolean;
    /** Onto a live collection of the same identity, keeping open handles right. */
    readonly inPlace: boolean;
    /** Onto an existing collection of another identity, by dropping or overwriting it. */
    readonly overwrite: boolean;
    /** Whether an alias can be moved in one step. */
    readonly alias: boolean;
  };
  /** What the name of a collection must match to be restored into; left out: any name may. */
  readonly targetNames?: {
    /** A regular expression, with the flag `u`. */
    readonly pattern: string;
    /** The same in words, after "names": `must not have a slash`. */
    readonly rule: string;
  };
  /** `server`: the database itself refuses to delete a pinned snapshot. */
  readonly pin: "own" | "server" | "none";
  /** The levels of check that this engine can ever reach. */
  readonly checks: readonly CheckLevel[];
  /** How many actions may run at once on one cluster. */
  readonly concurrency: number;
}

/** Engines and where their snapshots are born; known before any engine is loaded. */
export const ENGINE_CREATES: Readonly<Record<string, Capabilities["create"]>> = Object.freeze({
  lancedb: "capture",
  memory: "native",
  milvus: "native",
  qdrant: "native",
  zilliz: "native",
});
