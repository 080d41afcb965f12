import type { NodeClient } from "../http/node-client.ts";
import { ask, optionsOf, type AskOptions } from "./ask.ts";
import { field, listOf, optional, readCount, readPeerId, readText, type Read } from "./shape.ts";

/** The name of a shard under custom sharding: text or a number, which are not the same. */
export type ShardKey = string | number;

export interface LocalShard {
  readonly shardId: number;
  readonly shardKey: ShardKey | null;
  /** `Active`, `Dead`, `Partial`, ... or a later word. */
  readonly state: string;
}

/** One replica on another node. */
export interface RemoteShard {
  readonly shardId: number;
  readonly shardKey: ShardKey | null;
  readonly peerId: string;
  readonly state: string;
}

export interface ShardTransfer {
  readonly shardId: number;
  readonly from: string;
  readonly to: string;
}

/** Where the shards of a collection are, as the answering node sees it. */
export interface Placement {
  /** The answering node. */
  readonly peerId: string;
  /** How many different shards the collection has. */
  readonly shardCount: number;
  readonly local: readonly LocalShard[];
  readonly remote: readonly RemoteShard[];
  readonly transfers: readonly ShardTransfer[];
  /** True while the number of shards is being changed. */
  readonly isResharding: boolean;
}

/** Asks a node for its view of a collection's shards. `not-found` without the collection. */
export function placementOf(
  client: NodeClient,
  collection: string,
  options: AskOptions = {},
): Promise<Placement> {
  const doing = `reading the shards of ${JSON.stringify(collection)}`;
  const path = ["collections", collection, "cluster"];
  return ask(client, { method: "GET", path, doing, ...optionsOf(options) }, readPlacement);
}

const readPlacement: Read<Placement> = (value, at) => {
  const resharding = field(value, "resharding_operations", at, optional(listOf((each) => each)));
  return Object.freeze({
    peerId: field(value, "peer_id", at, readPeerId),
    shardCount: field(value, "shard_count", at, readCount),
    local: field(value, "local_shards", at, listOf(readLocalShard)),
    remote: field(value, "remote_shards", at, listOf(readRemoteShard)),
    transfers: field(value, "shard_transfers", at, optional(listOf(readTransfer))) ?? [],
    isResharding: resharding !== null && resharding.length > 0,
  });
};

const readShardKey: Read<ShardKey> = (value, at) =>
  typeof value === "string" ? value : readCount(value, at);

const readLocalShard: Read<LocalShard> = (value, at) =>
  Object.freeze({
    shardId: field(value, "shard_id", at, readCount),
    shardKey: field(value, "shard_key", at, optional(readShardKey)),
    state: field(value, "state", at, readText),
  });

const readRemoteShard: Read<RemoteShard> = (value, at) =>
  Object.freeze({
    shardId: field(value, "shard_id", at, readCount),
    shardKey: field(value, "shard_key", at, optional(readShardKey)),
    peerId: field(value, "peer_id", at, readPeerId),
    state: field(value, "state", at, readText),
  });

const readTransfer: Read<ShardTransfer> = (value, at) =>
  Object.freeze({
    shardId: field(value, "shard_id", at, readCount),
    from: field(value, "from", at, readPeerId),
    to: field(value, "to", at, readPeerId),
  });
