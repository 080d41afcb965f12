// HTTP with ONE node of a Qdrant cluster: JSON calls, streamed downloads and uploads, each failure
// mapped to a SnapformError once (errors.ts). May know bytes, status codes and the envelope, and
// nothing of what a path means (that is api/). Invariant: a call is repeated only when that can do
// no harm, `outcomeUnknown` is set exactly when an unsafe call may have taken effect, and no key
// and no query of a presigned URL gets into a message.
import type { Clock } from "../../../clock/clock.ts";
import { SnapformError } from "../../../errors/index.ts";
import { openConnection } from "./connection.ts";
import { download, type DownloadRequest } from "./download.ts";
import { callJson, type Answer, type JsonRequest } from "./json-call.ts";
import { parseNodeUrl } from "./node-url.ts";
import { upload, type UploadRequest } from "./upload.ts";
import type { Wire } from "./wire.ts";

export interface NodeOptions {
  /** What the node is called in messages, e.g. `prod/node-0`. */
  readonly name: string;
  /** `http(s)://host[:port][/prefix]`; without credentials, query or fragment. */
  readonly url: string;
  /** Sent in the header `api-key`. */
  readonly apiKey?: string;
  /** Sent as `Authorization: Bearer`. The server prefers `apiKey` where both are given. */
  readonly token?: string;
  /** Certificates to trust instead of the built-in ones, PEM. */
  readonly ca?: string;
  /** How long a node may keep silent before a call fails; calls may set their own. */
  readonly timeoutMs?: number;
  /** Connections at a time; further calls wait for one. */
  readonly connections?: number;
  readonly clock: Clock;
}

/** One node. Every method fails with a SnapformError whose message begins with the node's name. */
export interface NodeClient {
  readonly name: string;
  /** Origin and prefix without a slash at its end; safe to show. */
  readonly url: string;
  /** Sends JSON or nothing, reads a bounded answer. */
  json(request: JsonRequest): Promise<Answer>;
  /** The bytes of a file from `offset` on; goes on by itself after a broken connection. */
  download(request: DownloadRequest): AsyncIterable<Uint8Array>;
  /** Sends one file as the part `snapshot` of a form, and waits for the answer. */
  upload(request: UploadRequest): Promise<Answer>;
  /** Ends what is still running, too. */
  close(): Promise<void>;
}

const SILENCE_MS = 60_000;
const CONNECTION_COUNT = 16;

/**
 * Prepares the connection to a node; nothing is sent until a method is called.
 *
 * @throws SnapformError `invalid-argument` for a URL, key or certificate that cannot be used
 */
export function openNodeClient(options: NodeOptions): NodeClient {
  const { name, clock } = options;
  const { origin, prefix } = parseNodeUrl(name, options.url);
  const connection = openConnection({
    node: name,
    origin,
    ca: options.ca,
    connections: options.connections ?? CONNECTION_COUNT,
  });
  const wire: Wire = Object.freeze({
    node: name,
    prefix,
    connection,
    clock,
    headers: credentialHeaders(options),
    secrets: [options.apiKey, options.token].filter((each) => each !== undefined),
    timeoutMs: options.timeoutMs ?? SILENCE_MS,
  });
  return Object.freeze({
    name,
    url: `${origin}${prefix}`,
    json: (request: JsonRequest) => callJson(wire, request),
    download: (request: DownloadRequest) => download(wire, request),
    upload: (request: UploadRequest) => upload(wire, request),
    close: () => connection.close(),
  });
}

function credentialHeaders({ name, apiKey, token }: NodeOptions): Record<string, string> {
  return {
    ...(apiKey === undefined ? {} : { "api-key": sendable(name, "apiKey", apiKey) }),
    ...(token === undefined ? {} : { authorization: `Bearer ${sendable(name, "token", token)}` }),
  };
}

/** The error of the HTTP library would quote the key. */
function sendable(node: string, field: string, secret: string): string {
  const isAscii = /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(secret);
  if (isAscii) return secret;
  const what = secret.trim() === "" ? "is empty" : "has characters that cannot be sent";
  throw new SnapformError("invalid-argument", `${node}: the ${field} ${what}`, {
    hint: "Look for a line break, spaces or quotation marks around the value.",
  });
}
