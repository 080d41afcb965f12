import type { RestoreProcedure } from "../snapshot/capabilities.ts";
import type { ObservedCluster, ObservedCollection } from "../snapshot/inventory.ts";
import {
  coversAll,
  coveringParts,
  type ObservedNode,
  type PartLayout,
  type RouteStep,
  type SnapshotLayout,
} from "../snapshot/layout.ts";

/** What a restore onto nodes starts from. */
export interface RouteRequest {
  /** How the snapshot is spread; null where nobody recorded it. */
  readonly source: SnapshotLayout | null;
  readonly snapshotId: string;
  readonly target: ObservedCluster;
  /** The collection that is restored over; null when there is none. */
  readonly live: ObservedCollection | null;
  readonly collection: string;
  readonly procedure: RestoreProcedure;
}

/** Which part goes where, and what a reviewer should know about it. */
export interface Route {
  readonly steps: readonly RouteStep[];
  readonly notes: readonly string[];
}

interface Fault {
  readonly code: string;
  readonly message: string;
}

const NO_ROUTE: Route = Object.freeze({ steps: Object.freeze([]), notes: Object.freeze([]) });

/** How many names a message shows. */
const SHOWN_COUNT = 10;

/**
 * How the parts of a snapshot reach the nodes of the target, or why they cannot. The rules are
 * those of a database that restores file by file and never changes the number of shards (Qdrant);
 * an engine without nodes has no route.
 */
export function planRoute(request: RouteRequest): Route | Fault {
  const { source, target, procedure } = request;
  if (target.nodes.length === 0) return NO_ROUTE;
  if (source === null) {
    const message =
      `nobody recorded which shards are in which part of snapshot ${request.snapshotId}, so it ` +
      "cannot be told which node takes what";
    return fault(message);
  }
  const refused =
    versionFault(source, target) ??
    (procedure === "new" ? newFault(request, source) : liveFault(request, source));
  if (refused) return refused;
  const parts = coveringParts(source);
  if (!coversAll(source, parts)) {
    return fault(
      `the parts of snapshot ${request.snapshotId} do not hold every one of its ` +
        `${counted(source.shardCount, "shard")}, so that points would be lost`,
    );
  }
  if (target.topology === "standalone" && parts.length > 1) {
    return fault(
      `the shards of snapshot ${request.snapshotId} are spread over ${parts.length} parts ` +
        `(${parts.map(({ name }) => name).join(", ")}), and a standalone server takes a snapshot ` +
        "only whole; restore it into a cluster, or copy the points with a migration tool",
    );
  }
  const steps = assign(parts, target.nodes);
  const notes = [
    spreadNote(steps, target.nodes, source),
    ...spareNotes(source, parts),
    ...replicaNotes(source, target),
    ...(procedure === "replace" ? overwriteNotes(request.collection) : []),
  ];
  return { steps, notes };
}

function fault(message: string): Fault {
  return { code: "failed-precondition", message };
}

/** A snapshot fits servers of the minor version that made it, and of the next one. */
function versionFault(source: SnapshotLayout, target: ObservedCluster): Fault | null {
  for (const made of source.versions) {
    for (const { name, version } of target.nodes) {
      const from = minorOf(made);
      const to = version === null ? null : minorOf(version);
      if (from === null || to === null) continue;
      if (to === from || to === from + 1) continue;
      const way =
        to < from
          ? "a snapshot never fits an older server; upgrade the target"
          : "upgrade step by step: restore into a server of that version, or the next one, first";
      return fault(`the snapshot was made by version ${made}, and ${name} runs ${version}; ${way}`);
    }
  }
  return null;
}

/** Major and minor as one number that counts minors; null when it is no such version. */
function minorOf(version: string): number | null {
  const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version) ?? [];
  if (major === undefined || minor === undefined) return null;
  // No major has as many minors, so the next major is never the next minor.
  return Number(major) * 100_000 + Number(minor);
}

function newFault({ collection }: RouteRequest, source: SnapshotLayout): Fault | null {
  if (source.sharding !== "custom") return null;
  const keys = source.shardKeys.slice(0, SHOWN_COUNT).map((key) => JSON.stringify(key));
  const more = source.shardKeys.length - keys.length;
  const order = keys.join(", ") + (more > 0 ? ` and ${more} more` : "");
  return fault(
    "the snapshot has custom shard keys, and a collection that the server makes from it has " +
      `none, so that points would be lost; make collection ${collection} with the same ` +
      `parameters first, then its shard keys in this order: ${order || "(not recorded)"}; ` +
      "then restore with `ifExists: replace`",
  );
}

function liveFault({ live, collection }: RouteRequest, source: SnapshotLayout): Fault | null {
  const layout = live?.layout ?? null;
  if (layout === null) {
    return fault(`how collection ${collection} is spread over its nodes could not be seen`);
  }
  if (layout.shardCount !== source.shardCount) {
    return fault(
      `the snapshot has ${counted(source.shardCount, "shard")} and collection ${collection} has ` +
        `${layout.shardCount}; the number cannot be changed by a restore: restore under another ` +
        "name, or copy the points with a migration tool",
    );
  }
  if (layout.schemaHash !== source.schemaHash) {
    return fault(
      `the vectors of the snapshot and of collection ${collection} are configured differently; ` +
        "restore under another name",
    );
  }
  if (layout.sharding !== source.sharding || !isSame(layout.shardKeys, source.shardKeys)) {
    return fault(
      `the shard keys of the snapshot and of collection ${collection} differ in names or order`,
    );
  }
  return null;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}

/** Each part to the node of its name, where there is one; the others in turn to the emptiest. */
function assign(parts: readonly PartLayout[], nodes: readonly ObservedNode[]): RouteStep[] {
  const load = new Map(nodes.map(({ name }) => [name, 0]));
  const take = (part: string, node: string): RouteStep => {
    load.set(node, (load.get(node) ?? 0) + 1);
    return { part, node };
  };
  const named = new Map<PartLayout, RouteStep>();
  for (const part of parts) if (load.has(part.name)) named.set(part, take(part.name, part.name));
  return parts.map((part) => {
    const step = named.get(part);
    if (step) return step;
    const least = Math.min(...load.values());
    const node = nodes.find(({ name }) => load.get(name) === least);
    return take(part.name, node?.name ?? part.name);
  });
}

function spreadNote(
  steps: readonly RouteStep[],
  nodes: readonly ObservedNode[],
  source: SnapshotLayout,
): string {
  const takers = new Set(steps.map(({ node }) => node));
  const what = `${counted(steps.length, "part")} with ${counted(source.shardCount, "shard")}`;
  const go = steps.length === 1 ? "goes" : "go";
  if (nodes.length === 1) return `${what} ${go} to the only node.`;
  if (takers.size < steps.length) {
    const takes = counted(takers.size, "node");
    return `${what} ${go} to ${takes}, one after another; some take several.`;
  }
  if (takers.size < nodes.length) {
    return (
      `${what} ${go} to ${takers.size} of ${nodes.length} nodes, one after another; spread the ` +
      "shards over the others afterwards, by moving or replicating them."
    );
  }
  return `${what} ${go} to ${takers.size} nodes, one each, one after another.`;
}

function spareNotes(source: SnapshotLayout, parts: readonly PartLayout[]): string[] {
  const spare = source.parts.filter((part) => !parts.includes(part)).map(({ name }) => name);
  if (spare.length === 0) return [];
  return [`Not needed, since other parts hold the same shards: ${spare.join(", ")}.`];
}

function replicaNotes(source: SnapshotLayout, target: ObservedCluster): string[] {
  const { replicationFactor } = source;
  if (replicationFactor <= 1 || target.nodes.length === 1) return [];
  const count = target.nodes.length;
  const wanted = `The replication factor is ${replicationFactor}`;
  if (count < replicationFactor) return [`${wanted}, and there are only ${count} nodes.`];
  return [`${wanted}: the server fills the other replicas from the restored ones.`];
}

function overwriteNotes(collection: string): string[] {
  return [
    `The snapshot is first restored beside ${collection} and checked there, so it needs about ` +
      "twice its size of free disk.",
    `Then ${collection} is overwritten node by node; until the last one is done, readers see ` +
      "old and new points side by side.",
  ];
}
