import { describe, expect, test } from "vitest";
import type { EngineDriver, NativeSnapshot } from "../../../../src/engine/driver.ts";
import { readDetails } from "../../../../src/engines/qdrant/details.ts";
import type { SnapformError } from "../../../../src/errors/index.ts";
import type { Json } from "../../../../src/snapshot/json.ts";
import { contextOf, failureOf, pointsFrom, startCluster, type Cluster } from "./restore/cluster.ts";
import { tokenOf } from "./tokens.ts";

const CREATES = /^\/collections\/[^/]+\/snapshots$/;

interface Take {
  readonly collection?: string;
  readonly driver?: EngineDriver;
  readonly earlier?: Json;
  readonly record?: (details: Json) => Promise<void>;
  readonly signal?: AbortSignal;
}

function create(cluster: Cluster, options: Take = {}): Promise<NativeSnapshot> {
  const { collection = "docs", driver = cluster.driver, earlier = null } = options;
  const record = options.record ?? (() => Promise.resolve());
  const request = { snapshotId: "s1", collection, description: null, earlier, record };
  return (driver.createNative as NonNullable<EngineDriver["createNative"]>)(
    request,
    contextOf(options.signal),
  );
}

async function files(cluster: Cluster, collection = "docs"): Promise<string[]> {
  const listed = await Promise.all(cluster.fake.nodes.map((node) => node.files()));
  const own = listed.flat().filter((file) => file.endsWith(".snapshot"));
  return own.filter((file) => file.includes(`/${collection}/`));
}

function posts({ fake }: Cluster): number {
  return fake.requests.filter(({ method, path }) => method === "POST" && CREATES.test(path)).length;
}

async function docs(cluster: Cluster, config: object = {}): Promise<void> {
  await cluster.create("docs", pointsFrom(1, 30), config);
}

describe("taking a snapshot of a Qdrant collection", () => {
  test("has each node make its part, and keeps what Qdrant does not", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    const index = { field_name: "text", field_schema: "keyword" };
    await cluster.rest("PUT", "/collections/docs/index?wait=true", index);
    const actions = [{ create_alias: { alias_name: "live", collection_name: "docs" } }];
    await cluster.rest("POST", "/collections/aliases", { actions });
    const made = await create(cluster);
    expect(made).toMatchObject({ status: "complete", id: null, points: { before: 30, after: 30 } });
    expect(made.parts.map(({ name }) => name)).toEqual(cluster.names.toSorted());
    expect(await files(cluster)).toHaveLength(3);
    const details = readDetails(made.details);
    expect(details).toMatchObject({ aliases: ["live"], engineVersion: "1.18.0", failures: [] });
    expect(details?.payloadSchema).toMatchObject({ text: { data_type: "keyword" } });
    expect(details?.config).toMatchObject({ params: { vectors: { size: 4 } } });
    for (const part of details?.parts ?? []) {
      expect(part.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(part.shards).toHaveLength(1);
    }
  });

  test("asks no node that holds no shard", async () => {
    await using cluster = await startCluster();
    await docs(cluster, { shard_number: 1 });
    const made = await create(cluster);
    expect([made.status, made.parts.length, posts(cluster)]).toEqual(["complete", 1, 1]);
  });

  test("is complete with one node down where the others hold every shard", async () => {
    await using cluster = await startCluster();
    await docs(cluster, { replication_factor: 2 });
    await cluster.fake.nodes[1]?.stop();
    const made = await create(cluster);
    expect([made.status, made.parts.length]).toEqual(["complete", 2]);
  });

  test("waits as long as a busy node asks for", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    const fault = { kind: "too-many-requests", retryAfterSeconds: 7 } as const;
    cluster.fake.fault({ node: 1, method: "POST", path: CREATES, fault });
    const before = cluster.clock.monotonicMs();
    expect((await create(cluster)).status).toBe("complete");
    expect(cluster.clock.monotonicMs() - before).toBeGreaterThanOrEqual(7000);
    expect(await files(cluster)).toHaveLength(3);
  });

  test("is refused with one node down where that one alone holds a shard", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    await cluster.fake.nodes[1]?.stop();
    const error = await failureOf(create(cluster));
    expect([error.code, error.retryable, posts(cluster)]).toEqual(["unavailable", true, 0]);
    expect(error.message).toContain("not reachable");
  });

  test("waits for what a node has only accepted until its file appears", async () => {
    await using cluster = await startCluster({ nodes: 1 });
    await docs(cluster, { shard_number: 1 });
    const body = { status: "accepted", time: 0 };
    const fault = { kind: "answer", status: 202, body } as const;
    cluster.fake.fault({ method: "POST", path: CREATES, fault });
    const work = create(cluster);
    const looks = () => cluster.fake.requests.filter(({ path }) => path === "/telemetry").length;
    while (looks() < 2) await turn();
    await cluster.rest("POST", "/collections/docs/snapshots");
    expect((await work).status).toBe("complete");
    expect(await files(cluster)).toHaveLength(1);
  });

  test("fails clearly when what was accepted never appears", async () => {
    await using cluster = await startCluster({ nodes: 1 });
    await docs(cluster, { shard_number: 1 });
    const body = { status: "accepted", time: 0 };
    cluster.fake.fault({
      method: "POST",
      path: CREATES,
      fault: { kind: "answer", status: 202, body },
    });
    const error = await failureOf(create(cluster));
    expect(error.message).toContain("the node accepted it, and has made nothing");
    expect([error.code, error.outcomeUnknown, posts(cluster)]).toEqual(["unavailable", false, 1]);
  });

  test("makes no second file when the answer was lost after the work", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    const fault = { kind: "drop-after" } as const;
    cluster.fake.fault({ node: 1, method: "POST", path: CREATES, fault });
    const made = await create(cluster);
    expect([made.status, posts(cluster)]).toEqual(["complete", 3]);
    expect(await files(cluster)).toHaveLength(3);
  });

  test("asks once more when the connection broke before the work, and nothing was made", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    cluster.fake.fault({ node: 1, method: "POST", path: CREATES, fault: { kind: "drop-before" } });
    const made = await create(cluster);
    expect([made.status, posts(cluster)]).toEqual(["complete", 4]);
    expect(await files(cluster)).toHaveLength(3);
  });

  test.each([502, 504])("looks what became of a part after a proxy's %i", async (status) => {
    await using cluster = await startCluster();
    await docs(cluster);
    const fault = { kind: "answer", status, body: "<html>", contentType: "text/html" } as const;
    cluster.fake.fault({ node: 2, method: "POST", path: CREATES, fault });
    expect((await create(cluster)).status).toBe("complete");
    expect(await files(cluster)).toHaveLength(3);
  });

  test("goes on watching a node that works on after its answer was lost", async () => {
    await using cluster = await startCluster({ nodes: 1 });
    await docs(cluster, { shard_number: 1 });
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const path = CREATES;
    cluster.fake.fault({ method: "POST", path, fault: { kind: "delay-effect", until } });
    let earlier: Json = null;
    const record = (details: Json): Promise<void> => {
      earlier = structuredClone(details);
      return Promise.resolve();
    };
    const controller = new AbortController();
    const first = create(cluster, { record, signal: controller.signal });
    await untilPosted(cluster);
    controller.abort();
    expect((await failureOf(first)).code).toBe("cancelled");
    const second = create(cluster, { record, earlier, driver: cluster.open() });
    while (!cluster.fake.requests.some(({ path: asked }) => asked === "/telemetry")) await turn();
    resolve();
    expect((await second).status).toBe("complete");
    expect([posts(cluster), (await files(cluster)).length]).toEqual([1, 1]);
  });

  test("does not ask again while a key that may not look cannot tell what became of it", async () => {
    await using cluster = await startCluster({ nodes: 1, keys: { apiKey: "full", jwt: true } });
    await docs(cluster, { shard_number: 1 });
    const access = [{ collection: "docs", access: "rw" }];
    const driver = cluster.open({ apiKey: null, token: tokenOf("full", { access }) });
    cluster.fake.fault({ method: "POST", path: CREATES, fault: { kind: "drop-before" } });
    let earlier: Json = null;
    const record = (details: Json): Promise<void> => {
      earlier = structuredClone(details);
      return Promise.resolve();
    };
    const controller = new AbortController();
    const first = create(cluster, { driver, record, signal: controller.signal });
    await untilPosted(cluster);
    controller.abort();
    await failureOf(first);
    const error = await failureOf(create(cluster, { driver, record, earlier }));
    expect([error.code, error.outcomeUnknown]).toEqual(["deadline-exceeded", true]);
    expect(posts(cluster)).toBe(1);
    await cluster.clock.advance(7 * 60 * 60 * 1000);
    expect((await create(cluster, { driver, record, earlier })).status).toBe("complete");
    expect(posts(cluster)).toBe(2);
  });

  test("looks again when the list fails after the answer", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    const fault = { kind: "answer", status: 503, body: "busy" } as const;
    cluster.fake.fault({ node: 1, method: "GET", path: CREATES, fault, from: 2, times: 4 });
    expect((await create(cluster)).status).toBe("complete");
    expect([posts(cluster), (await files(cluster)).length]).toEqual([3, 3]);
  });

  test("takes no file for its own that the node does not list", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    const result = { name: "docs-1-2026-11-21-02-00-00.snapshot", size: 9, checksum: null };
    const body = { result, status: "ok", time: 0 };
    const fault = { kind: "answer", status: 200, body } as const;
    cluster.fake.fault({ node: 1, method: "POST", path: CREATES, fault });
    const made = await create(cluster);
    expect(made.status).toBe("partial");
    const [failure] = readDetails(made.details)?.failures ?? [];
    expect(failure?.message).toContain("does not list it as its own");
    expect(posts(cluster)).toBe(3);
  });

  test("gives up on a node that goes away and stays away, without asking it again", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    const fault = { kind: "node-down" } as const;
    cluster.fake.fault({ node: 1, method: "POST", path: CREATES, fault });
    const error = await failureOf(create(cluster));
    expect([error.code, error.outcomeUnknown]).toEqual(["unavailable", true]);
    expect(error.message).toContain("stays away");
  });

  test("keeps creates on one node and collection more than a second apart", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    const first = await create(cluster);
    const second = await create(cluster, { driver: cluster.open() });
    const [a, b] = await Promise.all([create(cluster), create(cluster)]);
    const keys = [first, second, a, b].map(({ key }) => key);
    expect(new Set(keys).size).toBe(4);
    expect(await files(cluster)).toHaveLength(12);
  });

  test("is partial when a node has no space, says why, and names the part", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    cluster.fake.fault({ node: 1, method: "POST", path: CREATES, fault: { kind: "disk-full" } });
    const made = await create(cluster);
    expect(made.status).toBe("partial");
    const missing = made.parts.filter(({ status }) => status !== "complete");
    expect(missing.map(({ name }) => name)).toEqual([cluster.names[1]]);
    const failures = readDetails(made.details)?.failures ?? [];
    expect(failures.map(({ node, code }) => [node, code])).toEqual([
      [cluster.names[1], "resource-exhausted"],
    ]);
  });

  test("fails with the node's own reason when no node makes a part", async () => {
    const keys = { apiKey: "full", readOnlyApiKey: "reader" };
    await using cluster = await startCluster({ keys, apiKey: "reader" });
    await docs(cluster);
    const error = await failureOf(create(cluster));
    expect(error.code).toBe("permission-denied");
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+: /);
    expect(await files(cluster)).toEqual([]);
  });

  test("works with a token for one collection, and refuses another before it asks", async () => {
    await using cluster = await startCluster({ keys: { apiKey: "full", jwt: true } });
    await docs(cluster);
    const access = [{ collection: "docs", access: "rw" }];
    const driver = cluster.open({ apiKey: null, token: tokenOf("full", { access }) });
    expect((await create(cluster, { driver })).status).toBe("complete");
    const reading = [{ collection: "docs", access: "r" }];
    const reader = cluster.open({ apiKey: null, token: tokenOf("full", { access: reading }) });
    const before = posts(cluster);
    expect((await failureOf(create(cluster, { driver: reader }))).code).toBe("permission-denied");
    expect(posts(cluster)).toBe(before);
  });

  test("refuses an alias, and names the collection behind it", async () => {
    await using cluster = await startCluster();
    await docs(cluster);
    const actions = [{ create_alias: { alias_name: "live", collection_name: "docs" } }];
    await cluster.rest("POST", "/collections/aliases", { actions });
    const error = await failureOf(create(cluster, { collection: "live" }));
    expect([error.code, posts(cluster)]).toEqual(["not-found", 0]);
    expect(error.message).toContain('an alias of "docs"');
  });

  test("is not found without its collection", async () => {
    await using cluster = await startCluster();
    expect((await failureOf(create(cluster))).code).toBe("not-found");
  });

  test.each([
    ["leaves out a node with a replica that is not whole", 2, "complete", 2],
    ["is refused when no other replica is whole", 1, "failed-precondition", 0],
  ])("%s", async (_title, replication_factor, outcome, expected) => {
    await using cluster = await startCluster();
    await docs(cluster, { replication_factor });
    await declareDead(cluster, cluster.fake.nodes[2]?.peerId ?? "");
    const made = await create(cluster).then(
      ({ status }) => status,
      (error: SnapformError) => error.code,
    );
    expect([made, posts(cluster)]).toEqual([outcome, expected]);
  });

  test("keeps no checksum in an object store, and counts each file once", async () => {
    await using cluster = await startCluster({ storage: "s3" });
    await docs(cluster);
    const made = await create(cluster);
    expect([made.status, made.parts.length]).toEqual(["complete", 3]);
    expect(readDetails(made.details)?.parts.map(({ sha256 }) => sha256)).toEqual([
      null,
      null,
      null,
    ]);
  });

  test("takes over what an earlier attempt made on a node that is down by now", async () => {
    await using cluster = await startCluster();
    await docs(cluster, { replication_factor: 2 });
    let earlier: Json = null;
    const record = (details: Json): Promise<void> => {
      earlier = structuredClone(details);
      return Promise.resolve();
    };
    const first = await create(cluster, { record });
    await cluster.fake.nodes[0]?.stop();
    const again = await create(cluster, { record, earlier });
    expect([again.key, again.status]).toEqual([first.key, "unknown"]);
    await cluster.fake.nodes[0]?.start();
    const once = await create(cluster, { record, earlier });
    expect([once.key, once.status, posts(cluster)]).toEqual([first.key, "complete", 3]);
  });
});

interface Page {
  readonly peer_id: number;
  readonly local_shards: readonly object[];
  readonly remote_shards: readonly { readonly peer_id: number }[];
}

/** Lets all nodes tell that one member's replicas are dead. */
async function declareDead(cluster: Cluster, peerId: string): Promise<void> {
  const path = "/collections/docs/cluster";
  for (const node of cluster.fake.nodes.keys()) {
    const page = (await cluster.rest("GET", path, undefined, node)) as Page;
    const dead = <T extends object>(shard: T, owner: number): T =>
      String(owner) === peerId ? { ...shard, state: "Dead" } : shard;
    const result = {
      ...page,
      local_shards: page.local_shards.map((shard) => dead(shard, page.peer_id)),
      remote_shards: page.remote_shards.map((shard) => dead(shard, shard.peer_id)),
    };
    const body = { result, status: "ok", time: 0 };
    const fault = { kind: "answer", status: 200, body } as const;
    cluster.fake.fault({ node, path: /^\/collections\/docs\/cluster$/, fault, times: 1000 });
  }
}

async function untilPosted(cluster: Cluster): Promise<void> {
  while (posts(cluster) === 0) await turn();
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
