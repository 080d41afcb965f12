// A fake Qdrant cluster that speaks the real REST protocol, for tests of whatever backs it up. May
// know Node, the clock and the errors; nothing of snapform's own Qdrant engine, so that neither can
// be made to fit the other. Invariant: what a real server refuses is refused here, and every wire
// fact has a test; snapshots are real files, and nothing that is large is held in memory.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import { systemClock } from "../../clock/system-clock.ts";
import { SnapformError } from "../../errors/index.ts";
import type { FakeQdrantKeys } from "./access.ts";
import { FakeNode } from "./fake-node.ts";
import { Faults, type FaultHandle, type FaultRule } from "./faults.ts";
import { byId } from "./points.ts";
import { findCollection } from "./collections.ts";
import type { OpenRecord, RecordedRequest } from "./requests.ts";
import { settleTransfers } from "./transfers.ts";
import type { CollectionStatus, FakePoint, ReplicaState, World } from "./world.ts";

export interface FakeQdrantOptions {
  /** Number of nodes (default 3). */
  readonly nodes?: number;
  /** False: a standalone server, which has one node. Default: with more than one node. */
  readonly distributed?: boolean;
  /** Of each node, whole numbers below 2^53. Default: by chance. */
  readonly peerIds?: readonly string[];
  /** Of all nodes, or of each (default 1.18.0). */
  readonly version?: string | readonly string[];
  /** Where snapshots lie: on each node's disk (default), or in an object store of all nodes. */
  readonly storage?: "local" | "s3";
  /** Dates snapshots and answers; delays wait by it. Default: the machine's. */
  readonly clock?: Clock;
  readonly keys?: FakeQdrantKeys;
  /** Do the servers fetch snapshots from http(s) URLs (default true)? */
  readonly urlRecovery?: boolean;
  /** Does recovery into a new collection with custom sharding lose all points (default true)? */
  readonly customShardingLosesPoints?: boolean;
  /** Where the nodes' disks lie. Default: a new temporary folder that `close` removes. */
  readonly directory?: string;
  /** How often a collection's cluster page is looked at until a transfer is done (default 2). */
  readonly transferPolls?: number;
  /** A transfer is done after that long, too, by the clock (default: never). */
  readonly transferMs?: number;
}

/** A running cluster in the hand of a test. */
export interface FakeQdrant {
  /** `http://127.0.0.1:PORT` of each node. */
  readonly urls: readonly string[];
  readonly nodes: readonly FakeNode[];
  /** All requests so far, in the order in which they began. */
  readonly requests: readonly RecordedRequest[];
  /** Lets something go wrong; nothing does until then. */
  fault(rule: FaultRule): FaultHandle;
  /** What active replicas hold, in the order of ids; null if there is no such collection. */
  points(collection: string): readonly FakePoint[] | null;
  /** Every snapshot is at least that large from now on; null ends it. */
  padSnapshots(bytes: number | null, content?: "zeros" | "random"): void;
  setStatus(collection: string, status: CollectionStatus): void;
  /** Puts the replica that a node has of a shard into a state, in which no transfer repairs it. */
  setReplicaState(collection: string, shardId: number, node: number, state: ReplicaState): void;
  /** Ends all transfers, and repairs every replica that can be repaired. */
  settle(): void;
  /** Waits for work that goes on without a client. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a cluster on ports of its own, on this machine only. */
export async function startFakeQdrant(options: FakeQdrantOptions = {}): Promise<FakeQdrant> {
  const count = options.nodes ?? 3;
  const distributed = options.distributed ?? count > 1;
  if (!Number.isInteger(count) || count < 1 || (!distributed && count > 1)) {
    throw new SnapformError("invalid-argument", `a standalone server has 1 node, not ${count}`);
  }
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "fake-qdrant-")));
  const peers: World["peers"][number][] = [];
  const world: World = {
    clock: options.clock ?? systemClock,
    distributed,
    peers,
    collections: new Map(),
    aliases: new Map(),
    transfers: [],
    transferPolls: options.transferPolls ?? 2,
    transferMs: options.transferMs ?? Infinity,
    storage: options.storage ?? "local",
    urlRecovery: options.urlRecovery ?? true,
    losesCustomShards: options.customShardingLosesPoints ?? true,
    padding: null,
    commit: 1,
  };
  const requests: OpenRecord[] = [];
  const background = new Set<Promise<unknown>>();
  const shared = { faults: new Faults(), requests, background, keys: options.keys ?? {} };
  const nodes = Array.from({ length: count }, (_, index) => {
    const version = options.version ?? "1.18.0";
    const own = typeof version === "string" ? version : (version[index] ?? "1.18.0");
    const node = new FakeNode(world, {
      ...shared,
      index,
      directory,
      version: own,
      peerId: options.peerIds?.[index],
    });
    peers.push(node.peer);
    return node;
  });
  await Promise.all(nodes.map((node) => node.start()));
  return new RunningQdrant(
    world,
    nodes,
    shared,
    options.directory === undefined ? directory : null,
  );
}

interface Shared {
  readonly faults: Faults;
  readonly requests: readonly RecordedRequest[];
  readonly background: ReadonlySet<Promise<unknown>>;
}

class RunningQdrant implements FakeQdrant {
  readonly nodes: readonly FakeNode[];
  readonly requests: readonly RecordedRequest[];
  readonly #world: World;
  readonly #shared: Shared;
  readonly #ownFolder: string | null;

  constructor(world: World, nodes: readonly FakeNode[], shared: Shared, ownFolder: string | null) {
    this.#world = world;
    this.nodes = nodes;
    this.requests = shared.requests;
    this.#shared = shared;
    this.#ownFolder = ownFolder;
  }

  get urls(): readonly string[] {
    return this.nodes.map((node) => node.url);
  }

  fault(rule: FaultRule): FaultHandle {
    return this.#shared.faults.add(rule);
  }

  points(name: string): readonly FakePoint[] | null {
    const collection = findCollection(this.#world, name);
    if (!collection) return null;
    const replicas = [...collection.shards.values()].map((shard) =>
      [...shard.replicas.values()].find((replica) => replica.state === "Active"),
    );
    return replicas.flatMap((replica) => [...(replica?.points.values() ?? [])]).toSorted(byId);
  }

  padSnapshots(bytes: number | null, content: "zeros" | "random" = "zeros"): void {
    this.#world.padding = bytes === null ? null : { bytes, content };
  }

  setStatus(name: string, status: CollectionStatus): void {
    const collection = findCollection(this.#world, name);
    if (!collection) throw new SnapformError("not-found", `there is no collection ${name}`);
    collection.status = status;
  }

  setReplicaState(name: string, shardId: number, node: number, state: ReplicaState): void {
    const peerId = this.nodes[node]?.peer.peerId ?? 0;
    const shard = findCollection(this.#world, name)?.shards.get(shardId);
    const replica = shard?.replicas.get(peerId);
    if (!replica) {
      throw new SnapformError("not-found", `node ${node} has no shard ${shardId} of ${name}`);
    }
    replica.state = state;
    replica.stuck = state !== "Active";
  }

  settle(): void {
    settleTransfers(this.#world);
  }

  async idle(): Promise<void> {
    while (this.#shared.background.size > 0) await Promise.allSettled(this.#shared.background);
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    if (this.#ownFolder !== null) await rm(this.#ownFolder, { recursive: true, force: true });
  }
}
