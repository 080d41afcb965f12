/** One server of a cluster that keeps its data on several. */
export interface ObservedNode {
  /** How it is called everywhere: unique in its cluster, e.g. host and port. */
  readonly name: string;
  /** The id by which the cluster knows it; null when it could not be asked. */
  readonly id: string | null;
  readonly version: string | null;
  readonly isReachable: boolean;
}

/** How a collection is spread over the nodes of its cluster. */
export interface CollectionLayout {
  /** Number of distinct shards. */
  readonly shardCount: number;
  /** `custom`: the user names a shard key for each point. */
  readonly sharding: "auto" | "custom";
  /** With `custom`: the keys in the order in which they were made; else empty. */
  readonly shardKeys: readonly (string | number)[];
  readonly replicationFactor: number;
  /** Equal for collections of which one can be restored over the other, beside `shardCount`. */
  readonly schemaHash: string;
}

/** What one part of a snapshot holds. */
export interface PartLayout {
  /** The part's name, which is its node's. */
  readonly name: string;
  /** The ids of the shards whose points are in it. */
  readonly shards: readonly number[];
}

/** How the collection of a snapshot was spread when it was taken. */
export interface SnapshotLayout extends CollectionLayout {
  /** The versions of the servers that made the parts, each once. */
  readonly versions: readonly string[];
  readonly parts: readonly PartLayout[];
}

/** Which part of a snapshot is given to which node of the target, in this order. */
export interface RouteStep {
  readonly part: string;
  readonly node: string;
}

/** True when the parts together hold every shard of the collection. */
export function coversAll(
  layout: Pick<SnapshotLayout, "shardCount">,
  parts: readonly PartLayout[],
): boolean {
  return new Set(parts.flatMap(({ shards }) => shards)).size >= layout.shardCount;
}

/**
 * The fewest parts that hold every shard, in their own order: most new shards first, then by name.
 * All of them when even together they do not.
 */
export function coveringParts(layout: SnapshotLayout): readonly PartLayout[] {
  const { parts } = layout;
  if (!coversAll(layout, parts)) return parts;
  const left = [...parts].sort((a, b) => (a.name < b.name ? -1 : 1));
  const covered = new Set<number>();
  const chosen = new Set<PartLayout>();
  const news = ({ shards }: PartLayout): number =>
    new Set(shards.filter((shard) => !covered.has(shard))).size;
  while (covered.size < layout.shardCount) {
    const best = left.reduce((a, b) => (news(b) > news(a) ? b : a));
    chosen.add(best);
    for (const shard of best.shards) covered.add(shard);
  }
  return parts.filter((part) => chosen.has(part));
}
