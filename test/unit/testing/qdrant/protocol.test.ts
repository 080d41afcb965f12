import { describe, expect, it } from "vitest";
import { ask, cluster, countOf, fill, must, VECTORS, write } from "./ask.ts";

describe("the service", () => {
  it("names its version outside of the envelope", async () => {
    const { urls } = await cluster({ version: ["1.17.1", "1.18.0", "1.18.0"] });
    const reply = await ask(urls[0], "/");
    expect(JSON.parse(reply.text)).toMatchObject({
      version: "1.17.1",
      title: expect.stringContaining("qdrant"),
    });
  });

  it.each(["/healthz", "/livez", "/readyz"])("answers %s in plain text", async (path) => {
    const { urls } = await cluster({ nodes: 1 });
    const reply = await ask(urls[0], path);
    expect(reply.status).toBe(200);
    expect(reply.headers["content-type"]).toMatch(/^text\/plain/);
  });

  it("wraps results and errors in envelopes, and knows no other path", async () => {
    const { urls } = await cluster({ nodes: 1 });
    const good = JSON.parse((await ask(urls[0], "/collections")).text) as Record<string, unknown>;
    expect(good).toEqual({ result: { collections: [] }, status: "ok", time: expect.any(Number) });
    const bad = await ask(urls[0], "/collections/docs");
    expect(bad.status).toBe(404);
    expect(bad.error).toBe("Not found: Collection `docs` doesn't exist!");
    expect("result" in (JSON.parse(bad.text) as object)).toBe(false);
    expect((await ask(urls[0], "/locks")).status).toBe(404);
    expect((await ask(urls[0], "/collections", { method: "PATCH" })).status).toBe(404);
  });

  it("counts snapshots in metrics and telemetry", async () => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 1);
    await must(ask(urls[0], "/collections/docs/snapshots", { method: "POST" }));
    const metrics = await ask(urls[0], "/metrics");
    expect(metrics.text).toContain('snapshot_created_total{collection="docs"} 1');
    expect(metrics.text).toContain('snapshot_creation_running{collection="docs"} 0');
    const telemetry = await ask(urls[0], "/telemetry?details_level=1");
    expect(telemetry.result.collections.snapshots).toEqual([
      {
        id: "docs",
        running_snapshots: 0,
        running_snapshot_recovery: 0,
        total_snapshot_creations: 1,
      },
    ]);
  });
});

describe("the cluster", () => {
  it("has other peer ids on each node, and addresses of its inside only", async () => {
    const { urls, qdrant } = await cluster();
    const replies = await Promise.all(urls.map((url) => ask(url, "/cluster")));
    const ids = replies.map((reply) => String(reply.result.peer_id));
    expect(new Set(ids).size).toBe(3);
    expect(ids).toEqual(qdrant.nodes.map((node) => node.peerId));
    expect(Object.keys(replies[0]?.result.peers).toSorted()).toEqual(ids.toSorted());
    expect(JSON.stringify(replies[0]?.result.peers)).not.toContain(urls[0]);
    expect(Math.max(...ids.map(Number))).toBeLessThan(2 ** 53);
  });

  it("is disabled on a standalone server", async () => {
    const { urls } = await cluster({ nodes: 1 });
    expect((await ask(urls[0], "/cluster")).result).toEqual({ status: "disabled" });
  });

  it("spreads shards evenly, and each node tells its own from the others'", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 60, { shard_number: 6, replication_factor: 2 });
    for (const url of urls) {
      const { result } = await ask(url, "/collections/docs/cluster");
      expect(result.shard_count).toBe(6);
      expect(result.local_shards).toHaveLength(4);
      expect(result.remote_shards).toHaveLength(8);
      expect(result.shard_transfers).toEqual([]);
    }
  });

  it("moves and copies shards, and lists the transfer while it runs", async () => {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 30, { shard_number: 1 });
    const [from, to] = qdrant.nodes.map((node) => Number(node.peerId));
    const path = "/collections/docs/cluster";
    const body = { replicate_shard: { shard_id: 0, from_peer_id: from, to_peer_id: to } };
    await must(ask(urls[0], path, { method: "POST", body }));
    const running = (await ask(urls[0], path)).result;
    expect(running.shard_transfers).toMatchObject([{ shard_id: 0, from, to, sync: true }]);
    expect(running.remote_shards).toMatchObject([{ peer_id: to, state: "Partial" }]);
    await ask(urls[0], path);
    expect((await ask(urls[1], path)).result.local_shards).toMatchObject([
      { shard_id: 0, points_count: 30, state: "Active" },
    ]);
    const drop = { drop_replica: { shard_id: 0, peer_id: from } };
    await must(ask(urls[0], path, { method: "POST", body: drop }));
    expect(await countOf(urls[0], "docs")).toBe(30);
    const again = { drop_replica: { shard_id: 0, peer_id: to } };
    expect((await ask(urls[0], path, { method: "POST", body: again })).status).toBe(400);
  });
});

describe("collections", () => {
  it("are made once, and not under the name of an alias", async () => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 0);
    const put = (name: string) =>
      ask(urls[0], `/collections/${name}`, { method: "PUT", body: { vectors: VECTORS } });
    expect((await put("docs")).status).toBe(409);
    await alias(urls[0], [{ create_alias: { collection_name: "docs", alias_name: "live" } }]);
    expect((await put("live")).status).toBe(400);
    expect((await put("a%3Ab")).status).toBe(422);
  });

  it("keep the configuration and the payload schema", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 3, { replication_factor: 2, hnsw_config: { m: 32 } });
    const index = { field_name: "text", field_schema: "keyword" };
    await must(ask(urls[0], "/collections/docs/index?wait=true", { method: "PUT", body: index }));
    const { result } = await ask(urls[2], "/collections/docs");
    expect(result.config.params).toMatchObject({
      vectors: VECTORS,
      shard_number: 3,
      replication_factor: 2,
    });
    expect(result.config.hnsw_config.m).toBe(32);
    expect(result.payload_schema).toEqual({ text: { data_type: "keyword", points: 3 } });
    expect(result.status).toBe("green");
  });

  it("say whether they exist with 200, and are dropped with their aliases", async () => {
    const { urls } = await cluster({ nodes: 1 });
    const exists = async () => (await ask(urls[0], "/collections/docs/exists")).result.exists;
    expect(await exists()).toBe(false);
    await fill(urls[0], "docs", 0);
    await alias(urls[0], [{ create_alias: { collection_name: "docs", alias_name: "live" } }]);
    expect(await exists()).toBe(true);
    const drop = () => ask(urls[0], "/collections/docs", { method: "DELETE" });
    expect((await drop()).result).toBe(true);
    expect((await drop()).result).toBe(false);
    expect((await ask(urls[0], "/aliases")).result).toEqual({ aliases: [] });
  });

  it("take shard keys under custom sharding, with ids in the order of the keys", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 0, { sharding_method: "custom", shard_number: 2 });
    for (const shardKey of ["eu", "us"]) {
      const body = { shard_key: shardKey };
      await must(ask(urls[0], "/collections/docs/shards", { method: "PUT", body }));
    }
    expect((await ask(urls[0], "/collections/docs/shards")).result).toEqual({
      shard_keys: [{ key: "eu" }, { key: "us" }],
    });
    const { result } = await ask(urls[0], "/collections/docs/cluster");
    expect(result.shard_count).toBe(4);
    await write(urls[0], "docs", 0, 10, { shard_key: "us" });
    const counted = (body: object) =>
      ask(urls[1], "/collections/docs/points/count", { method: "POST", body });
    expect((await counted({ shard_key: "us" })).result.count).toBe(10);
    expect((await counted({ shard_key: "eu" })).result.count).toBe(0);
    const unkeyed = { points: [{ id: 1, vector: [1, 2] }] };
    const reply = await ask(urls[0], "/collections/docs/points", { method: "PUT", body: unkeyed });
    expect(reply).toMatchObject({ status: 400, error: "Wrong input: Shard key not specified" });
  });
});

function alias(url: string, actions: readonly unknown[]) {
  return ask(url, "/collections/aliases", { method: "POST", body: { actions } });
}

describe("aliases", () => {
  it("are re-pointed by one create, seen by every node", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "one", 1);
    await fill(urls[0], "two", 2);
    await alias(urls[0], [{ create_alias: { collection_name: "one", alias_name: "live" } }]);
    await alias(urls[1], [{ create_alias: { collection_name: "two", alias_name: "live" } }]);
    expect(await countOf(urls[2], "live")).toBe(2);
    expect((await ask(urls[0], "/collections/two/aliases")).result.aliases).toEqual([
      { alias_name: "live", collection_name: "two" },
    ]);
  });

  it("change all together or not at all", async () => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "one", 1);
    const reply = await alias(urls[0], [
      { create_alias: { collection_name: "one", alias_name: "live" } },
      { create_alias: { collection_name: "gone", alias_name: "other" } },
    ]);
    expect(reply.status).toBe(404);
    expect((await ask(urls[0], "/aliases")).result.aliases).toEqual([]);
  });

  it("are renamed, deleted and never named like a collection", async () => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "one", 1);
    await alias(urls[0], [
      { create_alias: { collection_name: "one", alias_name: "a" } },
      { rename_alias: { old_alias_name: "a", new_alias_name: "b" } },
    ]);
    expect(await countOf(urls[0], "b")).toBe(1);
    await alias(urls[0], [{ delete_alias: { alias_name: "b" } }]);
    expect((await ask(urls[0], "/collections/b/points/count", { method: "POST" })).status).toBe(
      404,
    );
    const taken = await alias(urls[0], [
      { create_alias: { collection_name: "one", alias_name: "one" } },
    ]);
    expect(taken.status).toBe(409);
  });
});

describe("points", () => {
  it("are counted over all shards from any node, with and without a filter", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 100, { shard_number: 4, replication_factor: 2 });
    for (const url of urls) expect(await countOf(url, "docs")).toBe(100);
    const body = { filter: { must: [{ key: "even", match: { value: true } }] }, exact: true };
    const reply = await ask(urls[1], "/collections/docs/points/count", { method: "POST", body });
    expect(reply.result.count).toBe(50);
  });

  it("are scrolled page by page in the order of ids", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 25);
    const ids: number[] = [];
    for (let offset: number | null = 0; offset !== null;) {
      const body = { offset, limit: 7, with_vector: true };
      const { result } = await ask(urls[0], "/collections/docs/points/scroll", {
        method: "POST",
        body,
      });
      ids.push(...(result.points as { id: number }[]).map((point) => point.id));
      offset = result.next_page_offset as number | null;
    }
    expect(ids).toEqual(Array.from({ length: 25 }, (_, id) => id));
  });

  it("are deleted by id and by filter", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 10);
    const remove = (body: object) =>
      must(ask(urls[0], "/collections/docs/points/delete?wait=true", { method: "POST", body }));
    await remove({ points: [0, 1] });
    await remove({ filter: { must: [{ key: "text", match: { value: "point 9" } }] } });
    expect(await countOf(urls[0], "docs")).toBe(7);
  });

  it("are found by searching and by querying", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 10);
    const search = { vector: [1, 0], limit: 2, with_payload: true };
    const found = await ask(urls[0], "/collections/docs/points/search", {
      method: "POST",
      body: search,
    });
    expect(found.result).toMatchObject([
      { id: 9, score: 9, payload: { text: "point 9" } },
      { id: 8, score: 8 },
    ]);
    const queried = await ask(urls[0], "/collections/docs/points/query", {
      method: "POST",
      body: { query: [1, 0], limit: 1 },
    });
    expect(queried.result.points).toMatchObject([{ id: 9, score: 9 }]);
  });

  it.each([
    [{ points: [{ id: -1, vector: [1, 2] }] }, 400, "not a valid point ID"],
    [{ points: [{ id: 1, vector: [1, 2, 3] }] }, 400, "expected dim: 2, got 3"],
    [{}, 400, "missing field `points`"],
    ["{", 400, "Format error in JSON body"],
  ])("are refused when they are malformed: %j", async (body, status, words) => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 0);
    const reply = await ask(urls[0], "/collections/docs/points", { method: "PUT", body });
    expect(reply.status).toBe(status);
    expect(reply.error).toContain(words);
  });
});
