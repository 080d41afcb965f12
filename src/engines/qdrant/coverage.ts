import type { Placement } from "./api/placement.ts";

/** What one member would put into its part. */
export interface CoveringPeer {
  readonly peerId: string;
  /** Ids of its shards, sorted. */
  readonly shards: readonly number[];
}

/** Which members can make parts, and what no part would hold. */
export interface Coverage {
  /** Members all of whose replicas are whole, by peer id. */
  readonly peers: readonly CoveringPeer[];
  readonly missing: readonly MissingShard[];
}

/** A shard of which no member that can be asked has a whole replica to give. */
export interface MissingShard {
  readonly shardId: number;
  /** Each replica in words: `peer 7: Dead`. */
  readonly replicas: readonly string[];
  /** True when it may be whole again without anybody doing anything. */
  readonly passes: boolean;
}

interface Replica {
  readonly peerId: string;
  readonly shardId: number;
  readonly state: string;
}

/** States of replicas that are read from: their points are whole. */
const WHOLE = new Set(["Active", "ActiveRead", "ReshardingScaleDown"]);

/** States that do not end by themselves. */
const STUCK = new Set(["Dead", "Listener"]);

/**
 * Who can make the parts of a snapshot. A member that has one replica that is not whole is left
 * out: its file would hold that one too, and a restore could take it for good.
 */
export function coverageOf(placement: Placement, reachable: ReadonlySet<string>): Coverage {
  const replicas = replicasOf(placement);
  const byPeer = Map.groupBy(replicas, ({ peerId }) => peerId);
  const peers = [...byPeer]
    .filter(([peerId, own]) => reachable.has(peerId) && own.every(isWhole))
    .map(([peerId, own]) => ({ peerId, shards: sorted(own.map(({ shardId }) => shardId)) }))
    .toSorted((a, b) => (a.peerId < b.peerId ? -1 : 1));
  const covered = new Set(peers.flatMap(({ shards }) => shards));
  const byShard = Map.groupBy(replicas, ({ shardId }) => shardId);
  const missing = [...byShard]
    .filter(([shardId]) => !covered.has(shardId))
    .map(([shardId, own]) => missingShard(shardId, own, reachable))
    .toSorted((a, b) => a.shardId - b.shardId);
  return { peers, missing };
}

/** Each shard that is missing, in words. */
export function missingInWords(missing: readonly MissingShard[]): string {
  return missing
    .map(({ shardId, replicas }) => `shard ${shardId} (${replicas.join(", ")})`)
    .join("; ");
}

function replicasOf({ peerId, local, remote }: Placement): readonly Replica[] {
  return [...local.map(({ shardId, state }) => ({ peerId, shardId, state })), ...remote];
}

function missingShard(
  shardId: number,
  own: readonly Replica[],
  reachable: ReadonlySet<string>,
): MissingShard {
  const replicas = own.map((replica) => {
    const away = reachable.has(replica.peerId) ? "" : ", not reachable";
    return `peer ${replica.peerId}: ${replica.state}${away}`;
  });
  const passes = own.some(({ state }) => !STUCK.has(state));
  return { shardId, replicas: replicas.toSorted(), passes };
}

function isWhole({ state }: Replica): boolean {
  return WHOLE.has(state);
}

function sorted(ids: readonly number[]): readonly number[] {
  return [...new Set(ids)].toSorted((a, b) => a - b);
}
