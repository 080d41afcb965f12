import { randomFillSync } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import type { UploadRequest } from "../../../../../src/engines/qdrant/http/upload.ts";
import { SnapformError } from "../../../../../src/errors/index.ts";
import { chunksOf, collect, json, ok, refusal, scene, type Serve } from "./server.ts";

const file = randomFillSync(new Uint8Array(500_000));

function request(over: Partial<UploadRequest> = {}): UploadRequest {
  return {
    path: ["collections", "a", "snapshots", "upload"],
    query: { wait: true, priority: "snapshot" },
    doing: "uploading",
    fileName: "a-1.snapshot",
    size: file.length,
    body: () => chunksOf(file, 10_000),
    ...over,
  };
}

/** Reads whole forms into `received`; notes connections that broke before. */
function receiver(received: Buffer[], broken: string[]): Serve {
  return async (incoming: IncomingMessage, response) => {
    try {
      received.push(await collect(incoming));
    } catch (error) {
      broken.push((error as Error).message);
      return;
    }
    json(ok(true))(incoming, response);
  };
}

describe("an upload", () => {
  test("sends one form with the part snapshot and its length", async () => {
    const received: Buffer[] = [];
    let headers: IncomingMessage["headers"] = {};
    const { client, asked } = await scene((incoming, response) => {
      headers = incoming.headers;
      return receiver(received, [])(incoming, response);
    });
    const progress: number[] = [];
    const answer = await client.upload(request({ onProgress: (bytes) => progress.push(bytes) }));
    expect(answer).toMatchObject({ status: 200, json: { result: true } });
    expect(asked).toEqual(["POST /collections/a/snapshots/upload?wait=true&priority=snapshot"]);
    const body = received[0] ?? Buffer.alloc(0);
    expect(headers["content-length"]).toBe(String(body.length));
    expect(headers["transfer-encoding"]).toBeUndefined();
    const form = await new Response(new Uint8Array(body), {
      headers: { "content-type": headers["content-type"] ?? "" },
    }).formData();
    const part = form.get("snapshot") as File;
    expect([...form.keys()]).toEqual(["snapshot"]);
    expect(part.name).toBe("a-1.snapshot");
    expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.from(file));
    expect(progress.at(-1)).toBe(file.length);
  });

  test.each([
    ["shorter", file.length + 1],
    ["longer", file.length - 1],
  ])("with a %s body than promised is never seen whole by the node", async (_title, size) => {
    const received: Buffer[] = [];
    const broken: string[] = [];
    const { client } = await scene(receiver(received, broken));
    await expect(client.upload(request({ size }))).rejects.toMatchObject({
      code: "invalid-argument",
      outcomeUnknown: false,
    });
    await expect.poll(() => broken).toEqual(["aborted"]);
    expect(received).toEqual([]);
  });

  test("whose source fails at its very end is never seen whole, and fails with that", async () => {
    const received: Buffer[] = [];
    const broken: string[] = [];
    const { client } = await scene(receiver(received, broken));
    const failure = new SnapformError("corrupt", "the object is damaged");
    async function* body(): AsyncGenerator<Uint8Array> {
      yield* chunksOf(file);
      throw failure;
    }
    await expect(client.upload(request({ body }))).rejects.toBe(failure);
    await expect.poll(() => broken).toEqual(["aborted"]);
    expect(received).toEqual([]);
  });

  test.each([
    [401, "unauthenticated"],
    [403, "permission-denied"],
    [413, "resource-exhausted"],
  ])("that is refused early with %i fails with that", async (status, code) => {
    const { client } = await scene((incoming, response) => {
      response.writeHead(status, { connection: "close" }).end("no");
      response.on("finish", () => incoming.socket.destroySoon());
    });
    const size = 200 * 1024 * 1024;
    let sentBytes = 0;
    async function* body(): AsyncGenerator<Uint8Array> {
      for (; sentBytes < size; sentBytes += 65_536)
        yield await Promise.resolve(new Uint8Array(65_536));
    }
    await expect(client.upload(request({ size, body }))).rejects.toMatchObject({
      code,
      outcomeUnknown: false,
    });
    expect(sentBytes).toBeLessThan(size);
  });

  test("has an unknown outcome when the answer to the whole form is lost", async () => {
    const { client, asked } = await scene(async (incoming) => {
      await collect(incoming);
      incoming.socket.destroy();
    });
    await expect(client.upload(request())).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: true,
    });
    expect(asked).toHaveLength(1);
  });

  test("has no effect when the connection breaks before its end", async () => {
    const { client, asked } = await scene((incoming) => {
      incoming.once("data", () => incoming.socket.destroy());
    });
    const size = 50 * 1024 * 1024;
    const body = () => chunksOf(new Uint8Array(size), 65_536);
    await expect(client.upload(request({ size, body }))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
    });
    expect(asked).toHaveLength(1);
  });

  test("is sent anew from its beginning when the node was too busy for it", async () => {
    const received: Buffer[] = [];
    const busy: Serve = async (incoming, response) => {
      await collect(incoming);
      response.writeHead(429, { "retry-after": "1" }).end();
    };
    const { client } = await scene([busy, receiver(received, [])]);
    expect(await client.upload(request())).toMatchObject({ status: 200 });
    expect(received[0]?.includes(Buffer.from(file.subarray(0, 1000)))).toBe(true);
  });

  test("fails with what the server says of a whole form", async () => {
    const { client } = await scene(async (incoming, response) => {
      await collect(incoming);
      const said = "Checksum mismatch: expected 1, actual 2";
      json(refusal(said), 400)(incoming, response);
    });
    await expect(client.upload(request())).rejects.toMatchObject({
      code: "corrupt",
      message: "node-0: uploading: Checksum mismatch: expected 1, actual 2 (HTTP 400)",
    });
  });

  test("ends when it is cancelled, and so does its source", async () => {
    const stop = new AbortController();
    const { client } = await scene((incoming) => void incoming.resume());
    let ended = false;
    async function* body(signal: AbortSignal): AsyncGenerator<Uint8Array> {
      yield file.subarray(0, 1000);
      const stopped = new Promise((resolve) => {
        signal.addEventListener("abort", resolve, { once: true });
      });
      stop.abort();
      await stopped;
      ended = true;
    }
    await expect(client.upload(request({ body, signal: stop.signal }))).rejects.toMatchObject({
      code: "cancelled",
      outcomeUnknown: false,
    });
    await expect.poll(() => ended).toBe(true);
  });

  test.each(["", "..", "a/b", 'a"b', "a\nb"])("refuses the file name %j", async (fileName) => {
    const { client, asked } = await scene(json(ok(true)));
    await expect(client.upload(request({ fileName }))).rejects.toMatchObject({
      code: "invalid-argument",
    });
    expect(asked).toEqual([]);
  });

  test("does not run ahead of a slow node", async () => {
    let readBytes = 0;
    const { client } = await scene(async (incoming, response) => {
      for await (const chunk of incoming) {
        readBytes += (chunk as Uint8Array).length;
        if (readBytes % 1_000_000 < 65_536) await new Promise((done) => void setTimeout(done, 1));
      }
      json(ok(true))(incoming, response);
    });
    const size = 64 * 1024 * 1024;
    const lead: number[] = [];
    const body = () => chunksOf(new Uint8Array(size), 65_536);
    const onProgress = (sentBytes: number): void => void lead.push(sentBytes - readBytes);
    await client.upload(request({ size, body, onProgress }));
    expect(Math.max(...lead)).toBeLessThan(20 * 1024 * 1024);
  });
});
