import { isDeepStrictEqual } from "node:util";
import { refuse } from "./answer.ts";
import { openArchive, type Archive } from "./archive.ts";
import { gauged, pause, type Call } from "./call.ts";
import { addShardKey, createCollection, findCollection } from "./collections.ts";
import { readable, runningTransfer, scheduleTransfer } from "./transfers.ts";
import {
  isAtLeast,
  newReplica,
  type Collection,
  type Replica,
  type ReplicaState,
  type Shard,
  type World,
} from "./world.ts";

export type Priority = "no_sync" | "snapshot" | "replica";

/** Brings a collection to what a snapshot file holds, shard by shard; not atomic. */
export async function recoverCollection(
  call: Call,
  name: string,
  path: string,
  priority: Priority,
): Promise<void> {
  await using archive = await openArchive(path);
  const collection = prepareCollection(call.world, name, archive);
  await gauged(call.peer.recovering, collection.name, async () => {
    const { world, peer } = call;
    const shards = [...collection.shards.values()].toSorted((a, b) => a.id - b.id);
    const former = beginRecovery(call, shards);
    await pause(call);
    for (const shard of shards) {
      if (archive.shardIds.has(shard.id)) {
        await restoreShard(call, { collection, shard, archive, priority, level: "collection" });
        continue;
      }
      if (!world.distributed) {
        const why = `missing data at shard ${shard.id}`;
        refuse(500, `Service internal error: Can't recover from snapshot: ${why}`);
      }
      const replica = shard.replicas.get(peer.peerId);
      const state = former.get(shard.id);
      // Before, a replica without data in the file stayed as the recovery had put it.
      if (replica && state && isAtLeast(peer.version, "1.17.1")) replica.state = state;
      else if (replica) replica.state = "Partial";
    }
    collection.operationCount += 1;
  });
}

/** Brings one shard of the node to what a snapshot file of that shard holds. */
export async function recoverShard(
  call: Call,
  collection: Collection,
  shard: Shard,
  path: string,
  priority: Priority,
): Promise<void> {
  await using archive = await openArchive(path);
  if (!archive.shardIds.has(shard.id)) {
    refuse(500, `Service internal error: snapshot has no data of shard ${shard.id}`);
  }
  checkCompatible(collection, archive);
  await gauged(call.peer.recovering, collection.name, async () => {
    beginRecovery(call, [shard]);
    await pause(call);
    await restoreShard(call, { collection, shard, archive, priority, level: "shard" });
  });
}

function prepareCollection(world: World, name: string, archive: Archive): Collection {
  const existing = findCollection(world, name);
  if (existing) {
    checkCompatible(existing, archive);
    return existing;
  }
  const { config, payloadSchema, shardKeys } = archive.head;
  const created = createCollection(world, name, config, payloadSchema);
  if (config.params.sharding_method === "custom" && !world.losesCustomShards) {
    for (const { key, shardIds } of shardKeys) {
      addShardKey(world, created, { key, count: shardIds.length });
    }
  }
  return created;
}

/** Only these two are looked at; whatever else differs is taken as it comes. */
function checkCompatible(collection: Collection, { head }: Archive): void {
  const [mine, theirs] = [collection.config.params, head.config.params];
  const isSame =
    isDeepStrictEqual(mine.vectors, theirs.vectors) && mine.shard_number === theirs.shard_number;
  if (isSame) return;
  const describe = (params: typeof mine): string =>
    `vectors ${JSON.stringify(params.vectors)}, shard number ${params.shard_number}`;
  refuse(
    400,
    "Wrong input: Snapshot is not compatible with existing collection: " +
      `Collection ${describe(mine)}; snapshot ${describe(theirs)}`,
  );
}

/** Takes local replicas out of service; says in which state each was. */
function beginRecovery(
  { world, peer }: Call,
  shards: readonly Shard[],
): ReadonlyMap<number, ReplicaState> {
  const former = new Map<number, ReplicaState>();
  if (!world.distributed) return former;
  const areRecent = world.peers.every((each) => isAtLeast(each.version, "1.17.0"));
  for (const shard of shards) {
    const replica = shard.replicas.get(peer.peerId);
    if (!replica) continue;
    former.set(shard.id, replica.state);
    replica.state = areRecent ? "ManualRecovery" : "Partial";
  }
  return former;
}

interface ShardRecovery {
  readonly collection: Collection;
  readonly shard: Shard;
  readonly archive: Archive;
  readonly priority: Priority;
  readonly level: "collection" | "shard";
}

async function restoreShard(call: Call, recovery: ShardRecovery): Promise<void> {
  const { world, peer } = call;
  const { collection, shard, archive, priority } = recovery;
  const points = await archive.points(shard.id);
  const replica = shard.replicas.get(peer.peerId) ?? newReplica(peer.peerId, "ManualRecovery");
  shard.replicas.set(peer.peerId, replica);
  replica.points = new Map((points ?? []).map((point) => [point.id, point]));
  replica.malformed = points === null;
  replica.stuck = false;
  const ordered = call.faults.find("replicas");
  if (ordered) {
    replica.state = ordered.state;
    replica.stuck = true;
    return;
  }
  const others = readable(world, shard, null).filter((each) => each.peerId !== peer.peerId);
  if (others.length === 0 || priority === "no_sync") {
    replica.state = "Active";
    return;
  }
  const busy = runningTransfer(world, collection, shard);
  if (busy) {
    replica.state = "Dead";
    const transfer = `${busy.from} -> ${busy.to}`;
    refuse(400, `Bad request: Shard ${shard.id} is already involved in transfer ${transfer}`);
  }
  if (priority === "replica") yieldTo(world, recovery, replica, others[0] as Replica);
  else overrule(world, recovery, replica, others);
}

/** The data of another replica comes over what the snapshot brought. */
function yieldTo(
  world: World,
  { collection, shard, level }: ShardRecovery,
  replica: Replica,
  source: Replica,
): void {
  replica.state = level === "collection" ? "Partial" : "Dead";
  scheduleTransfer(world, collection, shard, { from: source.peerId, to: replica.peerId });
}

/** The restored replica counts: others fetch its data, and those beyond the factor go. */
function overrule(
  world: World,
  { collection, shard, level }: ShardRecovery,
  replica: Replica,
  others: readonly Replica[],
): void {
  replica.state = "Active";
  const factor = collection.config.params.replication_factor;
  const keepCount = level === "collection" ? Math.max(0, factor - 1) : others.length;
  for (const [index, other] of others.entries()) {
    if (index >= keepCount) {
      shard.replicas.delete(other.peerId);
      continue;
    }
    other.state = "Dead";
    scheduleTransfer(world, collection, shard, { from: replica.peerId, to: other.peerId });
  }
}
