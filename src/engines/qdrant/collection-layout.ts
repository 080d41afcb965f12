import { createHash } from "node:crypto";
import type { Json } from "../../snapshot/json.ts";
import type { CollectionLayout, SnapshotLayout } from "../../snapshot/layout.ts";
import type { Placement, ShardKey } from "./api/placement.ts";
import type { LiveNode } from "./cluster.ts";
import type { CoveringPeer } from "./coverage.ts";

/** How a collection is spread, from its configuration and one node's view of its shards. */
export function collectionLayout(config: Json, placement: Placement): CollectionLayout {
  const params = memberOf(config, "params");
  const factor = memberOf(params, "replication_factor");
  const isCustom = memberOf(params, "sharding_method") === "custom";
  return Object.freeze({
    shardCount: placement.shardCount,
    sharding: isCustom ? "custom" : "auto",
    shardKeys: isCustom ? shardKeysOf(placement) : [],
    replicationFactor: typeof factor === "number" ? factor : 1,
    schemaHash: schemaHash(config),
  });
}

/** How a snapshot would be spread whose parts these members make. */
export function layoutOfParts(
  layout: CollectionLayout,
  peers: readonly CoveringPeer[],
  live: readonly LiveNode[],
): SnapshotLayout {
  const makers = peers.flatMap(({ peerId, shards }) => {
    const maker = live.find((each) => each.peerId === peerId);
    return maker ? [{ name: maker.node.name, shards, version: maker.version }] : [];
  });
  return Object.freeze({
    ...layout,
    versions: [...new Set(makers.map(({ version }) => version))].toSorted(),
    parts: makers.map(({ name, shards }) => ({ name, shards })),
  });
}

/**
 * A hash of what Qdrant compares before it restores over a collection: the configuration of the
 * vectors. Members that are null are as good as left out, and their order means nothing.
 */
export function schemaHash(config: Json): string {
  const vectors = memberOf(memberOf(config, "params"), "vectors") ?? {};
  return createHash("sha256")
    .update(JSON.stringify(canonical(vectors)))
    .digest("hex");
}

/** A member of a JSON object; null where there is none. */
export function memberOf(value: Json, key: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return (value as { readonly [key: string]: Json })[key] ?? null;
}

/** Shard ids are given in the order in which keys are made, so the ids tell that order. */
function shardKeysOf({ local, remote }: Placement): readonly ShardKey[] {
  const shards = [...local, ...remote].toSorted((a, b) => a.shardId - b.shardId);
  return [...new Set(shards.map(({ shardKey }) => shardKey).filter((key) => key !== null))];
}

function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map((each) => canonical(each as Json));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value as { readonly [key: string]: Json })
    .filter(([, member]) => member !== null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => [key, canonical(member)] as const);
  return Object.fromEntries(members);
}
