import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openQdrantDriver, type QdrantOptions } from "../../../../../src/engines/qdrant/driver.ts";
import { collectionLayout } from "../../../../../src/engines/qdrant/collection-layout.ts";
import { readDetails, writeDetails } from "../../../../../src/engines/qdrant/details.ts";
import type { QdrantDetails } from "../../../../../src/engines/qdrant/details.ts";
import { formatKey, parseSnapshotFile } from "../../../../../src/engines/qdrant/snapshot-key.ts";
import { layoutOfDetails } from "../../../../../src/engines/qdrant/details.ts";
import type {
  EngineContext,
  EngineDriver,
  NativeSnapshot,
  Progress,
  RestoreRequest,
  SnapshotReader,
} from "../../../../../src/engine/driver.ts";
import { isSnapformError, type SnapformError } from "../../../../../src/errors/index.ts";
import type { Json } from "../../../../../src/snapshot/json.ts";
import { coveringParts, type RouteStep } from "../../../../../src/snapshot/layout.ts";
import type { Manifest } from "../../../../../src/snapshot/manifest.ts";
import {
  FakeClock,
  startFakeQdrant,
  type FakeQdrant,
  type FakeQdrantOptions,
} from "../../../../../src/testing/index.ts";

export interface Point {
  readonly id: number;
  readonly vector: readonly number[];
  readonly payload: { readonly text: string };
}

/** `count` points, the first with the id `from`. */
export function pointsFrom(from: number, count: number): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const id = from + index;
    return { id, vector: [id, 1, id % 5, 0.5], payload: { text: `text ${id}` } };
  });
}

/** A fake cluster and a client of it, with a clock whose sleeps pass at once. */
export interface Cluster extends AsyncDisposable {
  readonly fake: FakeQdrant;
  readonly clock: FakeClock;
  readonly driver: EngineDriver;
  /** What the engine calls the nodes, in their order. */
  readonly names: readonly string[];
  /** Another process on the same cluster. */
  open(options?: Partial<QdrantOptions>): EngineDriver;
  /** A call of the protocol, as a user would make it; fails on anything but 2xx. */
  rest(method: string, path: string, body?: unknown, node?: number): Promise<unknown>;
  create(name: string, points: readonly Point[], config?: object): Promise<void>;
  /** All points, in the order of their ids, through the protocol; null without the collection. */
  read(name: string): Promise<readonly Point[] | null>;
  aliases(): Promise<Readonly<Record<string, string>>>;
  /** Files of ours on the nodes' disks. */
  leftovers(): Promise<readonly string[]>;
}

/** What a cluster is started with. */
export interface ClusterOptions extends FakeQdrantOptions {
  /** What the engine sends; by default the full key. */
  readonly apiKey?: string;
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { apiKey, ...fakeOptions } = options;
  const clock = new FakeClock({ at: "2026-11-21T02:00:00Z", skipsSleep: true, seed: seed() });
  const fake = await startFakeQdrant({ clock, ...fakeOptions });
  const key = fakeOptions.keys?.apiKey ?? null;
  return new RunningCluster(fake, clock, apiKey ?? key, key);
}

let nextSeed = 1;

/** Peer ids come from the clock's chance: those of two clusters must differ. */
function seed(): number {
  nextSeed += 1;
  return nextSeed;
}

class RunningCluster implements Cluster {
  readonly fake: FakeQdrant;
  readonly clock: FakeClock;
  readonly driver: EngineDriver;
  readonly names: readonly string[];
  readonly #opened: EngineDriver[] = [];
  readonly #key: string | null;
  readonly #ownKey: string | null;

  constructor(fake: FakeQdrant, clock: FakeClock, ownKey: string | null, key: string | null) {
    this.fake = fake;
    this.clock = clock;
    this.#key = key;
    this.#ownKey = ownKey;
    this.names = fake.urls.map((url) => new URL(url).host);
    this.driver = this.open();
  }

  open(options: Partial<QdrantOptions> = {}): EngineDriver {
    const driver = openQdrantDriver({
      cluster: "prod",
      nodes: this.fake.urls.map((url) => ({ url, apiKey: null })),
      apiKey: this.#ownKey,
      token: null,
      ca: null,
      timeoutMs: null,
      concurrency: null,
      clock: this.clock,
      ...options,
    });
    this.#opened.push(driver);
    return driver;
  }

  async rest(method: string, path: string, body?: unknown, node = 0): Promise<unknown> {
    const response = await fetch(`${this.fake.urls[node]}${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(this.#key === null ? {} : { "api-key": this.#key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return (JSON.parse(text) as { readonly result: unknown }).result;
  }

  async create(name: string, points: readonly Point[], config: object = {}): Promise<void> {
    const vectors = { size: 4, distance: "Dot" };
    await this.rest("PUT", `/collections/${name}`, { vectors, shard_number: 3, ...config });
    if (points.length === 0) return;
    await this.rest("PUT", `/collections/${name}/points?wait=true`, { points });
  }

  async read(name: string): Promise<readonly Point[] | null> {
    const { exists } = (await this.rest("GET", `/collections/${name}/exists`)) as {
      readonly exists: boolean;
    };
    if (!exists) return null;
    const body = { limit: 10_000, with_vector: true, with_payload: true };
    const { points } = (await this.rest("POST", `/collections/${name}/points/scroll`, body)) as {
      readonly points: readonly Point[];
    };
    return points
      .map(({ id, vector, payload }) => ({ id, vector, payload }))
      .toSorted((a, b) => a.id - b.id);
  }

  async aliases(): Promise<Readonly<Record<string, string>>> {
    const { aliases } = (await this.rest("GET", "/aliases")) as {
      readonly aliases: readonly { alias_name: string; collection_name: string }[];
    };
    return Object.fromEntries(
      aliases.map(({ alias_name: alias, collection_name: target }) => [alias, target]),
    );
  }

  async leftovers(): Promise<readonly string[]> {
    const files = await Promise.all(this.fake.nodes.map((node) => node.files()));
    const { collections } = (await this.rest("GET", "/collections")) as {
      readonly collections: readonly { readonly name: string }[];
    };
    return [
      ...files.flat().filter((file) => /snapform-|__snapform_/.test(file)),
      ...collections.map(({ name }) => name).filter((name) => name.includes("__snapform_")),
      ...Object.keys(await this.aliases()).filter((alias) => alias.startsWith("snapform-")),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#opened.map((driver) => driver.close()));
    await this.fake.close();
  }
}

/** Takes a snapshot on every node with shards, as the engine would, and says where it lies. */
export async function take(cluster: Cluster, collection: string): Promise<NativeSnapshot> {
  const { fake, clock, names } = cluster;
  await clock.advance(2000);
  const path = `/collections/${collection}`;
  const shown = (await cluster.rest("GET", path)) as Shown;
  const { aliases } = (await cluster.rest("GET", `${path}/aliases`)) as {
    readonly aliases: readonly { readonly alias_name: string }[];
  };
  const { count } = (await cluster.rest("POST", `${path}/points/count`, { exact: true })) as {
    readonly count: number;
  };
  const parts: QdrantDetails["parts"][number][] = [];
  let layout: QdrantDetails["layout"] = null;
  for (const [index, node] of fake.nodes.entries()) {
    const seen = (await cluster.rest("GET", `${path}/cluster`, undefined, index)) as Seen;
    const shards = seen.local_shards.map(({ shard_id: id }) => id);
    const named = [...seen.local_shards, ...seen.remote_shards].map((shard) => ({
      shardId: shard.shard_id,
      shardKey: shard.shard_key ?? null,
      peerId: "0",
      state: "Active",
    }));
    layout = collectionLayout(shown.config, {
      peerId: node.peerId,
      shardCount: seen.shard_count,
      local: named,
      remote: [],
      transfers: [],
      isResharding: false,
    });
    if (shards.length === 0) continue;
    const made = (await cluster.rest("POST", `${path}/snapshots`, undefined, index)) as {
      readonly name: string;
      readonly size: number;
      readonly checksum?: string;
    };
    parts.push({
      node: names[index] ?? "",
      peerId: node.peerId,
      file: made.name,
      size: made.size,
      sha256: made.checksum ?? null,
      shards,
      version: node.version,
    });
  }
  const details: QdrantDetails = {
    format: 1,
    startedAt: clock.now().toISOString(),
    finishedAt: clock.now().toISOString(),
    description: null,
    engineVersion: fake.nodes[0]?.version ?? null,
    parts,
    failures: [],
    points: { before: count, after: count },
    config: shown.config,
    payloadSchema: shown.payload_schema,
    aliases: aliases.map(({ alias_name: alias }) => alias),
    layout,
  };
  const keyParts = parts.map(({ file }) => parseSnapshotFile(collection, file));
  return {
    key: formatKey(keyParts.filter((part) => part !== null)),
    id: null,
    collection,
    startedAt: details.startedAt,
    finishedAt: details.finishedAt,
    description: null,
    bytes: parts.reduce((sum, { size }) => sum + size, 0),
    status: "complete",
    parts: parts.map(({ node, file, size }) => ({
      name: node,
      nativeName: file,
      bytes: size,
      status: "complete",
    })),
    points: details.points,
    layout: layoutOfDetails(details),
    details: writeDetails(details),
    pinned: false,
  };
}

interface Shown {
  readonly config: Json;
  readonly payload_schema: Json;
}

interface Seen {
  readonly shard_count: number;
  readonly local_shards: readonly { shard_id: number; shard_key?: string }[];
  readonly remote_shards: readonly { shard_id: number; shard_key?: string }[];
}

/** The bytes of a snapshot's files, as a repository would hold them. */
export async function copyOut(cluster: Cluster, snapshot: NativeSnapshot): Promise<SnapshotReader> {
  const { fake, names } = cluster;
  const bodies = new Map<string, Buffer>();
  const parts = await Promise.all(
    snapshot.parts.map(async ({ name, nativeName = "" }) => {
      const node = fake.nodes[names.indexOf(name)];
      const bytes = await readFile(
        join(node?.snapshotFolder ?? "", snapshot.collection, nativeName),
      );
      const hash = createHash("sha256").update(bytes).digest("hex");
      bodies.set(hash, bytes);
      return { name, files: [{ path: nativeName, size: bytes.length, hash }], details: null };
    }),
  );
  const manifest: Manifest = {
    formatVersion: 1,
    id: "20261121T020000Z-00000001",
    owner: { project: "test", lineage: "test", address: "snapshot.test" },
    cluster: "prod",
    collection: snapshot.collection,
    engine: "qdrant",
    engineVersion: readDetails(snapshot.details)?.engineVersion ?? null,
    clusterIdentity: null,
    collectionIdentity: null,
    startedAt: snapshot.startedAt,
    finishedAt: snapshot.startedAt,
    scheduledFor: null,
    description: null,
    keepUntil: null,
    points: snapshot.points,
    layout: snapshot.layout,
    native: { key: snapshot.key, details: snapshot.details },
    schema: null,
    details: snapshot.details,
    hash: "sha256",
    parts,
    bytes: snapshot.bytes,
    newBytes: snapshot.bytes,
    writer: "snapform/test",
  };
  return {
    manifest,
    open: (file) => Promise.resolve(inChunks(bodies.get(file.hash) ?? Buffer.alloc(0))),
    materialize: () => Promise.reject(new Error("nobody materializes a Qdrant snapshot")),
  };
}

async function* inChunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

/** Each needed part to the node of its name, the others in turn. */
export function routeTo(target: Cluster, snapshot: Pick<NativeSnapshot, "layout">): RouteStep[] {
  const { names } = target;
  assert.ok(snapshot.layout);
  return coveringParts(snapshot.layout).map(({ name: part }, index) => {
    return { part, node: names.includes(part) ? part : (names[index % names.length] ?? "") };
  });
}

/** What a run has asked to be remembered last, as a ledger has it. */
export class Ledger {
  details: Json = null;
  readonly phases: string[] = [];

  readonly record = (details: Json): Promise<void> => {
    this.details = details;
    const { phase } = details as { readonly phase: string };
    if (this.phases.at(-1) !== phase) this.phases.push(phase);
    return Promise.resolve();
  };
}

export function requestOf(
  cluster: Cluster,
  source: RestoreRequest["source"],
  target: string,
  ledger: Ledger,
  options: Partial<RestoreRequest> = {},
): RestoreRequest {
  const { layout } = source.kind === "native" ? source.snapshot : source.reader.manifest;
  return {
    runId: "run0001",
    source,
    target,
    procedure: "new",
    expectedIdentity: null,
    check: "count",
    route: routeTo(cluster, { layout }),
    aliases: false,
    earlier: ledger.details,
    record: ledger.record,
    ...options,
  };
}

export function contextOf(
  signal: AbortSignal = new AbortController().signal,
  progress: (progress: Progress) => void = () => undefined,
): EngineContext {
  return { signal, progress };
}

/** Restores what a cluster keeps itself. */
export function native(snapshot: NativeSnapshot): RestoreRequest["source"] {
  return { kind: "native", snapshot, collection: snapshot.collection };
}

/** The SnapformError with which something fails. */
export async function failureOf(work: Promise<unknown>): Promise<SnapformError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(isSnapformError(error), `expected a SnapformError, got ${String(error)}`);
  return error;
}
