import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ask, cluster, countOf, download, fill, must, snap } from "./ask.ts";

const list = (url: string, collection: string) => ask(url, `/collections/${collection}/snapshots`);

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("snapshots on local disks", () => {
  it("are listed, described, downloaded and deleted on the node that made them", async () => {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 30);
    expect((await list(urls[0], "docs")).result).toEqual([]);
    const name = await snap(urls[0], "docs");
    expect(name).toBe(`docs-${qdrant.nodes[0]?.peerId}-2026-03-01-02-00-00.snapshot`);
    const [described] = (await list(urls[0], "docs")).result;
    const file = await download(urls[0], "docs", name);
    expect(described).toEqual({
      name,
      creation_time: "2026-03-01T02:00:00",
      size: file.bytes.length,
      checksum: sha256(file.bytes),
    });
    expect((await list(urls[1], "docs")).result).toEqual([]);
    expect((await download(urls[1], "docs", name)).status).toBe(404);
    const remove = () => ask(urls[0], `/collections/docs/snapshots/${name}`, { method: "DELETE" });
    expect((await remove()).result).toBe(true);
    expect((await remove()).status).toBe(404);
    expect((await list(urls[0], "docs")).result).toEqual([]);
  });

  it("of one second replace each other", async () => {
    const { urls, clock } = await cluster();
    await fill(urls[0], "docs", 3);
    const [first, second] = [await snap(urls[0], "docs"), await snap(urls[0], "docs")];
    expect(second).toBe(first);
    expect((await list(urls[0], "docs")).result).toHaveLength(1);
    await clock.advance(1000);
    await snap(urls[0], "docs");
    expect((await list(urls[0], "docs")).result).toHaveLength(2);
  });

  it("answer 202 without a result when nobody waits, and appear later", async () => {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 3);
    const path = "/collections/docs/snapshots?wait=false";
    const reply = await ask(urls[0], path, { method: "POST" });
    expect(reply.status).toBe(202);
    expect(JSON.parse(reply.text)).toEqual({ status: "accepted", time: expect.any(Number) });
    await qdrant.idle();
    expect((await list(urls[0], "docs")).result).toHaveLength(1);
  });

  it("refuse a query value that is none, and a collection that is none", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 3);
    const post = (path: string) => ask(urls[0], path, { method: "POST" });
    expect((await post("/collections/docs/snapshots?wait=maybe")).status).toBe(400);
    expect((await post("/collections/none/snapshots")).status).toBe(404);
    expect((await list(urls[0], "none")).status).toBe(404);
  });

  it.each(["..%2Fdocs", "..", "a%2Fb.snapshot", "%2e%2e%2fx"])(
    "answer 404 to the name %s, which leads elsewhere",
    async (name) => {
      const { urls } = await cluster({ nodes: 1 });
      await fill(urls[0], "docs", 3);
      expect((await download(urls[0], "docs", name)).status).toBe(404);
    },
  );

  it("stay when their collection goes, and are out of reach until it comes back", async () => {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 3);
    const name = await snap(urls[0], "docs");
    await must(ask(urls[0], "/collections/docs", { method: "DELETE" }));
    expect((await list(urls[0], "docs")).status).toBe(404);
    expect((await download(urls[0], "docs", name)).status).toBe(404);
    expect(await qdrant.nodes[0]?.files()).toContain(`snapshots/docs/${name}`);
    await fill(urls[0], "docs", 1);
    expect((await list(urls[0], "docs")).result).toMatchObject([{ name }]);
  });

  it("are reached through an alias, which leaves an empty folder", async () => {
    const { urls, qdrant } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 3);
    const create = { create_alias: { collection_name: "docs", alias_name: "live" } };
    const body = { actions: [create] };
    await must(ask(urls[0], "/collections/aliases", { method: "POST", body }));
    const name = await snap(urls[0], "live");
    expect(name).toMatch(/^docs-\d+-/);
    expect((await list(urls[0], "live")).result).toMatchObject([{ name }]);
    expect((await download(urls[0], "live", name)).status).toBe(200);
    expect(await qdrant.nodes[0]?.files()).toContain(`snapshots/docs/${name}`);
  });

  it("put there by hand are listed without a checksum, and only by that ending", async () => {
    const { urls, qdrant } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 0);
    await qdrant.nodes[0]?.putFile("docs", "mine.snapshot", "whatever");
    await qdrant.nodes[0]?.putFile("docs", "mine.tar", "whatever");
    const { result } = await list(urls[0], "docs");
    expect(result).toHaveLength(1);
    expect(result[0]).toMatchObject({ name: "mine.snapshot", size: 8 });
    expect(result[0]).not.toHaveProperty("checksum");
  });

  it("hold only what lies on their node", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 300, { shard_number: 3, replication_factor: 1 });
    const sizes = await Promise.all(
      urls.map(async (url) => (await download(url, "docs", await snap(url, "docs"))).text),
    );
    const ids = sizes.map((text) => (text.match(/"payload"/g) ?? []).length);
    expect(ids.reduce((sum, count) => sum + count)).toBe(300);
    expect(Math.min(...ids)).toBeGreaterThan(0);
  });
});

describe("downloads from local disks", () => {
  async function ready() {
    const { urls, qdrant } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 300);
    const name = await snap(urls[0], "docs");
    const whole = await download(urls[0], "docs", name);
    return { url: urls[0], name, whole, qdrant };
  }

  it("have a length, a name, a date, an ETag, and tell of ranges", async () => {
    const { name, whole } = await ready();
    expect(whole.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": String(whole.bytes.length),
      "accept-ranges": "bytes",
      "content-disposition": `attachment; filename="${name}"`,
      "last-modified": "Sun, 01 Mar 2026 02:00:00 GMT",
      etag: expect.stringMatching(/^".+"$/),
    });
  });

  it.each([
    ["bytes=100-", 100, undefined],
    ["bytes=100-199", 100, 200],
    ["bytes=-50", -50, undefined],
  ])("give %s with 206", async (range, start, end) => {
    const { url, name, whole } = await ready();
    const part = await download(url, "docs", name, { range, "accept-encoding": "gzip" });
    expect(part.status).toBe(206);
    expect(part.bytes.equals(whole.bytes.subarray(start, end))).toBe(true);
    expect(part.headers["content-range"]).toMatch(`/${whole.bytes.length}`);
    expect(part.headers["content-encoding"]).toBeUndefined();
  });

  it("answer 416 to a range behind the end, and give all where the file has changed", async () => {
    const { url, name, whole } = await ready();
    const behind = await download(url, "docs", name, { range: "bytes=99999999-" });
    expect(behind.status).toBe(416);
    expect(behind.headers["content-range"]).toBe(`bytes */${whole.bytes.length}`);
    const range = "bytes=10-";
    const same = await download(url, "docs", name, { range, "if-range": whole.headers.etag ?? "" });
    expect(same.status).toBe(206);
    const other = await download(url, "docs", name, { range, "if-range": '"other"' });
    expect(other.status).toBe(200);
  });

  it("are compressed for whoever accepts that, and then have no length", async () => {
    const { url, name, whole } = await ready();
    const small = await download(url, "docs", name, { "accept-encoding": "gzip, deflate" });
    expect(small.headers["content-encoding"]).toBe("gzip");
    expect(small.headers["content-length"]).toBeUndefined();
    expect(gunzipSync(small.bytes).equals(whole.bytes)).toBe(true);
    const plain = await download(url, "docs", name, { "accept-encoding": "identity" });
    expect(plain.headers["content-encoding"]).toBeUndefined();
  });

  it("go on when the file is deleted meanwhile", async () => {
    const { url, name, whole, qdrant } = await ready();
    const { promise, resolve } = Promise.withResolvers<void>();
    qdrant.fault({
      fault: { kind: "delay-answer", until: promise },
      method: "GET",
      path: /\.snapshot$/,
    });
    const coming = download(url, "docs", name);
    resolve();
    const [reply] = await Promise.all([
      coming,
      coming.then(() => ask(url, `/collections/docs/snapshots/${name}`, { method: "DELETE" })),
    ]);
    expect(reply.bytes.length).toBe(whole.bytes.length);
  });
});

describe("snapshots in an object store", () => {
  it("are seen by every node, without checksums and with a fraction of a second", async () => {
    const { urls } = await cluster({ storage: "s3" });
    await fill(urls[0], "docs", 30);
    const names = [await snap(urls[0], "docs"), await snap(urls[1], "docs")];
    const { result } = await list(urls[2], "docs");
    expect((result as { name: string }[]).map((each) => each.name).toSorted()).toEqual(
      names.toSorted(),
    );
    for (const each of result) {
      expect(each).not.toHaveProperty("checksum");
      expect(each.creation_time).toBe("2026-03-01T02:00:00.000");
    }
  });

  it("are downloaded in chunks, without a length, a name or ranges", async () => {
    const { urls } = await cluster({ storage: "s3" });
    await fill(urls[0], "docs", 30);
    const name = await snap(urls[0], "docs");
    const file = await download(urls[2], "docs", name, { range: "bytes=10-" });
    expect(file.status).toBe(200);
    expect(file.headers["transfer-encoding"]).toBe("chunked");
    const { headers } = file;
    for (const header of ["content-length", "accept-ranges", "etag", "content-disposition"]) {
      expect(headers[header]).toBeUndefined();
    }
  });

  it("of shards are listed with the collection's, but not found there", async () => {
    const { urls } = await cluster({ storage: "s3" });
    await fill(urls[0], "docs", 30, { shard_number: 1 });
    const path = "/collections/docs/shards/0/snapshots";
    const { name } = (await must(ask(urls[0], path, { method: "POST" }))).result;
    expect((await list(urls[1], "docs")).result).toMatchObject([{ name }]);
    expect((await download(urls[1], "docs", name)).status).toBe(404);
    expect((await ask(urls[1], "/snapshots")).result).toMatchObject([{ name }]);
  });
});

describe("shard snapshots", () => {
  it("live beside the collection's, on a node that has the shard", async () => {
    const { urls } = await cluster();
    await fill(urls[0], "docs", 30, { shard_number: 1 });
    const path = "/collections/docs/shards/0/snapshots";
    const { name } = (await must(ask(urls[0], path, { method: "POST" }))).result;
    expect(name).toBe("docs-shard-0-2026-03-01-02-00-00.snapshot");
    expect((await ask(urls[0], path)).result).toMatchObject([{ name }]);
    expect((await list(urls[0], "docs")).result).toEqual([]);
    expect((await ask(urls[0], `${path}/${name}`)).status).toBe(200);
    expect((await ask(urls[1], path)).error).toContain("not a local shard");
    expect((await ask(urls[1], path)).status).toBe(400);
    expect((await ask(urls[0], path.replace("/0/", "/7/"))).status).toBe(404);
    await must(ask(urls[0], `${path}/${name}`, { method: "DELETE" }));
    const gone = await ask(urls[0], `${path}/${name}`);
    expect(gone.status).toBe(404);
    expect(gone.headers["content-type"]).toMatch(/^text\/plain/);
  });

  it("are streamed without leaving anything on the node", async () => {
    const { urls, qdrant } = await cluster();
    await fill(urls[0], "docs", 30, { shard_number: 1 });
    const reply = await ask(urls[0], "/collections/docs/shards/0/snapshot");
    expect(reply.headers["transfer-encoding"]).toBe("chunked");
    expect(reply.headers["content-disposition"]).toContain("docs-shard-0-");
    expect(reply.text).toContain("point 29");
    expect(await qdrant.nodes[0]?.files()).toEqual([]);
  });
});

describe("full snapshots", () => {
  it("are made, listed, downloaded and deleted", async () => {
    const { urls } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 5);
    const { name } = (await must(ask(urls[0], "/snapshots", { method: "POST" }))).result;
    expect(name).toBe("full-snapshot-2026-03-01-02-00-00.snapshot");
    expect((await ask(urls[0], "/snapshots")).result).toMatchObject([{ name }]);
    expect((await ask(urls[0], `/snapshots/${name}`)).text).toContain("collections_mapping");
    expect((await ask(urls[0], `/snapshots/${name}`, { method: "DELETE" })).result).toBe(true);
    expect((await ask(urls[0], `/snapshots/${name}`)).status).toBe(404);
    expect(await countOf(urls[0], "docs")).toBe(5);
  });
});
