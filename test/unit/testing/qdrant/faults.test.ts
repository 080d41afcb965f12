import { describe, expect, it } from "vitest";
import type { Fault } from "../../../../src/testing/qdrant/faults.ts";
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
} from "./ask.ts";

const CREATE = "/collections/docs/snapshots";

async function ready() {
  const { urls, qdrant, clock } = await cluster();
  await fill(urls[0], "docs", 60, { shard_number: 2, replication_factor: 2 });
  const create = () => ask(urls[0], CREATE, { method: "POST" });
  const names = async () =>
    ((await ask(urls[0], CREATE)).result as { name: string }[]).map((each) => each.name);
  const order = (fault: Fault, more: { from?: number; times?: number } = {}) =>
    qdrant.fault({ fault, method: "POST", path: /\/snapshots$/, ...more });
  return { urls, qdrant, clock, create, names, order };
}

describe("an ordered fault", () => {
  it("drops the connection before the effect", async () => {
    const { create, names, order } = await ready();
    const handle = order({ kind: "drop-before" });
    await expect(create()).rejects.toThrow();
    expect(handle.firedCount).toBe(1);
    expect(await names()).toEqual([]);
    expect((await create()).status).toBe(200);
  });

  it("drops the connection after the effect", async () => {
    const { create, names, order } = await ready();
    order({ kind: "drop-after" });
    await expect(create()).rejects.toThrow();
    expect(await names()).toHaveLength(1);
  });

  it("delays the answer, when everything is done", async () => {
    const { create, names, order } = await ready();
    const { promise, resolve } = Promise.withResolvers<void>();
    order({ kind: "delay-answer", until: promise });
    const coming = create();
    await expect.poll(names).toHaveLength(1);
    resolve();
    expect((await coming).status).toBe(200);
  });

  it("delays the effect by the servers' clock", async () => {
    const { create, names, order, clock } = await ready();
    order({ kind: "delay-effect", ms: 60_000 });
    const coming = create();
    await expect.poll(() => clock.sleeperCount).toBe(1);
    expect(await names()).toEqual([]);
    await clock.advance(60_000);
    expect((await coming).status).toBe(200);
    expect(await names()).toHaveLength(1);
  });

  it.each([
    ["JSON", { status: { error: "no" } }, /json/],
    ["plain text", "upstream timed out", /plain/],
  ])("answers with %s in place of the work", async (_what, body, type) => {
    const { create, names, order } = await ready();
    order({ kind: "answer", status: 504, body });
    const reply = await create();
    expect(reply.status).toBe(504);
    expect(reply.headers["content-type"]).toMatch(type);
    expect(reply.text).toBe(typeof body === "string" ? body : JSON.stringify(body));
    expect(await names()).toEqual([]);
  });

  it("answers with the HTML of a proxy", async () => {
    const { create, order } = await ready();
    order({ kind: "answer", status: 502, body: "<html>", contentType: "text/html" });
    expect((await create()).headers["content-type"]).toBe("text/html");
  });

  it("limits the rate", async () => {
    const { create, order } = await ready();
    order({ kind: "too-many-requests", retryAfterSeconds: 7 });
    const reply = await create();
    expect(reply.status).toBe(429);
    expect(reply.headers["retry-after"]).toBe("7");
  });

  it("fills the disk", async () => {
    const { create, names, order } = await ready();
    order({ kind: "disk-full" });
    const reply = await create();
    expect(reply.status).toBe(500);
    expect(reply.error).toMatch(/^Service internal error: .*No space left on device/);
    expect(await names()).toEqual([]);
  });

  it("holds the lock of a recovery", async () => {
    const { create, order } = await ready();
    order({ kind: "locked" });
    const reply = await create();
    expect(reply.status).toBe(503);
    expect(JSON.parse(reply.text)).toEqual({ status: "already_in_progress", time: 0 });
  });

  it("takes the node down until it is started again", async () => {
    const { create, order, qdrant, names } = await ready();
    order({ kind: "node-down" });
    await expect(create()).rejects.toThrow();
    await expect(create()).rejects.toThrow("ECONNREFUSED");
    await qdrant.nodes[0]?.start();
    expect(await names()).toEqual([]);
  });

  it("lets the work of wait=false fail without a word", async () => {
    const { urls, names, order, qdrant } = await ready();
    order({ kind: "background-failure" });
    expect((await ask(urls[0], `${CREATE}?wait=false`, { method: "POST" })).status).toBe(202);
    await qdrant.idle();
    expect(await names()).toEqual([]);
    expect(qdrant.nodes[0]?.log).toHaveLength(1);
  });

  it("happens from the nth request on, so many times, on one node, and can be taken back", async () => {
    const { urls, create, qdrant, order } = await ready();
    const handle = order({ kind: "answer", status: 500 }, { from: 2, times: 2 });
    const seen = [await create(), await create(), await create(), await create()];
    expect(seen.map((reply) => reply.status)).toEqual([200, 500, 500, 200]);
    expect(handle).toMatchObject({ firedCount: 2, matchedCount: 4 });
    const other = qdrant.fault({
      fault: { kind: "answer", status: 500 },
      node: 1,
      times: Infinity,
    });
    expect((await ask(urls[0], "/collections")).status).toBe(200);
    expect((await ask(urls[1], "/collections")).status).toBe(500);
    other.remove();
    expect((await ask(urls[1], "/collections")).status).toBe(200);
  });
});

describe("a fault of a download", () => {
  async function file(fault: Fault, headers: Record<string, string> = {}) {
    const { urls, qdrant } = await ready();
    const name = await snap(urls[0], "docs");
    const whole = await download(urls[0], "docs", name);
    qdrant.fault({ fault, method: "GET", path: /\.snapshot$/ });
    return { whole, coming: download(urls[0], "docs", name, headers), qdrant };
  }

  it("cuts it, though the length promised all", async () => {
    const { coming, qdrant } = await file({ kind: "truncate", afterBytes: 1000 });
    await expect(coming).rejects.toThrow("aborted");
    await expect.poll(() => qdrant.requests.at(-1)?.sentBytes).toBe(1000);
  });

  it("changes one byte", async () => {
    const { coming, whole } = await file({ kind: "corrupt", atByte: 1000 });
    const { bytes } = await coming;
    const different = [...bytes.keys()].filter((at) => bytes[at] !== whole.bytes[at]);
    expect(different).toEqual([1000]);
  });

  it("ignores the range that was asked for", async () => {
    const { coming, whole } = await file({ kind: "ignore-range" }, { range: "bytes=10-" });
    const reply = await coming;
    expect(reply.status).toBe(200);
    expect(reply.bytes.length).toBe(whole.bytes.length);
  });

  it("compresses it, though identity was asked for", async () => {
    const { coming } = await file({ kind: "compress" }, { "accept-encoding": "identity" });
    const reply = await coming;
    expect(reply.headers["content-encoding"]).toBe("gzip");
    expect(reply.bytes.readUInt16BE(0)).toBe(0x1f8b);
  });
});

describe("a fault of a recovery", () => {
  it.each(["Partial", "Dead"] as const)("leaves replicas %s for good", async (state) => {
    const { urls, qdrant } = await ready();
    const location = `${urls[0]}${CREATE}/${await snap(urls[0], "docs")}`;
    qdrant.fault({ fault: { kind: "replicas", state }, path: /recover$/ });
    await must(recover(urls[0], "docs", { location, priority: "snapshot" }));
    for (let look = 0; look < 5; look++) {
      const { local_shards: local } = await shardsOf(urls[0], "docs");
      expect(local.every((each: { state: string }) => each.state === state)).toBe(true);
    }
    qdrant.settle();
    expect((await shardsOf(urls[0], "docs")).local_shards[0].state).toBe(state);
    await must(recover(urls[0], "docs", { location, priority: "snapshot" }));
    qdrant.settle();
    expect((await shardsOf(urls[0], "docs")).local_shards[0].state).toBe("Active");
  });

  it("hits one node of a restore, and doing it again converges", async () => {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 60);
    const files = await Promise.all(
      urls.map(async (url) => (await download(url, "docs", await snap(url, "docs"))).bytes),
    );
    qdrant.fault({ fault: { kind: "disk-full" }, node: 1, path: /upload$/ });
    const statuses: number[] = [];
    for (const [index, url] of urls.entries()) {
      statuses.push((await upload(url, "again", files[index] as Buffer)).status);
      qdrant.settle();
    }
    expect(statuses).toEqual([200, 500, 200]);
    expect(await countOf(urls[0], "again")).toBeLessThan(60);
    await must(upload(urls[1], "again", files[1] as Buffer));
    qdrant.settle();
    expect(await countOf(urls[0], "again")).toBe(60);
  });
});
