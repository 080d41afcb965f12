import { createHash } from "node:crypto";
import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { request } from "node:http";
import { describe, expect, it } from "vitest";
import {
  ask,
  cluster,
  countOf,
  download,
  fill,
  must,
  shardsOf,
  snap,
  upload,
  write,
} from "./ask.ts";

async function ready(options: Parameters<typeof cluster>[0] = {}) {
  const { urls, qdrant } = await cluster({ nodes: 1, ...options });
  await fill(urls[0], "docs", 20);
  const bytes = (await download(urls[0], "docs", await snap(urls[0], "docs"))).bytes;
  return { url: urls[0], qdrant, bytes };
}

const list = (url: string, name: string) => ask(url, `/collections/${name}/snapshots`);

describe("an upload", () => {
  it("restores, and its file stays in the list under its own name, without a checksum", async () => {
    const { url, bytes } = await ready();
    const reply = await upload(url, "again", bytes, { filename: "../../mine.snapshot" });
    expect(reply).toMatchObject({ status: 200, result: true });
    expect(await countOf(url, "again")).toBe(20);
    const { result } = await list(url, "again");
    expect(result).toEqual([
      { name: "mine.snapshot", size: bytes.length, creation_time: "2026-03-01T02:00:00" },
    ]);
    const kept = await download(url, "again", "mine.snapshot");
    expect(kept.bytes.equals(bytes)).toBe(true);
  });

  it("without that ending stays as an orphan that no listing shows", async () => {
    const { url, bytes, qdrant } = await ready();
    await must(upload(url, "again", bytes, { filename: "mine.tar" }));
    await must(upload(url, "again", bytes, { filename: null }));
    expect((await list(url, "again")).result).toEqual([]);
    const files = (await qdrant.nodes[0]?.files()) ?? [];
    expect(files.filter((file) => file.startsWith("snapshots/again/"))).toHaveLength(2);
  });

  it("replaces a snapshot of the same name", async () => {
    const { url, bytes } = await ready();
    const { name } = (await list(url, "docs")).result[0];
    await write(url, "docs", 20, 20);
    await must(upload(url, "docs", bytes, { filename: name as string }));
    const { result } = await list(url, "docs");
    expect(result).toHaveLength(1);
    expect(result[0]).not.toHaveProperty("checksum");
  });

  it("on an object store stays on the node's disk, where nobody lists it", async () => {
    const { url, bytes, qdrant } = await ready({ storage: "s3" });
    await must(upload(url, "again", bytes));
    expect((await list(url, "again")).result).toEqual([]);
    expect(await qdrant.nodes[0]?.files()).toEqual(["snapshots/again/sent.snapshot"]);
  });

  it("with a wrong checksum touches nothing, and tells the two the wrong way round", async () => {
    const { url, bytes, qdrant } = await ready();
    const sum = createHash("sha256").update(bytes).digest("hex");
    const zeros = "0".repeat(64);
    const reply = await upload(url, "again", bytes, { query: `checksum=${zeros}` });
    expect(reply.status).toBe(400);
    expect(reply.error).toBe(`Checksum mismatch: expected ${sum}, actual ${zeros}`);
    expect((await list(url, "again")).status).toBe(404);
    expect((await qdrant.nodes[0]?.files())?.join()).not.toContain("sent.snapshot");
    await must(upload(url, "again", bytes, { query: `checksum=${sum}` }));
    expect(await countOf(url, "again")).toBe(20);
  });

  it("answers 202 when nobody waits, once the body has arrived", async () => {
    const { url, bytes, qdrant } = await ready();
    const reply = await upload(url, "again", bytes, { query: "wait=false&priority=snapshot" });
    expect(reply.status).toBe(202);
    await qdrant.idle();
    expect(await countOf(url, "again")).toBe(20);
  });

  it.each([
    ["docs", "priority=first", 400],
    ["docs", "wait=yes", 400],
    ["docs", "checksum=abc", 422],
    ["a%3Ab", "", 422],
    ["x".repeat(256), "", 422],
  ])("to %s with %s is refused", async (name, query, status) => {
    const { url, bytes } = await ready();
    expect((await upload(url, name, bytes, { query })).status).toBe(status);
  });

  it("wants one part called snapshot, in a form", async () => {
    const { url, bytes } = await ready();
    const wrong = await upload(url, "again", bytes, { part: "file" });
    expect(wrong).toMatchObject({
      status: 400,
      error: expect.stringContaining("Field 'snapshot' is required"),
    });
    const path = "/collections/again/snapshots/upload";
    expect((await ask(url, path, { method: "POST", body: "{}" })).status).toBe(400);
  });

  it.each([1, 2, 3, 7, 64])("is understood when it comes in pieces of %d bytes", async (size) => {
    const { url } = await ready();
    const inner = Buffer.from("\r\n--bound\r\n\r\n--boundar\r\n-");
    const body = Buffer.concat([
      Buffer.from('--boundary\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'),
      Buffer.from(
        '--boundary\r\nContent-Disposition: form-data; name="snapshot"; filename="a.snapshot"\r\n\r\n',
      ),
      inner,
      Buffer.from("\r\n--boundary--\r\n"),
    ]);
    const pieces = function* () {
      for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
    };
    const reply = await ask(url, "/collections/docs/snapshots/upload", {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=boundary" },
      stream: Readable.from(pieces()),
    });
    // It is no archive; but it arrived byte by byte as it was.
    expect(reply.status).toBe(500);
    expect((await download(url, "docs", "a.snapshot")).bytes.equals(inner)).toBe(true);
  });

  it("that breaks off leaves nothing behind", async () => {
    const { url, qdrant } = await ready();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(
      "POST /collections/again/snapshots/upload HTTP/1.1\r\nHost: node\r\n" +
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n" +
        '--b\r\nContent-Disposition: form-data; name="snapshot"; filename="a.snapshot"\r\n\r\nhalf',
    );
    await expect.poll(() => qdrant.requests.at(-1)?.receivedBytes).toBeGreaterThan(50);
    socket.destroy();
    await expect.poll(() => qdrant.nodes[0]?.log.length).toBeGreaterThan(0);
    const files = (await qdrant.nodes[0]?.files()) ?? [];
    expect(files.filter((file) => !file.startsWith("snapshots/docs/"))).toEqual([]);
    expect((await list(url, "again")).status).toBe(404);
  });
});

describe("a client that goes away", () => {
  it("does not stop a snapshot that is being made", async () => {
    const { url, qdrant } = await ready();
    const { promise, resolve } = Promise.withResolvers<void>();
    qdrant.fault({
      fault: { kind: "delay-effect", until: promise },
      path: /snapshots$/,
      method: "POST",
    });
    const { port } = new URL(url);
    await write(url, "docs", 20, 1);
    await ask(url, `/collections/docs/snapshots/${(await list(url, "docs")).result[0].name}`, {
      method: "DELETE",
    });
    const path = "/collections/docs/snapshots";
    const call = request({ port, path, method: "POST", host: "127.0.0.1" }).on("error", () => {});
    call.end();
    await expect.poll(() => qdrant.requests.at(-1)?.path).toBe(path);
    call.destroy();
    resolve();
    await expect.poll(async () => (await list(url, "docs")).result.length).toBe(1);
  });
});

describe("large files", { timeout: 120_000 }, () => {
  const size = 512 * 1024 * 1024;

  it("go through up and down without being held in memory", async () => {
    const { urls, qdrant } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 10);
    qdrant.padSnapshots(size);
    const name = await snap(urls[0], "docs");
    expect((await list(urls[0], "docs")).result).toMatchObject([{ name, size }]);
    const before = process.memoryUsage().rss;
    let peak = 0;
    const look = (): void => void (peak = Math.max(peak, process.memoryUsage().rss - before));
    const watch = setInterval(look, 20);
    const source = `${urls[0]}/collections/docs/snapshots/${name}`;
    const target = `${urls[0]}/collections/again/snapshots/upload?priority=snapshot`;
    const pump = fork(new URL("./pump.ts", import.meta.url), [source, target]);
    const [status] = (await once(pump, "exit")) as [number];
    clearInterval(watch);
    expect(status).toBe(0);
    expect(await countOf(urls[0], "again")).toBe(10);
    expect((await list(urls[0], "again")).result).toMatchObject([{ name: "a.snapshot", size }]);
    expect(peak / 2 ** 20).toBeLessThan(100);
  });

  it("are as large as was asked, also with content that does not repeat", async () => {
    const { urls, qdrant } = await cluster({ nodes: 1 });
    await fill(urls[0], "docs", 10);
    qdrant.padSnapshots(3_000_001, "random");
    const name = await snap(urls[0], "docs");
    const { bytes } = await download(urls[0], "docs", name);
    expect(bytes.length).toBe(3_000_001);
    const blocks = Array.from({ length: 700 }, (_, at) =>
      bytes.toString("latin1", at * 4096, (at + 1) * 4096),
    );
    expect(new Set(blocks).size).toBeGreaterThan(690);
    await must(upload(urls[0], "again", bytes));
    expect((await shardsOf(urls[0], "again")).local_shards).toMatchObject([{ points_count: 10 }]);
  });
});
