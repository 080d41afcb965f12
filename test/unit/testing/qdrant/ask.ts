import { Buffer } from "node:buffer";
import { request, type IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import { FakeClock } from "../../../../src/testing/fake-clock.ts";
import {
  startFakeQdrant,
  type FakeQdrant,
  type FakeQdrantOptions,
} from "../../../../src/testing/qdrant/fake-qdrant.ts";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** Of an envelope. */
  readonly result: any; // oxlint-disable-line typescript/no-explicit-any
  /** Of an envelope that tells of an error. */
  readonly error: string;
}

export interface Ask {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly stream?: Readable;
}

/** One request over a connection of its own; rejects when the connection is cut. */
export function ask(url: string, path: string, options: Ask = {}): Promise<Reply> {
  const { method = "GET", body, headers = {}, stream } = options;
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    // Not by a URL object: that would take `..` out of the path.
    const call = request(
      { hostname, port, path, method, agent: false, headers: { ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          resolve(replyOf(response.statusCode ?? 0, response.headers, Buffer.concat(chunks)));
        });
      },
    );
    call.on("error", reject);
    if (stream) {
      // A body that has not begun yet must not hold the head back.
      call.flushHeaders();
      stream.pipe(call);
    } else if (body === undefined) call.end();
    else call.end(typeof body === "string" ? body : JSON.stringify(body));
  });
}

function replyOf(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Reply {
  const text = bytes.toString("utf8");
  let value: { result?: unknown; status?: { error?: string } } = {};
  try {
    value = JSON.parse(text) as typeof value;
  } catch {
    // Plain text, or a file.
  }
  return { status, headers, bytes, text, result: value.result, error: value.status?.error ?? "" };
}

export const START = "2026-03-01T02:00:00Z";

/** A cluster for one test, with a clock that stands still. */
export async function cluster(
  options: FakeQdrantOptions = {},
): Promise<{ qdrant: FakeQdrant; urls: [string, string, string]; clock: FakeClock }> {
  const clock = new FakeClock({ at: START });
  const qdrant = await startFakeQdrant({ clock, ...options });
  onTestFinished(() => qdrant.close());
  return { qdrant, urls: qdrant.urls as [string, string, string], clock };
}

export const VECTORS = { size: 2, distance: "Dot" };

/** Makes a collection with so many points. */
export async function fill(
  url: string,
  name: string,
  count: number,
  config: Record<string, unknown> = {},
): Promise<void> {
  await must(
    ask(url, `/collections/${name}`, {
      method: "PUT",
      body: { vectors: VECTORS, ...config },
    }),
  );
  if (count > 0) await write(url, name, 0, count);
}

/** Upserts points with the ids `from` to `from + count - 1`. */
export async function write(
  url: string,
  name: string,
  from: number,
  count: number,
  more: Record<string, unknown> = {},
): Promise<void> {
  const points = Array.from({ length: count }, (_, index) => ({
    id: from + index,
    vector: [from + index, 1],
    payload: { text: `point ${from + index}`, even: (from + index) % 2 === 0 },
  }));
  const path = `/collections/${name}/points?wait=true`;
  await must(ask(url, path, { method: "PUT", body: { points, ...more } }));
}

export async function countOf(url: string, name: string): Promise<number> {
  const path = `/collections/${name}/points/count`;
  return (await must(ask(url, path, { method: "POST", body: { exact: true } }))).result.count;
}

/** The reply, if it is a success. */
export async function must(asking: Promise<Reply>): Promise<Reply> {
  const reply = await asking;
  if (reply.status >= 300) throw new TypeError(`${reply.status} ${reply.text}`);
  return reply;
}

/** Takes a snapshot; its name. */
export async function snap(url: string, collection: string): Promise<string> {
  const path = `/collections/${collection}/snapshots`;
  return (await must(ask(url, path, { method: "POST" }))).result.name;
}

/** A form with one file. */
export function form(
  bytes: Uint8Array,
  {
    part = "snapshot",
    filename = "sent.snapshot",
  }: { part?: string; filename?: string | null } = {},
): { headers: Record<string, string>; stream: Readable } {
  const boundary = "----boundary";
  const file = filename === null ? "" : `; filename="${filename}"`;
  const head =
    `--${boundary}\r\nContent-Disposition: form-data; name="${part}"${file}\r\n` +
    "Content-Type: application/octet-stream\r\n\r\n";
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    stream: Readable.from([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}

export function download(
  url: string,
  collection: string,
  name: string,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return ask(url, `/collections/${collection}/snapshots/${name}`, { headers });
}

export function upload(
  url: string,
  collection: string,
  bytes: Uint8Array,
  {
    query = "priority=snapshot",
    ...rest
  }: { query?: string; part?: string; filename?: string | null } = {},
): Promise<Reply> {
  const path = `/collections/${collection}/snapshots/upload?${query}`;
  return ask(url, path, { method: "POST", ...form(bytes, rest) });
}

export function recover(
  url: string,
  collection: string,
  body: Record<string, unknown>,
  query = "",
): Promise<Reply> {
  const path = `/collections/${collection}/snapshots/recover${query}`;
  return ask(url, path, { method: "PUT", body });
}

/** What one node says of the shards of a collection. */
export async function shardsOf(url: string, collection: string): Promise<Reply["result"]> {
  return (await must(ask(url, `/collections/${collection}/cluster`))).result;
}
