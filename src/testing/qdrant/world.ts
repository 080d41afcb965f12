import type { Clock } from "../../clock/clock.ts";
import type { SnapshotStore } from "./snapshot-store.ts";

export type PointId = number | string;
export type ShardKey = number | string;
export type JsonObject = Readonly<Record<string, unknown>>;

/** A vector, or several by name. */
export type PointVector = readonly number[] | Readonly<Record<string, unknown>>;

/** One point as a server keeps it. */
export interface FakePoint {
  readonly id: PointId;
  readonly vector: PointVector;
  readonly payload: JsonObject;
}

export type ReplicaState =
  | "Active"
  | "Dead"
  | "Partial"
  | "Initializing"
  | "Listener"
  | "PartialSnapshot"
  | "Recovery"
  | "Resharding"
  | "ReshardingScaleDown"
  | "ActiveRead"
  | "ManualRecovery";

/** One copy of a shard, with its own points. */
export interface Replica {
  readonly peerId: number;
  state: ReplicaState;
  points: Map<PointId, FakePoint>;
  /** A fault holds it in its state: no transfer ever repairs it. */
  stuck: boolean;
  /** Its files were taken from a snapshot that cannot be read: the next start fails. */
  malformed: boolean;
}

export interface Shard {
  readonly id: number;
  readonly key: ShardKey | null;
  /** By peer id. */
  readonly replicas: Map<number, Replica>;
}

export interface CollectionParams {
  readonly vectors: JsonObject;
  readonly sparse_vectors?: JsonObject;
  /** Per shard key under custom sharding. */
  readonly shard_number: number;
  readonly sharding_method?: "auto" | "custom";
  readonly replication_factor: number;
  readonly write_consistency_factor: number;
  readonly on_disk_payload: boolean;
}

/** `config` of `GET /collections/{c}`. */
export interface CollectionConfig {
  readonly params: CollectionParams;
  readonly hnsw_config: JsonObject;
  readonly optimizer_config: JsonObject;
  readonly wal_config: JsonObject;
  readonly quantization_config: JsonObject | null;
  readonly strict_mode_config?: JsonObject;
  readonly metadata?: JsonObject;
}

export type CollectionStatus = "green" | "yellow" | "grey" | "red";

export interface Collection {
  readonly name: string;
  config: CollectionConfig;
  status: CollectionStatus;
  /** Field name to what the server tells of its index. */
  readonly payloadSchema: Map<string, JsonObject>;
  /** By shard id. */
  readonly shards: Map<number, Shard>;
  /** Order of creation. */
  readonly shardKeys: ShardKey[];
  operationCount: number;
}

/** A replica that is being filled from another one. */
export interface Transfer {
  readonly collection: Collection;
  readonly shardId: number;
  from: number;
  readonly to: number;
  /** Remove the source when it is done: a move. */
  readonly moves: boolean;
  stage: "pending" | "running";
  /** How often somebody still has to look before it is done. */
  remainingPolls: number;
  readonly startedAtMs: number;
}

/** One server process and its disk. */
export interface Peer {
  readonly index: number;
  peerId: number;
  version: string;
  url: string;
  /** Where its disk lies: `snapshots/` and `tmp/`. */
  readonly folder: string;
  readonly store: SnapshotStore;
  /** Where uploads stay: the node's own disk, whatever `store` is. */
  readonly uploads: SnapshotStore;
  readonly log: string[];
  isRunning: boolean;
  /** Rises with each stop, so that work of a dead process notices. */
  life: number;
  readonly creating: Map<string, number>;
  readonly recovering: Map<string, number>;
  readonly created: Map<string, number>;
}

/** Everything that the nodes agree on, and the nodes. */
export interface World {
  readonly clock: Clock;
  readonly distributed: boolean;
  readonly peers: readonly Peer[];
  readonly collections: Map<string, Collection>;
  /** Alias to collection name. */
  readonly aliases: Map<string, string>;
  readonly transfers: Transfer[];
  readonly transferPolls: number;
  readonly transferMs: number;
  readonly storage: "local" | "s3";
  readonly urlRecovery: boolean;
  readonly losesCustomShards: boolean;
  padding: { readonly bytes: number; readonly content: "zeros" | "random" } | null;
  /** Raft's counter, so that two looks differ as they do in reality. */
  commit: number;
}

/** The replica of a shard on one peer. */
export function newReplica(peerId: number, state: ReplicaState): Replica {
  return { peerId, state, points: new Map(), stuck: false, malformed: false };
}

/** Is `version` (`x.y.z`, a suffix is ignored) not older than `least`? */
export function isAtLeast(version: string, least: string): boolean {
  const numbers = (from: string): number[] =>
    from.split(/[.-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
  const [mine, theirs] = [numbers(version), numbers(least)];
  for (let index = 0; index < 3; index++) {
    const difference = (mine[index] ?? 0) - (theirs[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
