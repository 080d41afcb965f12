import { describe, expect, test } from "vitest";
import type { ObservedCollection } from "../../../../src/snapshot/inventory.ts";
import {
  markerAlias,
  overwritingAlias,
  scratchName,
} from "../../../../src/engines/qdrant/marks.ts";
import { contextOf, pointsFrom, startCluster, type Cluster } from "./restore/cluster.ts";
import { tokenOf } from "./tokens.ts";

async function seen(cluster: Cluster, name: string): Promise<ObservedCollection> {
  const { collections } = await cluster.driver.observe(contextOf());
  const found = collections.find((each) => each.name === name);
  expect(found).toBeDefined();
  return found as ObservedCollection;
}

function alias(cluster: Cluster, name: string, collection: string): Promise<unknown> {
  const actions = [{ create_alias: { alias_name: name, collection_name: collection } }];
  return cluster.rest("POST", "/collections/aliases", { actions });
}

describe("observing the collections of a Qdrant cluster", () => {
  test("counts exactly, and tells aliases and layout", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", pointsFrom(1, 25), { shard_number: 6, replication_factor: 2 });
    await alias(cluster, "live", "docs");
    const docs = await seen(cluster, "docs");
    expect(docs).toMatchObject({ identity: null, points: 25, aliases: ["live"], problem: null });
    expect(docs.layout).toMatchObject({
      shardCount: 6,
      sharding: "auto",
      shardKeys: [],
      replicationFactor: 2,
      versions: ["1.18.0"],
    });
    const held = docs.layout?.parts.flatMap(({ shards }) => shards) ?? [];
    expect(held.toSorted((a, b) => a - b)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });

  test("tells the shard keys in the order in which they were made", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", [], { sharding_method: "custom", shard_number: 1 });
    for (const key of ["zebra", 7, "ant"]) {
      await cluster.rest("PUT", "/collections/docs/shards", { shard_key: key });
    }
    const { layout } = await seen(cluster, "docs");
    expect(layout).toMatchObject({ sharding: "custom", shardKeys: ["zebra", 7, "ant"] });
  });

  test("hashes alike what Qdrant takes for compatible, and nothing else", async () => {
    await using cluster = await startCluster();
    const vectors = { a: { size: 4, distance: "Dot" }, b: { distance: "Dot", size: 8 } };
    const reordered = { b: { size: 8, distance: "Dot" }, a: { distance: "Dot", size: 4 } };
    await cluster.create("one", [], { vectors });
    await cluster.create("two", [], { vectors: reordered, replication_factor: 2 });
    await cluster.create("three", [], { vectors: { a: { size: 4, distance: "Cosine" } } });
    const hash = async (name: string) => (await seen(cluster, name)).layout?.schemaHash;
    expect(await hash("one")).toBe(await hash("two"));
    expect(await hash("one")).not.toBe(await hash("three"));
  });

  test("says that a collection cannot be snapshotted while a shard's node is down", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", pointsFrom(1, 5));
    await cluster.create("doubled", pointsFrom(1, 5), { replication_factor: 2 });
    const [, down] = cluster.fake.nodes;
    await down?.stop();
    const docs = await seen(cluster, "docs");
    expect(docs.problem?.message).toContain(`peer ${down?.peerId}: Active, not reachable`);
    expect((await seen(cluster, "doubled")).problem).toBeNull();
  });

  test("says that a red collection cannot be snapshotted", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", []);
    cluster.fake.setStatus("docs", "red");
    expect((await seen(cluster, "docs")).problem?.code).toBe("failed-precondition");
    cluster.fake.setStatus("docs", "grey");
    expect((await seen(cluster, "docs")).problem).toBeNull();
  });

  test("says to try again while a shard is being transferred", async () => {
    await using cluster = await startCluster({ transferPolls: 100 });
    await cluster.create("docs", pointsFrom(1, 9), { shard_number: 1 });
    const { peer_id: from, local_shards: local } = (await cluster.rest(
      "GET",
      "/collections/docs/cluster",
    )) as { readonly peer_id: number; readonly local_shards: readonly unknown[] };
    const { remote_shards: remote } = (await cluster.rest("GET", "/collections/docs/cluster")) as {
      readonly remote_shards: readonly { readonly peer_id: number }[];
    };
    const source = local.length > 0 ? from : remote[0]?.peer_id;
    const target = cluster.fake.nodes
      .map(({ peerId }) => Number(peerId))
      .find((id) => id !== source);
    const replicate_shard = { shard_id: 0, from_peer_id: source, to_peer_id: target };
    await cluster.rest("POST", "/collections/docs/cluster", { replicate_shard });
    const { problem } = await seen(cluster, "docs");
    expect(problem).toMatchObject({ code: "unavailable" });
    expect(problem?.message).toContain("shard 0 is being transferred");
  });

  test("shows nothing of a restore under way but that its target waits", async () => {
    await using cluster = await startCluster();
    const scratch = scratchName("docs", "run1");
    for (const name of ["docs", "fresh", scratch]) await cluster.create(name, []);
    await alias(cluster, markerAlias("run1"), scratch);
    await alias(cluster, overwritingAlias("run1"), scratch);
    await alias(cluster, markerAlias("run2"), "fresh");
    const { collections } = await cluster.driver.observe(contextOf());
    expect(collections.map(({ name }) => name)).toEqual(["docs", "fresh"]);
    expect(collections.flatMap(({ aliases }) => aliases)).toEqual([]);
    expect(collections.map(({ problem }) => problem?.code)).toEqual(["unavailable", "unavailable"]);
  });

  test("leaves out a collection that vanishes while it looks", async () => {
    await using cluster = await startCluster();
    await cluster.create("docs", []);
    const body = { status: { error: "Not found: Collection `docs` doesn't exist!" }, time: 0 };
    const fault = { kind: "answer", status: 404, body } as const;
    cluster.fake.fault({ path: /^\/collections\/docs/, fault, times: 10 });
    expect((await cluster.driver.observe(contextOf())).collections).toEqual([]);
  });

  test("asks few questions, shared out among the nodes", async () => {
    await using cluster = await startCluster();
    const names = Array.from({ length: 30 }, (_, index) => `c${index}`);
    for (const name of names) await cluster.create(name, []);
    const before = cluster.fake.requests.length;
    await cluster.driver.observe(contextOf());
    const asked = cluster.fake.requests.slice(before);
    // Version and cluster of each node, the collections, the aliases; three of each collection.
    expect(asked).toHaveLength(3 * 2 + 2 + 3 * names.length);
    for (const node of [0, 1, 2]) {
      const own = asked.filter(({ path, node: index }) => index === node && /c\d/.test(path));
      expect(own).toHaveLength(names.length);
    }
  });

  test("plans with a key that only reads, and knows of a token that it may not create", async () => {
    const keys = { apiKey: "full", readOnlyApiKey: "reader", jwt: true };
    await using cluster = await startCluster({ keys, apiKey: "reader" });
    await cluster.create("docs", pointsFrom(1, 3));
    expect(await seen(cluster, "docs")).toMatchObject({ points: 3, problem: null });
    const driver = cluster.open({ apiKey: null, token: tokenOf("full", { access: "r" }) });
    const { collections, restoreProblem } = await driver.observe(contextOf());
    expect(collections[0]?.problem?.code).toBe("permission-denied");
    expect(restoreProblem?.code).toBe("permission-denied");
  });

  test("sees with a token for one collection what that one shows", async () => {
    const keys = { apiKey: "full", jwt: true };
    await using cluster = await startCluster({ keys });
    await cluster.create("docs", pointsFrom(1, 3));
    await cluster.create("other", []);
    const token = tokenOf("full", { access: [{ collection: "docs", access: "rw" }] });
    const driver = cluster.open({ apiKey: null, token });
    const view = await driver.observe(contextOf());
    expect(view.collections.map(({ name, problem }) => [name, problem])).toEqual([["docs", null]]);
    expect(view.topology).toBe("distributed");
    expect(view.notices.map(({ code }) => code)).toEqual(["cluster-not-visible"]);
    expect(view.restoreProblem?.code).toBe("permission-denied");
    expect(view.identity).toBe((await cluster.driver.observe(contextOf())).identity);
  });
});
