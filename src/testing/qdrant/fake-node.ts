import { randomInt } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SnapformError } from "../../errors/index.ts";
import type { FakeQdrantKeys } from "./access.ts";
import { removeTransfers } from "./collections.ts";
import type { Faults } from "./faults.ts";
import type { OpenRecord, RecordedRequest } from "./requests.ts";
import { NodeServer } from "./server.ts";
import { SnapshotStore } from "./snapshot-store.ts";
import { readable } from "./transfers.ts";
import { isAtLeast, type Peer, type Replica, type Shard, type World } from "./world.ts";

interface FakeNodeOptions {
  readonly index: number;
  readonly version: string;
  /** Chosen by chance if left out. */
  readonly peerId: string | undefined;
  readonly directory: string;
  readonly keys: FakeQdrantKeys;
  readonly faults: Faults;
  readonly requests: OpenRecord[];
  readonly background: Set<Promise<unknown>>;
}

/** One server of a fake cluster, with its disk. */
export class FakeNode {
  /** @internal */
  readonly peer: Peer;
  readonly #world: World;
  readonly #server: NodeServer;
  readonly #requests: readonly RecordedRequest[];

  constructor(world: World, options: FakeNodeOptions) {
    this.#world = world;
    this.#requests = options.requests;
    this.peer = newPeer(world, options);
    this.#server = new NodeServer({
      ...options,
      world,
      peer: this.peer,
      die: () => this.stop(),
    });
  }

  get peerId(): string {
    return String(this.peer.peerId);
  }

  get url(): string {
    return this.peer.url;
  }

  get version(): string {
    return this.peer.version;
  }

  get isRunning(): boolean {
    return this.peer.isRunning;
  }

  /** What this server wrote to its log: errors, also those of work that nobody waited for. */
  get log(): readonly string[] {
    return this.peer.log;
  }

  /** The requests that came to this node. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests.filter((request) => request.node === this.peer.index);
  }

  /** Where its snapshots lie on disk. */
  get snapshotFolder(): string {
    return this.peer.store.root;
  }

  /** Listens; after a stop on the same port. A shard whose files cannot be read is a panic. */
  async start(): Promise<void> {
    const { peer } = this;
    if (peer.isRunning) return;
    if (this.#replicas().some(([, replica]) => replica.malformed)) {
      throw new SnapformError("failed-precondition", "the server panicked: a shard is malformed");
    }
    if (isAtLeast(peer.version, "1.18.0")) {
      await rm(join(peer.folder, "tmp"), { recursive: true, force: true });
    }
    peer.url = await this.#server.listen();
    peer.isRunning = true;
    for (const [shard, replica] of this.#replicas()) {
      if (replica.state === "Active" || replica.stuck) continue;
      // Where another replica serves, this one asks it for its data; else it stays as it was.
      if (readable(this.#world, shard, null).length > 0) replica.state = "Dead";
    }
  }

  /** The process dies: connections are refused, work that was under way is lost. */
  async stop(): Promise<void> {
    this.peer.life += 1;
    this.peer.isRunning = false;
    await this.#server.close();
  }

  /** Starts the same node with another version, as an upgrade does. */
  async upgrade(version: string): Promise<void> {
    await this.stop();
    this.peer.version = version;
    await this.start();
  }

  /** An empty node takes its place, at the same address and under another peer id. */
  async replace(): Promise<void> {
    await this.stop();
    for (const [shard] of this.#replicas()) shard.replicas.delete(this.peer.peerId);
    removeTransfers(this.#world, ({ to }) => to === this.peer.peerId);
    await this.#wipe();
    this.peer.peerId = newPeerId();
    this.#world.commit += 1;
    await this.start();
  }

  /** The disk is lost and the node comes up empty: its replicas are there, without a point. */
  async loseDisk(): Promise<void> {
    await this.stop();
    await this.#wipe();
    for (const [, replica] of this.#replicas()) {
      replica.points = new Map();
      replica.malformed = false;
    }
    await this.start();
  }

  /** Every file on its disk, relative to it: snapshots, side files, orphans, leftovers. */
  async files(): Promise<readonly string[]> {
    const { folder } = this.peer;
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
      .toSorted();
  }

  /** Puts a file among the snapshots of a collection by hand. Returns its path on disk. */
  async putFile(collection: string, name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.peer.store.root, collection, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return path;
  }

  async #wipe(): Promise<void> {
    await rm(this.peer.folder, { recursive: true, force: true });
  }

  #replicas(): (readonly [Shard, Replica])[] {
    return [...this.#world.collections.values()].flatMap((collection) =>
      [...collection.shards.values()].flatMap((shard) => {
        const replica = shard.replicas.get(this.peer.peerId);
        return replica ? [[shard, replica] as const] : [];
      }),
    );
  }
}

function newPeer(world: World, { index, version, directory, peerId }: FakeNodeOptions): Peer {
  const folder = join(directory, `node-${index}`);
  const uploads = new SnapshotStore(join(folder, "snapshots"), false, world.clock);
  const store =
    world.storage === "s3"
      ? (world.peers[0]?.store ?? new SnapshotStore(join(directory, "bucket"), true, world.clock))
      : uploads;
  return {
    index,
    peerId: peerId === undefined ? newPeerId() : Number(peerId),
    version,
    url: "",
    folder,
    store,
    uploads,
    log: [],
    isRunning: false,
    life: 0,
    creating: new Map(),
    recovering: new Map(),
    created: new Map(),
  };
}

/** Whole numbers below 2^53, never alike in two clusters whatever their clocks draw. */
function newPeerId(): number {
  return randomInt(1, 2 ** 47) + 2 ** 50;
}
