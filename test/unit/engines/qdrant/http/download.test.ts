import { createHash, randomFillSync } from "node:crypto";
import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { chunksOf, collect, scene, text, type Serve } from "./server.ts";

const file = randomFillSync(new Uint8Array(300_000));
const path = ["collections", "a", "snapshots", "a.snapshot"];
const wanted = { path, doing: "downloading", expected: { size: file.length } };

interface Files {
  readonly bytes?: Uint8Array;
  readonly ranges?: boolean;
  readonly etag?: string;
  readonly length?: boolean;
  /** Breaks the connection after so many bytes of the answer. */
  readonly breakAfter?: number;
  readonly headers?: Record<string, string>;
}

function serveFile(files: Files = {}): Serve {
  const { bytes = file, ranges = true, etag = '"1"', length = true, headers = {} } = files;
  return (request, response) => {
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
    const ifRange = request.headers["if-range"];
    const isRange = ranges && asked !== null && (ifRange === undefined || ifRange === etag);
    const start = isRange ? Number(asked[1]) : 0;
    const body = bytes.subarray(start);
    response.writeHead(isRange ? 206 : 200, {
      ...(length ? { "content-length": String(body.length) } : {}),
      ...(ranges ? { etag, "accept-ranges": "bytes" } : {}),
      ...(isRange ? { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
      ...headers,
    });
    send(response, body, files.breakAfter);
  };
}

function send(response: ServerResponse, body: Uint8Array, breakAfter: number | undefined): void {
  if (breakAfter === undefined) response.end(body);
  else response.write(body.subarray(0, breakAfter), () => response.destroy());
}

describe("a download", () => {
  test("gives the bytes of the file", async () => {
    const { client } = await scene(serveFile());
    expect(await collect(client.download(wanted))).toEqual(Buffer.from(file));
  });

  test("begins at an offset by asking for a range", async () => {
    const { client } = await scene(serveFile());
    const rest = await collect(client.download({ ...wanted, offset: 299_990 }));
    expect(rest).toEqual(Buffer.from(file.subarray(299_990)));
  });

  test("begins at an offset by skipping where the server has no ranges", async () => {
    const { client } = await scene(serveFile({ ranges: false, length: false }));
    const rest = await collect(client.download({ ...wanted, offset: 299_990 }));
    expect(rest).toEqual(Buffer.from(file.subarray(299_990)));
  });

  test.each([true, false])(
    "goes on after broken connections without losing or repeating a byte (ranges: %s)",
    async (ranges) => {
      const { client, asked } = await scene([
        serveFile({ ranges, breakAfter: 100_000 }),
        serveFile({ ranges, breakAfter: 150_000 }),
        serveFile({ ranges }),
      ]);
      expect(await collect(client.download(wanted))).toEqual(Buffer.from(file));
      expect(asked).toHaveLength(3);
    },
  );

  test("gives up when attempts in a row bring nothing", async () => {
    const broken = serveFile({ breakAfter: 0 });
    const { client, asked } = await scene(broken);
    await expect(collect(client.download(wanted))).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: false,
    });
    expect(asked).toHaveLength(4);
  });

  test("refuses to go on with another file of the same name", async () => {
    const { client } = await scene([
      serveFile({ breakAfter: 100_000 }),
      serveFile({ etag: '"2"' }),
    ]);
    await expect(collect(client.download(wanted))).rejects.toMatchObject({ code: "aborted" });
  });

  test("fails when the file has another size than was listed", async () => {
    const { client } = await scene(serveFile({ bytes: file.subarray(1) }));
    await expect(collect(client.download(wanted))).rejects.toMatchObject({
      code: "corrupt",
      message: "node-0: downloading: the file has 299999 bytes where 300000 were expected",
    });
  });

  test("fails when a file without a length ends too soon, again and again", async () => {
    const short = serveFile({ bytes: file.subarray(1), ranges: false, length: false });
    const { client } = await scene(short);
    await expect(collect(client.download(wanted))).rejects.toMatchObject({
      code: "corrupt",
      message: "node-0: downloading: the file ends after 299999 of 300000 bytes",
    });
  });

  test("fails when a file without a length goes on after its end", async () => {
    const { client } = await scene(serveFile({ ranges: false, length: false }));
    const request = { ...wanted, expected: { size: 299_999 } };
    await expect(collect(client.download(request))).rejects.toMatchObject({ code: "corrupt" });
  });

  test("refuses a file that comes compressed", async () => {
    const { client } = await scene(serveFile({ headers: { "content-encoding": "gzip" } }));
    await expect(collect(client.download(wanted))).rejects.toMatchObject({
      code: "failed-precondition",
    });
  });

  test("checks a hash that it is given", async () => {
    const sha256 = createHash("sha256").update(file).digest("hex");
    const { client } = await scene(serveFile());
    const right = { ...wanted, expected: { size: file.length, sha256 } };
    expect(await collect(client.download(right))).toHaveLength(file.length);
    const wrong = { ...wanted, expected: { size: file.length, sha256: "0".repeat(64) } };
    await expect(collect(client.download(wrong))).rejects.toMatchObject({ code: "corrupt" });
  });

  test("fails at once when the file is not there", async () => {
    const { client, asked } = await scene(text("not found", 404));
    await expect(collect(client.download(wanted))).rejects.toMatchObject({ code: "not-found" });
    expect(asked).toHaveLength(1);
  });

  test("can be left in the middle", async () => {
    const { client } = await scene(serveFile());
    for await (const chunk of client.download(wanted)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  test("ends when it is cancelled", async () => {
    const stop = new AbortController();
    const { client } = await scene((_request, response) => {
      response.writeHead(200, { "content-length": String(file.length) });
      response.write(file.subarray(0, 1000));
    });
    const reading = (async () => {
      for await (const _ of client.download({ ...wanted, signal: stop.signal })) stop.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: "cancelled", outcomeUnknown: false });
  });

  test("does not run ahead of its reader", async () => {
    const size = 64 * 1024 * 1024;
    let sentBytes = 0;
    const { client } = await scene(async (_request, response) => {
      response.writeHead(200, { "content-length": String(size) });
      for await (const chunk of chunksOf(new Uint8Array(size), 65_536)) {
        sentBytes += chunk.length;
        if (!response.write(chunk)) await new Promise((resolve) => response.once("drain", resolve));
      }
      response.end();
    });
    let readBytes = 0;
    for await (const chunk of client.download({ ...wanted, expected: { size } })) {
      readBytes += chunk.length;
      if (readBytes % 1_000_000 < chunk.length) {
        await new Promise((resolve) => void setTimeout(resolve, 1));
      }
      expect(sentBytes - readBytes).toBeLessThan(20 * 1024 * 1024);
    }
    expect(readBytes).toBe(size);
  });
});
