import { refuse } from "./answer.ts";
import {
  newReplica,
  type Collection,
  type CollectionConfig,
  type JsonObject,
  type Shard,
  type ShardKey,
  type World,
} from "./world.ts";

const FORBIDDEN_IN_NAMES = '<>:"/\\|?*\0\u001f';

/** The collection of that name, or that an alias of that name points to. */
export function findCollection(world: World, name: string): Collection | null {
  return world.collections.get(world.aliases.get(name) ?? name) ?? null;
}

/** As `findCollection`; refuses with 404. */
export function requireCollection(world: World, name: string): Collection {
  return (
    findCollection(world, name) ?? refuse(404, `Not found: Collection \`${name}\` doesn't exist!`)
  );
}

/** The shard of that id; refuses with 404. */
export function requireShard(collection: Collection, id: number): Shard {
  return collection.shards.get(id) ?? refuse(404, `Not found: Shard ${id} not found`);
}

/** Refuses names that the server does not give to a new collection. */
export function checkCollectionName(name: string): void {
  const hasForbidden = name.split("").some((each) => FORBIDDEN_IN_NAMES.includes(each));
  if (name.length >= 1 && name.length <= 255 && !hasForbidden) return;
  refuse(422, `Validation error in path parameters: [name: invalid collection name ${name}]`);
}

/** Makes a collection on the whole cluster, its shards spread evenly over all peers. */
export function createCollection(
  world: World,
  name: string,
  config: CollectionConfig,
  payloadSchema: Readonly<Record<string, JsonObject>> = {},
): Collection {
  if (world.aliases.has(name)) {
    const why = "Alias with the same name already exists";
    refuse(400, `Wrong input: Can't create collection with name ${name}. ${why}`);
  }
  if (world.collections.has(name)) {
    refuse(409, `Wrong input: Collection \`${name}\` already exists!`);
  }
  const collection: Collection = {
    name,
    config,
    status: "green",
    payloadSchema: new Map(Object.entries(payloadSchema)),
    shards: new Map(),
    shardKeys: [],
    operationCount: 0,
  };
  const { shard_number: count, sharding_method: method } = config.params;
  if (method !== "custom") addShards(world, collection, { key: null, count });
  world.collections.set(name, collection);
  world.commit += 1;
  return collection;
}

/** Drops a collection and its aliases; the files of its snapshots stay. False if there is none. */
export function dropCollection(world: World, name: string): boolean {
  const collection = world.collections.get(name);
  if (!collection) return false;
  world.collections.delete(name);
  for (const [alias, target] of world.aliases) if (target === name) world.aliases.delete(alias);
  removeTransfers(world, (transfer) => transfer.collection === collection);
  world.commit += 1;
  return true;
}

export interface ShardKeyRequest {
  readonly key: ShardKey;
  readonly count?: number;
  readonly replicationFactor?: number;
  /** Peer ids. */
  readonly placement?: readonly number[];
}

/** Makes the shards of a new shard key, with the next free ids. */
export function addShardKey(world: World, collection: Collection, request: ShardKeyRequest): void {
  const { key, count = collection.config.params.shard_number, ...rest } = request;
  if (collection.config.params.sharding_method !== "custom") {
    refuse(400, "Bad request: Shard Key cannot be created with Auto sharding method");
  }
  if (collection.shardKeys.includes(key)) {
    refuse(409, `Wrong input: Sharding key ${key} already exists for collection`);
  }
  const known = new Set(world.peers.map((peer) => peer.peerId));
  const stranger = rest.placement?.find((peerId) => !known.has(peerId));
  if (stranger !== undefined) refuse(400, `Bad request: Peer ${stranger} does not exist`);
  collection.shardKeys.push(key);
  addShards(world, collection, { key, count, ...rest });
  world.commit += 1;
}

/** Drops a shard key with its shards. */
export function dropShardKey(world: World, collection: Collection, key: ShardKey): void {
  const index = collection.shardKeys.indexOf(key);
  if (index === -1) refuse(400, `Bad request: Shard key ${key} does not exist`);
  collection.shardKeys.splice(index, 1);
  for (const shard of [...collection.shards.values()].filter((each) => each.key === key)) {
    collection.shards.delete(shard.id);
    removeTransfers(world, (each) => each.collection === collection && each.shardId === shard.id);
  }
}

interface ShardsRequest {
  readonly key: ShardKey | null;
  readonly count: number;
  readonly replicationFactor?: number;
  readonly placement?: readonly number[];
}

function addShards(world: World, collection: Collection, request: ShardsRequest): void {
  const { key, count, placement } = request;
  const peerIds = placement ?? world.peers.map((peer) => peer.peerId);
  const wanted = request.replicationFactor ?? collection.config.params.replication_factor;
  const factor = Math.min(wanted, peerIds.length);
  const first = Math.max(-1, ...collection.shards.keys()) + 1;
  for (let index = 0; index < count; index++) {
    const chosen = Array.from({ length: factor }, (_, replica) => {
      return peerIds[(index * factor + replica) % peerIds.length] as number;
    });
    const replicas = new Map(chosen.map((peerId) => [peerId, newReplica(peerId, "Active")]));
    collection.shards.set(first + index, { id: first + index, key, replicas });
  }
}

/** Forgets transfers; what they have done so far stays. */
export function removeTransfers(
  world: World,
  isGone: (transfer: World["transfers"][number]) => boolean,
): void {
  const stay = world.transfers.filter((transfer) => !isGone(transfer));
  world.transfers.splice(0, world.transfers.length, ...stay);
}
