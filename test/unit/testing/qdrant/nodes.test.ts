import { describe, expect, it } from "vitest";
import { FakeClock } from "../../../../src/testing/fake-clock.ts";
import { startFakeQdrant } from "../../../../src/testing/qdrant/fake-qdrant.ts";
import { ask, cluster, countOf, fill, must, shardsOf, snap, write } from "./ask.ts";

describe("a node", () => {
  it("refuses connections while it is down, and comes back at the same address", async () => {
    const { urls, qdrant } = await cluster();
    await qdrant.nodes[1]?.stop();
    await expect(ask(urls[1], "/")).rejects.toThrow("ECONNREFUSED");
    await qdrant.nodes[1]?.start();
    expect((await ask(urls[1], "/")).status).toBe(200);
    expect(qdrant.urls).toEqual(urls);
  });

  it("that is down loses its replicas' writes, and gets them by a transfer afterwards", async () => {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 20, { shard_number: 1, replication_factor: 2 });
    await qdrant.nodes[1]?.stop();
    await write(urls[0], "docs", 20, 10);
    expect(await countOf(urls[2], "docs")).toBe(30);
    expect((await shardsOf(urls[0], "docs")).remote_shards).toMatchObject([{ state: "Dead" }]);
    await qdrant.nodes[1]?.start();
    for (let look = 0; look < 4; look++) await shardsOf(urls[0], "docs");
    expect((await shardsOf(urls[1], "docs")).local_shards).toMatchObject([
      { state: "Active", points_count: 30 },
    ]);
  });

  it("with the only replica of a shard takes its points with it", async () => {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 20);
    await qdrant.nodes[1]?.stop();
    const reply = await ask(urls[0], "/collections/docs/points/count", { method: "POST" });
    expect(reply.status).toBe(500);
    expect(qdrant.points("docs")).toHaveLength(20);
  });

  it("that is replaced has another peer id, and neither replicas nor snapshots", async () => {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 20, { shard_number: 1, replication_factor: 2 });
    await snap(urls[0], "docs");
    const before = qdrant.nodes[0]?.peerId;
    await qdrant.nodes[0]?.replace();
    expect(qdrant.nodes[0]?.peerId).not.toBe(before);
    expect((await ask(urls[0], "/collections/docs/snapshots")).result).toEqual([]);
    expect((await shardsOf(urls[0], "docs")).local_shards).toEqual([]);
    expect(await countOf(urls[0], "docs")).toBe(20);
    const { peers } = (await ask(urls[1], "/cluster")).result;
    expect(Object.keys(peers as object)).not.toContain(before);
  });

  it("that loses its disk keeps its peer id", async () => {
    const { urls, qdrant } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 20);
    await snap(urls[0], "docs");
    const before = qdrant.nodes[0]?.peerId;
    await qdrant.nodes[0]?.loseDisk();
    expect(qdrant.nodes[0]?.peerId).toBe(before);
    expect(await qdrant.nodes[0]?.files()).toEqual([]);
    expect(await countOf(urls[0], "docs")).toBe(0);
  });

  it.each([
    ["1.17.1", 1],
    ["1.18.0", 0],
  ])("of version %s keeps %d leftovers of a snapshot that it died over", async (version, count) => {
    const { urls, qdrant } = await cluster({ nodes: 1, version });
    await fill(urls[0], "docs", 20);
    const { promise, resolve } = Promise.withResolvers<void>();
    qdrant.fault({
      fault: { kind: "delay-effect", until: promise },
      method: "POST",
      path: /snapshots$/,
    });
    const coming = ask(urls[0], "/collections/docs/snapshots", { method: "POST" });
    const died = expect(coming).rejects.toThrow();
    const node = qdrant.nodes[0];
    await expect.poll(() => node?.files()).toHaveLength(1);
    await node?.stop();
    resolve();
    await died;
    await qdrant.idle();
    await node?.start();
    expect(await node?.files()).toHaveLength(count);
    expect((await ask(urls[0], "/collections/docs/snapshots")).result).toEqual([]);
  });

  it("is upgraded by a restart", async () => {
    const { urls, qdrant } = await cluster({ version: "1.17.1" });
    await qdrant.nodes[2]?.upgrade("1.18.0");
    expect(JSON.parse((await ask(urls[2], "/")).text)).toMatchObject({ version: "1.18.0" });
    expect(JSON.parse((await ask(urls[1], "/")).text)).toMatchObject({ version: "1.17.1" });
  });

  it("records its requests in the order of all", async () => {
    const { urls, qdrant } = await cluster();
    await ask(urls[1], "/collections?x=1");
    await ask(urls[0], "/collections/a%2Fb");
    expect(qdrant.requests.map(({ order, node, path }) => [order, node, path])).toEqual([
      [0, 1, "/collections"],
      [1, 0, "/collections/a%2Fb"],
    ]);
    expect(qdrant.requests[0]?.query).toEqual({ x: "1" });
    expect(qdrant.nodes[0]?.requests).toHaveLength(1);
  });
});

describe("a transfer", () => {
  it("is done when its time is over, however often somebody looks", async () => {
    const { urls, clock } = await cluster({ transferPolls: 1000, transferMs: 5000 });
    await fill(urls[0], "docs", 20, { shard_number: 1, replication_factor: 1 });
    const { peer_id: from } = await shardsOf(urls[0], "docs");
    const { peer_id: to } = await shardsOf(urls[1], "docs");
    const body = { move_shard: { shard_id: 0, from_peer_id: from, to_peer_id: to } };
    await must(ask(urls[0], "/collections/docs/cluster", { method: "POST", body }));
    for (let look = 0; look < 5; look++) {
      expect((await shardsOf(urls[0], "docs")).shard_transfers).toHaveLength(1);
    }
    await clock.advance(5000);
    await shardsOf(urls[0], "docs");
    const page = await shardsOf(urls[1], "docs");
    expect(page.local_shards).toMatchObject([{ points_count: 20, state: "Active" }]);
    expect(page.remote_shards).toEqual([]);
  });
});

describe("a replica", () => {
  it("is put into a state by hand, and stays there until it is put back", async () => {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 20, { shard_number: 1, replication_factor: 2 });
    qdrant.setReplicaState("docs", 0, 1, "Dead");
    qdrant.settle();
    expect((await shardsOf(urls[1], "docs")).local_shards).toMatchObject([{ state: "Dead" }]);
    expect(await countOf(urls[1], "docs")).toBe(20);
    qdrant.setReplicaState("docs", 0, 1, "Active");
    expect((await shardsOf(urls[1], "docs")).local_shards).toMatchObject([{ state: "Active" }]);
    expect(() => qdrant.setReplicaState("docs", 0, 2, "Dead")).toThrow("node 2 has no shard 0");
  });
});

describe("the options", () => {
  it("name the peers, which otherwise differ even under equal clocks", async () => {
    const [one, two, three] = [await cluster(), await cluster(), await cluster({ peerIds: ["7"] })];
    const ids = (of: typeof one) => of.qdrant.nodes.map((node) => node.peerId);
    expect(new Set([...ids(one), ...ids(two)]).size).toBe(6);
    expect(ids(three)[0]).toBe("7");
  });

  it("refuse a standalone server of several nodes", async () => {
    await expect(startFakeQdrant({ nodes: 2, distributed: false })).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });

  it("allow a cluster of one node", async () => {
    const { urls } = await cluster({ nodes: 1, distributed: true });
    expect((await ask(urls[0], "/cluster")).result.status).toBe("enabled");
  });

  it("date everything by the clock that is given", async () => {
    const clock = new FakeClock({ at: "2030-12-31T23:59:59Z" });
    const { urls } = await cluster({ nodes: 1, clock });
    await fill(urls[0], "docs", 1);
    expect(await snap(urls[0], "docs")).toContain("2030-12-31-23-59-59");
    const { headers } = await ask(urls[0], "/");
    expect(headers.date).toBe("Tue, 31 Dec 2030 23:59:59 GMT");
  });
});
