import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import type { FakeQdrant } from "../../../../src/testing/qdrant/fake-qdrant.ts";
import {
  ask,
  cluster,
  countOf,
  download,
  fill,
  must,
  recover,
  shardsOf,
  snap,
  upload,
  VECTORS,
  write,
  type Reply,
} from "./ask.ts";

/** A snapshot of `docs` on each node, as URLs of the nodes themselves. */
async function backUp(urls: readonly string[], name = "docs"): Promise<string[]> {
  return Promise.all(
    urls.map(async (url) => `${url}/collections/${name}/snapshots/${await snap(url, name)}`),
  );
}

/** Looks at the cluster page of a node until no replica is anything but Active. */
async function settled(urls: readonly string[], name: string): Promise<number> {
  for (let count = 1; count <= 20; count++) {
    const pages = await Promise.all(urls.map((url) => shardsOf(url, name)));
    const isDone = pages.every(
      (page) =>
        page.shard_transfers.length === 0 &&
        [...page.local_shards, ...page.remote_shards].every((each) => each.state === "Active"),
    );
    if (isDone) return count;
  }
  throw new TypeError("the replicas never became active");
}

describe("recovering a collection", () => {
  it.each([1, 2, 3])("brings back all points into a new one, factor %d", async (factor) => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 200, { shard_number: 4, replication_factor: factor });
    const locations = await backUp(urls);
    for (const [index, url] of urls.entries()) {
      await must(recover(url, "again", { location: locations[index], priority: "snapshot" }));
      await settled(urls, "again");
    }
    expect(await countOf(urls[1], "again")).toBe(200);
    const { result } = await ask(urls[0], "/collections/again");
    expect(result.config.params).toMatchObject({ shard_number: 4, replication_factor: factor });
    const shards = await Promise.all(urls.map((url) => shardsOf(url, "again")));
    const local = shards.flatMap((page) => page.local_shards);
    expect(local).toHaveLength(4 * factor);
  });

  it("replaces what is there, so that later writes are gone", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 50, { replication_factor: 2 });
    const locations = await backUp(urls);
    await write(urls[0], "docs", 50, 30);
    expect(await countOf(urls[0], "docs")).toBe(80);
    for (const [index, url] of urls.entries()) {
      await must(recover(url, "docs", { location: locations[index], priority: "snapshot" }));
      await settled(urls, "docs");
    }
    expect(await countOf(urls[0], "docs")).toBe(50);
  });

  it("brings the payload schema along", async () => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 5);
    const body = { field_name: "text", field_schema: "keyword" };
    await must(ask(urls[0], "/collections/docs/index", { method: "PUT", body }));
    const [location] = await backUp([urls[0]]);
    await must(recover(urls[0], "again", { location }));
    const { result } = await ask(urls[0], "/collections/again");
    expect(result.payload_schema).toMatchObject({ text: { data_type: "keyword" } });
  });

  it("brings no aliases along", async () => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 5);
    const create = { create_alias: { collection_name: "docs", alias_name: "live" } };
    await ask(urls[0], "/collections/aliases", { method: "POST", body: { actions: [create] } });
    const [location] = await backUp([urls[0]]);
    await must(recover(urls[0], "again", { location }));
    expect((await ask(urls[0], "/collections/again/aliases")).result.aliases).toEqual([]);
  });

  it("through an alias overwrites the collection that it points to", async () => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 5);
    const [location] = await backUp([urls[0]]);
    await write(urls[0], "docs", 5, 5);
    const create = { create_alias: { collection_name: "docs", alias_name: "live" } };
    await ask(urls[0], "/collections/aliases", { method: "POST", body: { actions: [create] } });
    await must(recover(urls[0], "live", { location }));
    expect(await countOf(urls[0], "docs")).toBe(5);
  });

  it("refuses other vectors and another shard number, and nothing else", async () => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 5, { shard_number: 2 });
    const [location] = await backUp([urls[0]]);
    const put = (name: string, config: object) =>
      must(ask(urls[0], `/collections/${name}`, { method: "PUT", body: config }));
    await put("a", { vectors: { ...VECTORS, size: 3 }, shard_number: 2 });
    await put("b", { vectors: VECTORS, shard_number: 1 });
    await put("c", { vectors: VECTORS, shard_number: 2, hnsw_config: { m: 64 } });
    for (const name of ["a", "b"]) {
      const reply = await recover(urls[0], name, { location });
      expect(reply.status).toBe(400);
      expect(reply.error).toContain("not compatible with existing collection");
      expect(await countOf(urls[0], name)).toBe(0);
    }
    await must(recover(urls[0], "c", { location }));
    expect(await countOf(urls[0], "c")).toBe(5);
  });

  it("on a standalone server refuses a file that lacks a shard", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 50);
    const [location] = await backUp(urls);
    const alone = await cluster({ nodes: 1 });
    const reply = await recover(alone.urls[0], "docs", { location });
    expect(reply.status).toBe(500);
    expect(reply.error).toContain("missing data at shard");
  });

  it("feeds several files one after another to one node of a smaller cluster", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 90);
    const locations = await backUp(urls);
    const small = await cluster({ nodes: 2 });
    for (const location of locations) {
      await must(recover(small.urls[0], "docs", { location, priority: "snapshot" }));
      await settled(small.qdrant.urls, "docs");
    }
    expect(await countOf(small.urls[1], "docs")).toBe(90);
    expect((await shardsOf(small.urls[0], "docs")).local_shards).toHaveLength(3);
  });

  it("loses the points of custom shards in a new collection, unless told not to", async () => {
    for (const loses of [true, false]) {
      const { urls } = await cluster({ customShardingLosesPoints: loses });
      await fill(urls[0], "docs", 0, { sharding_method: "custom" });
      const key = { shard_key: "eu", placement: [(await shardsOf(urls[0], "docs")).peer_id] };
      await must(ask(urls[0], "/collections/docs/shards", { method: "PUT", body: key }));
      await write(urls[0], "docs", 0, 10, { shard_key: "eu" });
      const [location] = await backUp([urls[0]]);
      expect((await recover(urls[0], "again", { location })).status).toBe(200);
      expect(await countOf(urls[0], "again")).toBe(loses ? 0 : 10);
    }
  });

  it("finds custom shards again where the keys were made first, in their order", async () => {
    const { urls } = await cluster();
    const make = async (name: string) => {
      await fill(urls[0], name, 0, { sharding_method: "custom" });
      for (const shardKey of ["eu", "us"]) {
        const body = { shard_key: shardKey };
        await must(ask(urls[0], `/collections/${name}/shards`, { method: "PUT", body }));
      }
    };
    await make("docs");
    await write(urls[0], "docs", 0, 10, { shard_key: "eu" });
    await write(urls[0], "docs", 10, 10, { shard_key: "us" });
    const locations = await backUp(urls);
    await make("again");
    for (const [index, url] of urls.entries()) {
      await must(recover(url, "again", { location: locations[index] }));
    }
    expect(await countOf(urls[0], "again")).toBe(20);
  });
});

describe("priority", () => {
  async function twoReplicas() {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 20, { shard_number: 1, replication_factor: 2 });
    const [location = ""] = await backUp([urls[0]]);
    await write(urls[0], "docs", 20, 20);
    return { urls, qdrant, location };
  }

  it("`snapshot` makes the others dead until they have its data", async () => {
    const { urls, qdrant, location } = await twoReplicas();
    await must(recover(urls[0], "docs", { location, priority: "snapshot" }));
    const other = Number(qdrant.nodes[1]?.peerId);
    expect((await shardsOf(urls[2], "docs")).remote_shards).toContainEqual(
      expect.objectContaining({ peer_id: other, state: "Partial" }),
    );
    expect(await settled(urls, "docs")).toBeGreaterThanOrEqual(1);
    expect((await shardsOf(urls[1], "docs")).local_shards).toMatchObject([{ points_count: 20 }]);
  });

  it("`snapshot` is what is done when nothing is said", async () => {
    const { urls, location } = await twoReplicas();
    await must(recover(urls[0], "docs", { location }));
    expect(await countOf(urls[0], "docs")).toBe(20);
  });

  it("`no_sync` leaves the others alone, so that replicas differ", async () => {
    const { urls, location } = await twoReplicas();
    await must(recover(urls[0], "docs", { location, priority: "no_sync" }));
    expect(await countOf(urls[0], "docs")).toBe(20);
    expect(await countOf(urls[1], "docs")).toBe(40);
  });

  it("`replica` throws the snapshot's data away where another replica is active", async () => {
    const { urls, location } = await twoReplicas();
    await must(recover(urls[0], "docs", { location, priority: "replica" }));
    await settled(urls, "docs");
    expect(await countOf(urls[0], "docs")).toBe(40);
  });

  it("`replica` into a new collection with other replicas gives an empty one", async () => {
    const { urls, location } = await twoReplicas();
    await must(recover(urls[0], "again", { location, priority: "replica" }));
    await settled(urls, "again");
    expect(await countOf(urls[0], "again")).toBe(0);
  });

  it("`replica` on a standalone server overwrites", async () => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 5);
    const [location] = await backUp([urls[0]]);
    await write(urls[0], "docs", 5, 5);
    await must(recover(urls[0], "docs", { location, priority: "replica" }));
    expect(await countOf(urls[0], "docs")).toBe(5);
  });

  it("of another name is refused", async () => {
    const { urls, location } = await twoReplicas();
    expect((await recover(urls[0], "docs", { location, priority: "shard_transfer" })).status).toBe(
      400,
    );
  });

  it("registers an extra replica on a node without the shard, and removes the surplus", async () => {
    const { urls, location } = await twoReplicas();
    await must(recover(urls[2], "docs", { location, priority: "snapshot" }));
    await settled(urls, "docs");
    const pages = await Promise.all(urls.map((url) => shardsOf(url, "docs")));
    expect(pages.map((page) => page.local_shards.length)).toEqual([1, 0, 1]);
    expect(await countOf(urls[1], "docs")).toBe(20);
  });

  it("refuses a shard that a transfer is busy with", async () => {
    const { urls, location } = await twoReplicas();
    await must(recover(urls[0], "docs", { location, priority: "snapshot" }));
    await shardsOf(urls[0], "docs");
    const reply = await recover(urls[2], "docs", { location, priority: "snapshot" });
    expect(reply.status).toBe(400);
    expect(reply.error).toContain("already involved in transfer");
  });
});

describe("the way of a recovery", () => {
  async function halfway(version: string) {
    const { urls, qdrant } = await cluster({ version });
    await fill(urls[0], "docs", 20, { shard_number: 1 });
    const [location] = await backUp([urls[0]]);
    const { promise, resolve } = Promise.withResolvers<void>();
    const fault = { kind: "delay-effect", until: promise } as const;
    qdrant.fault({ fault, path: /recover$/ });
    const path = "/collections/docs/snapshots/recover?wait=false";
    const reply = await ask(urls[0], path, { method: "PUT", body: { location } });
    expect(reply.status).toBe(202);
    let state = "";
    while (state !== "ManualRecovery" && state !== "Partial") {
      state = (await shardsOf(urls[0], "docs")).local_shards[0].state as string;
    }
    return { urls, qdrant, state, resolve };
  }

  it.each([
    ["1.17.0", "ManualRecovery"],
    ["1.16.3", "Partial"],
  ])("in %s shows the replica as %s, and the gauge up", async (version, expected) => {
    const { urls, qdrant, state, resolve } = await halfway(version);
    expect(state).toBe(expected);
    const metrics = async () => (await ask(urls[0], "/metrics")).text;
    expect(await metrics()).toContain('snapshot_recovery_running{collection="docs"} 1');
    resolve();
    await qdrant.idle();
    expect(await metrics()).toContain('snapshot_recovery_running{collection="docs"} 0');
    await settled(urls, "docs");
  });

  it("ends with the process that was at it", async () => {
    const { urls, qdrant, resolve } = await halfway("1.18.0");
    await qdrant.nodes[0]?.stop();
    resolve();
    await qdrant.idle();
    await qdrant.nodes[0]?.start();
    expect((await shardsOf(urls[0], "docs")).local_shards[0].state).toBe("ManualRecovery");
  });

  it("leaves replicas without data in the file Partial before 1.17.1", async () => {
    for (const [version, state] of [
      ["1.17.0", "Partial"],
      ["1.17.1", "Active"],
    ] as const) {
      const { urls } = await cluster({ version });
      await fill(urls[0], "docs", 30);
      const [, location] = await backUp(urls);
      await must(recover(urls[0], "docs", { location, priority: "no_sync" }));
      const { local_shards: local } = await shardsOf(urls[0], "docs");
      expect(local).toContainEqual(expect.objectContaining({ shard_id: 0, state }));
    }
  });
});

describe("where a recovery takes its file from", () => {
  async function one(options: Parameters<typeof cluster>[0] = {}) {
    const { urls, qdrant } = await cluster({ nodes: 1, ...options });
    await fill(urls[0], "docs", 5);
    const name = await snap(urls[0], "docs");
    const node = (qdrant as FakeQdrant).nodes[0];
    const folder = `${node?.snapshotFolder}/docs`;
    const go = (body: Record<string, unknown>): Promise<Reply> => recover(urls[0], "docs", body);
    return { url: urls[0], qdrant, name, folder, go };
  }

  it("is a file among the node's own snapshots, and nowhere else", async () => {
    const { go, folder, name } = await one();
    expect((await go({ location: pathToFileURL(`${folder}/${name}`).href })).status).toBe(200);
    expect((await go({ location: pathToFileURL(`${folder}/none.snapshot`).href })).status).toBe(
      400,
    );
    expect((await go({ location: "file:///etc/hostname" })).status).toBe(403);
    expect((await go({ location: `file://host${folder}/${name}` })).status).toBe(400);
    expect((await go({ location: `${folder}/${name}` })).status).toBe(400);
    expect((await go({ location: "ftp://host/file" })).status).toBe(400);
    expect((await go({})).status).toBe(400);
  });

  it("is no URL where that is switched off", async () => {
    const { go, url, name } = await one({ urlRecovery: false });
    const location = `${url}/collections/docs/snapshots/${name}`;
    expect((await go({ location })).status).toBe(403);
  });

  it("is told when a URL fails, with the status", async () => {
    const { go, url } = await one();
    const reply = await go({ location: `${url}/collections/docs/snapshots/none.snapshot` });
    expect(reply.status).toBe(400);
    expect(reply.error).toMatch(/Failed to download.*404/);
  });

  it("is a URL that wants a key, when the key is sent along", async () => {
    const source = await cluster({ nodes: 1, keys: { apiKey: "secret" } });
    const headers = { "api-key": "secret" };
    const body = { vectors: VECTORS };
    await must(ask(source.urls[0], "/collections/docs", { method: "PUT", headers, body }));
    const path = "/collections/docs/snapshots";
    const { name } = (await must(ask(source.urls[0], path, { method: "POST", headers }))).result;
    const location = `${source.urls[0]}${path}/${name}`;
    const { go } = await one();
    expect((await go({ location })).error).toMatch(/Failed to download.*401/);
    expect((await go({ location, api_key: "secret" })).status).toBe(200);
    expect(JSON.stringify(source.qdrant.requests)).not.toContain('"secret"');
  });

  it("is checked against a checksum before anything is touched", async () => {
    const { go, url, name } = await one();
    const location = `${url}/collections/docs/snapshots/${name}`;
    await write(url, "docs", 5, 5);
    const wrong = await go({ location, checksum: "0".repeat(64) });
    expect(wrong.status).toBe(400);
    expect(wrong.error).toMatch(/^Wrong input: Snapshot checksum mismatch: expected 0{64}, got /);
    expect((await go({ location, checksum: "abc" })).status).toBe(422);
    expect(await countOf(url, "docs")).toBe(10);
    const { checksum } = (await ask(url, "/collections/docs/snapshots")).result[0];
    await must(go({ location, checksum }));
    expect(await countOf(url, "docs")).toBe(5);
  });
});

describe("recovering one shard", () => {
  it("takes the name of a file of that shard, a URL, or an upload", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 20, { shard_number: 1, replication_factor: 2 });
    const path = "/collections/docs/shards/0/snapshots";
    const { name } = (await must(ask(urls[0], path, { method: "POST" }))).result;
    const bytes = (await ask(urls[0], `${path}/${name}`)).bytes;
    const again = async (go: () => Promise<Reply>) => {
      await write(urls[0], "docs", 20, 20);
      const reply = await must(go());
      await settled(urls, "docs");
      expect(await countOf(urls[1], "docs")).toBe(20);
      return reply;
    };
    const put = (location: string) =>
      ask(urls[0], `${path}/recover`, { method: "PUT", body: { location, priority: "snapshot" } });
    await again(() => put(name));
    await again(() => put(`${urls[0]}${path}/${name}`));
    const sent = await again(() => upload(urls[0], "docs/shards/0", bytes));
    expect(sent.result).toBe(null);
    expect((await ask(urls[0], path)).result).toHaveLength(1);
    expect((await put("file:///tmp/x.snapshot")).status).toBe(400);
    expect((await put("none.snapshot")).status).toBe(404);
  });

  it("makes all other replicas dead with `snapshot`, whatever the factor", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 20, { shard_number: 1, replication_factor: 3 });
    const path = "/collections/docs/shards/0/snapshots";
    const { name } = (await must(ask(urls[0], path, { method: "POST" }))).result;
    const body = { location: name, priority: "snapshot" };
    await must(ask(urls[0], `${path}/recover`, { method: "PUT", body }));
    const { remote_shards: remote } = await shardsOf(urls[0], "docs");
    expect(remote).toMatchObject([{ state: "Partial" }, { state: "Partial" }]);
    await settled(urls, "docs");
  });
});

describe("files that are no snapshots", () => {
  it.each([
    ["garbage", () => Buffer.from("this is the path of a file, sent by mistake")],
    ["an empty file", () => Buffer.alloc(0)],
    ["half of a snapshot", (good: Buffer) => good.subarray(0, Math.floor(good.length / 2))],
    ["a snapshot with a broken header", (good: Buffer) => broken(good)],
  ])("are refused: %s", async (_what, spoil) => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 100);
    const good = (await download(urls[0], "docs", await snap(urls[0], "docs"))).bytes;
    const reply = await upload(urls[0], "docs", spoil(good));
    expect(reply.status).toBe(500);
    expect(reply.error).toMatch(/^Service internal error: .*archive/);
    expect(await countOf(urls[0], "docs")).toBe(100);
  });

  it("pass where only the points are malformed, and break the next start", async () => {
    const { urls, qdrant } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 100);
    const good = (await download(urls[0], "docs", await snap(urls[0], "docs"))).bytes;
    const bad = Buffer.from(good);
    bad[bad.indexOf('{"id":0,"vector"')] = 0x21;
    expect((await upload(urls[0], "docs", bad)).error).toBe("");
    await qdrant.nodes[0]?.stop();
    await expect(qdrant.nodes[0]?.start()).rejects.toThrow("panicked");
  });
});

function broken(good: Buffer): Buffer {
  const bad = Buffer.from(good);
  bad[0] = 0x7e;
  return bad;
}
