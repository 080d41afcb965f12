import type { IncomingMessage } from "node:http";
import type { Clock } from "../../clock/clock.ts";

/** One request as a node saw it. */
export interface RecordedRequest {
  /** Counts up over all nodes, in the order in which requests began. */
  readonly order: number;
  /** Index of the node. */
  readonly node: number;
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Keys and tokens are left out: `[redacted]`. */
  readonly headers: Readonly<Record<string, string>>;
  /** By the servers' clock. */
  readonly startedAt: Date;
  /** Null until it is answered, and where the connection was cut instead. */
  readonly status: number | null;
  /** Bytes of the body that had come in when it was answered. */
  readonly receivedBytes: number;
  /** Bytes of the body that went out. */
  readonly sentBytes: number;
}

/** The path as it was sent: a URL would take `..` away before the server could refuse it. */
export function rawPath(request: IncomingMessage): string {
  return (request.url ?? "/").replace(/\?.*$/s, "");
}

/** The record of a request while it is written. */
export type OpenRecord = { -readonly [K in keyof RecordedRequest]: RecordedRequest[K] };

const SECRET = new Set(["api-key", "authorization", "cookie"]);

/** Begins the record of a request, and counts its body as it comes. */
export function openRecord(
  request: IncomingMessage,
  place: { readonly order: number; readonly node: number; readonly clock: Clock },
): OpenRecord {
  const url = new URL(request.url ?? "/", "http://node");
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    SECRET.has(name) ? "[redacted]" : String(value),
  ]);
  return {
    order: place.order,
    node: place.node,
    method: request.method ?? "GET",
    path: rawPath(request),
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(headers) as Record<string, string>,
    startedAt: place.clock.now(),
    status: null,
    receivedBytes: 0,
    sentBytes: 0,
  };
}
