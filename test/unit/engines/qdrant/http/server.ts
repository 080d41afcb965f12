import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import {
  openNodeClient,
  type NodeClient,
  type NodeOptions,
} from "../../../../../src/engines/qdrant/http/node-client.ts";
import { FakeClock } from "../../../../../src/testing/fake-clock.ts";

export type Serve = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** A `Serve` that has nothing to wait for. */
export type Reply = (request: IncomingMessage, response: ServerResponse) => void;

export interface Scene {
  readonly url: string;
  readonly client: NodeClient;
  readonly clock: FakeClock;
  /** What was asked, as `GET /path?query`. */
  readonly asked: readonly string[];
}

/** A server of this test alone, and a client of it; the n-th request goes to the n-th `serve`. */
export async function scene(
  serve: Serve | readonly Serve[],
  options: Partial<NodeOptions> = {},
): Promise<Scene> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const nth = typeof serve === "function" ? serve : serve[asked.length - 1];
    if (nth === undefined) response.writeHead(599).end("one request too many");
    else Promise.resolve(nth(request, response)).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = new FakeClock({ skipsSleep: true });
  const client = openNodeClient({ name: "node-0", url, clock, ...options });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });
  return { url, client, clock, asked };
}

/** Answers with JSON. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Reply {
  return (request, response) => {
    request.resume();
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

/** Answers with text as it is. */
export function text(body: string, status: number, headers: Record<string, string> = {}): Reply {
  return (request, response) => {
    request.resume();
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** Breaks the connection once the request has arrived. */
export const drop: Reply = (request) => {
  request.resume();
  request.on("end", () => request.socket.destroy());
};

export function ok(result: unknown): unknown {
  return { result, status: "ok", time: 0.001 };
}

export function refusal(error: string): unknown {
  return { status: { error }, time: 0.001 };
}

export async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function* chunksOf(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}
