import { removeTransfers } from "./collections.ts";
import {
  newReplica,
  type Collection,
  type Replica,
  type ReplicaState,
  type Shard,
  type Transfer,
  type World,
} from "./world.ts";

/** States from which a replica serves reads. */
const READABLE: readonly ReplicaState[] = ["Active", "ActiveRead", "ReshardingScaleDown"];

/** Readable replicas on peers that run, in the order of the peers; `first` leads if it is one. */
export function readable(world: World, shard: Shard, first: number | null): readonly Replica[] {
  const found = world.peers
    .filter((peer) => peer.isRunning)
    .map((peer) => shard.replicas.get(peer.peerId))
    .filter((replica) => replica !== undefined)
    .filter((replica) => READABLE.includes(replica.state));
  return found.toSorted((a, b) => Number(b.peerId === first) - Number(a.peerId === first));
}

/** Orders that `to` is filled from a readable replica: it will be listed soon, and done later. */
export function scheduleTransfer(
  world: World,
  collection: Collection,
  shard: Shard,
  route: { readonly from: number; readonly to: number; readonly moves?: boolean },
): void {
  const { from, to, moves = false } = route;
  const isKnown = world.transfers.some(
    (each) => each.collection === collection && each.shardId === shard.id && each.to === to,
  );
  if (isKnown) return;
  world.transfers.push({
    collection,
    shardId: shard.id,
    from,
    to,
    moves,
    stage: "pending",
    remainingPolls: world.transferPolls,
    startedAtMs: world.clock.monotonicMs(),
  });
}

/** The transfer of a shard that is under way, if there is one. */
export function runningTransfer(
  world: World,
  collection: Collection,
  shard: Shard,
): Transfer | undefined {
  return world.transfers.find(
    (each) =>
      each.collection === collection && each.shardId === shard.id && each.stage === "running",
  );
}

/** One look at a collection: dead replicas ask for transfers, and transfers come a step further. */
export function tickTransfers(world: World, collection: Collection): void {
  for (const shard of collection.shards.values()) {
    for (const replica of shard.replicas.values()) orderRepair(world, collection, shard, replica);
  }
  for (const transfer of world.transfers.filter((each) => each.collection === collection)) {
    advance(world, transfer);
  }
}

/** Ends every transfer now, and repairs whatever can be repaired. */
export function settleTransfers(world: World): void {
  for (const collection of world.collections.values()) {
    for (const shard of collection.shards.values()) {
      for (const replica of shard.replicas.values()) orderRepair(world, collection, shard, replica);
    }
  }
  for (const transfer of world.transfers.slice()) {
    advance(world, transfer);
    transfer.remainingPolls = 0;
    advance(world, transfer);
  }
}

function orderRepair(world: World, collection: Collection, shard: Shard, replica: Replica): void {
  if (replica.state !== "Dead" || replica.stuck || !runs(world, replica.peerId)) return;
  const [source] = readable(world, shard, null);
  if (!source) return;
  scheduleTransfer(world, collection, shard, { from: source.peerId, to: replica.peerId });
}

function advance(world: World, transfer: Transfer): void {
  const shard = transfer.collection.shards.get(transfer.shardId);
  const [source] = shard ? readable(world, shard, transfer.from) : [];
  if (!shard || !source || !runs(world, transfer.to) || source.peerId === transfer.to) return;
  transfer.from = source.peerId;
  const target = shard.replicas.get(transfer.to) ?? newReplica(transfer.to, "Partial");
  if (transfer.stage === "pending") {
    target.state = "Partial";
    shard.replicas.set(transfer.to, target);
    transfer.stage = "running";
    return;
  }
  transfer.remainingPolls -= 1;
  const elapsedMs = world.clock.monotonicMs() - transfer.startedAtMs;
  if (transfer.remainingPolls > 0 && elapsedMs < world.transferMs) return;
  target.points = new Map(source.points);
  target.state = "Active";
  target.malformed = false;
  if (transfer.moves) shard.replicas.delete(source.peerId);
  removeTransfers(world, (each) => each === transfer);
  world.commit += 1;
}

function runs(world: World, peerId: number): boolean {
  return world.peers.some((peer) => peer.peerId === peerId && peer.isRunning);
}
