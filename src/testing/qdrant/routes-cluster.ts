import { ok, refuse, type Answer } from "./answer.ts";
import { collectionName, jsonBody, type Call } from "./call.ts";
import {
  addShardKey,
  dropShardKey,
  removeTransfers,
  requireCollection,
  requireShard,
  type ShardKeyRequest,
} from "./collections.ts";
import type { Route } from "./router.ts";
import { readable, scheduleTransfer, tickTransfers } from "./transfers.ts";
import type { Collection, JsonObject, Shard, ShardKey } from "./world.ts";

export const clusterRoutes: readonly Route[] = [
  ["GET", "/cluster", "global-read", cluster],
  ["GET", "/collections/{collection}/cluster", "collection-read", collectionCluster],
  ["POST", "/collections/{collection}/cluster", "global-manage", change],
  ["GET", "/collections/{collection}/shards", "collection-read", listShardKeys],
  ["PUT", "/collections/{collection}/shards", "global-manage", createShardKey],
  ["POST", "/collections/{collection}/shards/delete", "global-manage", deleteShardKey],
];

function cluster({ world, peer }: Call): Answer {
  if (!world.distributed) return ok({ status: "disabled" });
  const uri = (url: string): string => `http://127.0.0.1:${Number(new URL(url).port) + 2}/`;
  const leader = world.peers.find((each) => each.isRunning) ?? peer;
  const down = world.peers.filter((each) => !each.isRunning);
  return ok({
    status: "enabled",
    peer_id: peer.peerId,
    peers: Object.fromEntries(world.peers.map((each) => [each.peerId, { uri: uri(each.url) }])),
    raft_info: {
      term: 1,
      commit: world.commit,
      pending_operations: 0,
      leader: leader.peerId,
      role: leader === peer ? "Leader" : "Follower",
      is_voter: true,
    },
    consensus_thread_status: {
      consensus_thread_status: "working",
      last_update: world.clock.now().toISOString(),
    },
    message_send_failures: Object.fromEntries(
      down.map((each) => [uri(each.url), { count: 1, latest_error: "connection refused" }]),
    ),
  });
}

function collectionCluster({ world, peer, params }: Call): Answer {
  const collection = requireCollection(world, params.collection ?? "");
  tickTransfers(world, collection);
  const shards = [...collection.shards.values()].toSorted((a, b) => a.id - b.id);
  const named = ({ id, key }: Shard): JsonObject =>
    key === null ? { shard_id: id } : { shard_id: id, shard_key: key };
  const local = shards.flatMap((shard) => {
    const replica = shard.replicas.get(peer.peerId);
    if (!replica) return [];
    return [{ ...named(shard), points_count: replica.points.size, state: replica.state }];
  });
  const remote = shards.flatMap((shard) =>
    [...shard.replicas.values()]
      .filter((replica) => replica.peerId !== peer.peerId)
      .map(({ peerId, state }) => ({ ...named(shard), peer_id: peerId, state })),
  );
  const transfers = world.transfers
    .filter((each) => each.collection === collection && each.stage === "running")
    .map(({ shardId, from, to, moves }) => ({
      shard_id: shardId,
      from,
      to,
      sync: !moves,
      method: "stream_records",
      ...(from === peer.peerId ? { comment: "Transferring records" } : {}),
    }));
  return ok({
    peer_id: peer.peerId,
    shard_count: shards.length,
    local_shards: local,
    remote_shards: remote,
    shard_transfers: transfers,
  });
}

/** One operation on the shards of a collection; the kinds that backups have to do with. */
async function change(call: Call): Promise<Answer> {
  const body = await jsonBody(call);
  const collection = requireCollection(call.world, collectionName(call));
  const [kind = "", ...more] = Object.keys(body);
  const operation = body[kind] as JsonObject;
  if (more.length > 0 || typeof operation !== "object" || operation === null) {
    refuse(400, "Format error in JSON body: data did not match any variant of ClusterOperations");
  }
  switch (kind) {
    case "move_shard":
    case "replicate_shard":
      transfer(call, collection, operation, kind === "move_shard");
      break;
    case "abort_transfer":
      abort(call, collection, operation);
      break;
    case "drop_replica":
      dropReplica(call, collection, operation);
      break;
    case "create_sharding_key":
      addShardKey(call.world, collection, shardKeyRequest(operation));
      break;
    case "drop_sharding_key":
      dropShardKey(call.world, collection, shardKeyOf(operation));
      break;
    default:
      refuse(400, `Format error in JSON body: unknown operation \`${kind}\``);
  }
  return ok(true);
}

function transfer({ world }: Call, collection: Collection, body: JsonObject, moves: boolean): void {
  const shard = requireShard(collection, body.shard_id as number);
  const from = body.from_peer_id as number;
  const to = body.to_peer_id as number;
  if (!world.peers.some((peer) => peer.peerId === to)) {
    refuse(400, `Bad request: Peer ${to} does not exist`);
  }
  if (!readable(world, shard, from).some((replica) => replica.peerId === from)) {
    refuse(400, `Bad request: Shard ${shard.id} is not active on peer ${from}`);
  }
  if (shard.replicas.has(to)) {
    refuse(400, `Bad request: Shard ${shard.id} is already on peer ${to}`);
  }
  const busy = world.transfers.find(
    (each) => each.collection === collection && each.shardId === shard.id,
  );
  if (busy) {
    const route = `${busy.from} -> ${busy.to}`;
    refuse(400, `Bad request: Shard ${shard.id} is already involved in transfer ${route}`);
  }
  scheduleTransfer(world, collection, shard, { from, to, moves });
}

function abort({ world }: Call, collection: Collection, body: JsonObject): void {
  const found = world.transfers.find(
    (each) =>
      each.collection === collection &&
      each.shardId === body.shard_id &&
      each.to === body.to_peer_id,
  );
  if (!found) refuse(404, "Not found: Shard transfer does not exist");
  removeTransfers(world, (each) => each === found);
  const shard = requireShard(collection, found.shardId);
  const replica = shard.replicas.get(found.to);
  if (replica && replica.state !== "Active") replica.state = "Dead";
}

function dropReplica({ world }: Call, collection: Collection, body: JsonObject): void {
  const shard = requireShard(collection, body.shard_id as number);
  const peerId = body.peer_id as number;
  if (!shard.replicas.has(peerId)) {
    refuse(400, `Bad request: Shard ${shard.id} has no replica on peer ${peerId}`);
  }
  if (!readable(world, shard, null).some((replica) => replica.peerId !== peerId)) {
    refuse(400, `Bad request: Shard ${shard.id} must have at least one active replica`);
  }
  shard.replicas.delete(peerId);
  world.commit += 1;
}

function listShardKeys({ world, params }: Call): Answer {
  const { shardKeys } = requireCollection(world, params.collection ?? "");
  return ok({ shard_keys: shardKeys.map((key) => ({ key })) });
}

async function createShardKey(call: Call): Promise<Answer> {
  const body = await jsonBody(call);
  distributedOnly(call);
  const collection = requireCollection(call.world, collectionName(call));
  addShardKey(call.world, collection, shardKeyRequest(body));
  return ok(true);
}

async function deleteShardKey(call: Call): Promise<Answer> {
  const body = await jsonBody(call);
  distributedOnly(call);
  const collection = requireCollection(call.world, collectionName(call));
  dropShardKey(call.world, collection, shardKeyOf(body));
  return ok(true);
}

function distributedOnly({ world }: Call): void {
  if (!world.distributed) refuse(405, "Distributed mode disabled");
}

function shardKeyOf({ shard_key: key }: JsonObject): ShardKey {
  if (typeof key === "string" || Number.isInteger(key)) return key as ShardKey;
  return refuse(400, "Format error in JSON body: missing field `shard_key`");
}

function shardKeyRequest(body: JsonObject): ShardKeyRequest {
  return {
    key: shardKeyOf(body),
    ...(body.shards_number ? { count: body.shards_number as number } : {}),
    ...(body.replication_factor ? { replicationFactor: body.replication_factor as number } : {}),
    ...(body.placement ? { placement: body.placement as number[] } : {}),
  };
}
