// What is wanted: the configuration, fully resolved. Pure data and the pure steps that lead to it
// (defaults, lengths of time, implied repository, fingerprint). May know words only; no files and
// no YAML. Invariant: every value is frozen, lists of named things are sorted by name, paths are
// absolute, nothing is left for a reader to fill in, and a secret is a Secret.
import type { RetentionRules } from "../policy/rules.ts";
import type { Schedule } from "../policy/schedule.ts";
import type { CheckLevel } from "../snapshot/capabilities.ts";
import type { HashName } from "../snapshot/manifest.ts";
import type { Secret } from "./secret.ts";

export interface DesiredNode {
  readonly url: string;
  readonly apiKey: Secret | null;
}

/** A cluster. Which fields are set depends on its engine. */
export interface DesiredCluster {
  readonly name: string;
  readonly engine: string;
  /** LanceDB: the absolute path of the folder. */
  readonly uri: string | null;
  /** Qdrant: at least one; empty for other engines. */
  readonly nodes: readonly DesiredNode[];
  readonly address: string | null;
  readonly apiKey: Secret | null;
  readonly token: Secret | null;
  readonly username: string | null;
  readonly password: Secret | null;
  /** An absolute path. */
  readonly caFile: string | null;
  /** Null: as the engine sees fit. */
  readonly timeoutMs: number | null;
  /** Null: as the engine sees fit. */
  readonly concurrency: number | null;
}

export interface DesiredRepository {
  readonly name: string;
  readonly type: "filesystem";
  /** Absolute. */
  readonly path: string;
  readonly hash: HashName;
  /** How long an expired snapshot can be brought back, in milliseconds. */
  readonly undoMs: number;
}

export interface DesiredRetention {
  /** Nothing expires; `rules` is then empty. */
  readonly keepAll: boolean;
  /** At least one rule unless `keepAll`. */
  readonly rules: RetentionRules;
  /** This many of the newest complete snapshots stay whatever the rules say; at least 1. */
  readonly minKeep: number;
}

export interface DesiredPolicy {
  readonly name: string;
  readonly cluster: string;
  /** Patterns as in policy/match.ts; at least one. */
  readonly collections: readonly string[];
  readonly schedule: Schedule;
  readonly retention: DesiredRetention;
  /** Never null where the engine's snapshots are born in a repository. */
  readonly repository: string | null;
  readonly keepOnCluster: number;
  readonly description: string | null;
}

export interface DesiredSnapshot {
  readonly name: string;
  readonly cluster: string;
  readonly collection: string;
  /** Never null where the engine's snapshots are born in a repository. */
  readonly repository: string | null;
  readonly description: string | null;
}

/**
 * Where a restore takes its snapshot from. `cluster` and `collection` are always those that the
 * snapshot was taken of; `at` is `latest`, an instant (RFC 3339, in UTC) or a snapshot's id.
 */
export type RestoreSource =
  | {
      readonly kind: "policy";
      readonly policy: string;
      readonly cluster: string;
      readonly collection: string;
      readonly at: string;
    }
  | {
      readonly kind: "snapshot";
      readonly snapshot: string;
      readonly cluster: string;
      readonly collection: string;
    }
  | {
      readonly kind: "repository";
      readonly repository: string;
      readonly cluster: string;
      readonly collection: string;
      readonly at: string;
    };

export interface RestoreTarget {
  readonly cluster: string;
  readonly collection: string;
  readonly ifExists: "fail" | "replace" | "alias";
  /** Non-null exactly where `ifExists` is `alias`. */
  readonly alias: string | null;
  /** Also make the aliases that the collection had, where no collection has them now. */
  readonly aliases: boolean;
  /** How long that which was replaced is kept, in milliseconds. */
  readonly keepReplacedMs: number;
}

export interface DesiredRestore {
  readonly name: string;
  readonly from: RestoreSource;
  readonly to: RestoreTarget;
  readonly refresh: "once" | "follow";
  readonly check: CheckLevel;
}

/** What belonged to `from` belongs to `to`; chains of moves are followed to their end. */
export interface DesiredMove {
  readonly from: string;
  readonly to: string;
}

export interface DesiredRemoval {
  readonly address: string;
  readonly deleteSnapshots: boolean;
}

/** The whole configuration, fully resolved. */
export interface Desired {
  readonly project: string;
  readonly clusters: readonly DesiredCluster[];
  readonly repositories: readonly DesiredRepository[];
  readonly policies: readonly DesiredPolicy[];
  readonly snapshots: readonly DesiredSnapshot[];
  readonly restores: readonly DesiredRestore[];
  readonly moved: readonly DesiredMove[];
  readonly removed: readonly DesiredRemoval[];
  /**
   * SHA-256 in lower-case hexadecimal over what is wanted, the same on every checkout: relative
   * paths stay relative, secrets are left out.
   */
  readonly fingerprint: string;
}
