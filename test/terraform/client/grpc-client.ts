import {
  connect as connectHttp,
  type ClientHttp2Session,
  type OutgoingHttpHeaders,
} from "node:http2";
import { connect as connectSocket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { Messages } from "../../../src/terraform/wire/messages.ts";
import { decodeMessage, encodeMessage } from "../../../src/terraform/wire/protobuf.ts";
import { formatPem, type Identity } from "./identity.ts";

/** What the first line of a provider says. */
export interface Handshake {
  readonly network: string;
  readonly path: string;
  /** Null: no TLS. */
  readonly certificate: Buffer | null;
}

/** Reads the line as Terraform does: each part must be as it is expected. */
export function parseHandshake(line: string): Handshake {
  const [core, protocol, network = "", path = "", kind, encoded = "", ...more] = line.split("|");
  const isKnown = core === "1" && protocol === "6" && kind === "grpc" && more.length === 0;
  if (!isKnown || encoded.includes("=")) throw new Error(`no handshake: ${line}`);
  const certificate = encoded === "" ? null : Buffer.from(encoded, "base64");
  return { network, path, certificate };
}

/** All that a server said to one call. */
export interface Answer {
  readonly httpStatus: number;
  /** Null: there were no trailers. */
  readonly status: number | null;
  readonly message: string;
  readonly body: Buffer;
}

/** One connection. */
export interface GrpcClient {
  readonly session: ClientHttp2Session;
  /** Sends these very bytes; rejects where the connection fails. */
  readonly send: (path: string, body: Uint8Array, headers?: OutgoingHttpHeaders) => Promise<Answer>;
  /** One message there, one back; rejects where the status is not 0. */
  call<Q extends keyof Messages, P extends keyof Messages>(
    method: string,
    request: readonly [Q, Partial<Messages[Q]>],
    response: P,
  ): Promise<Messages[P]>;
}

const PROVIDER = "/tfplugin6.Provider/";

/** Connects with the certificate of `shown`, to a server with that of the handshake and no other. */
export function dial(
  { path, certificate }: Handshake,
  shown: Identity | null,
  more: ConnectionOptions = {},
): GrpcClient {
  const ca = certificate === null ? [] : [formatPem(certificate)];
  const own = shown === null ? {} : { cert: shown.cert, key: shown.key };
  const session = connectHttp(`${certificate === null ? "http" : "https"}://localhost`, {
    settings: { initialWindowSize: 1 << 24 },
    maxSessionMemory: 1024,
    createConnection: () =>
      certificate === null
        ? connectSocket(path)
        : connectTls({ path, ca, servername: "localhost", ALPNProtocols: ["h2"], ...own, ...more }),
  });
  // Whoever waits for an answer learns of it; nobody else has to.
  session.on("error", () => undefined);
  const send: GrpcClient["send"] = (to, body, headers = {}) => exchange(session, to, body, headers);
  return {
    session,
    send,
    async call(method, [name, request], response) {
      const answer = await send(PROVIDER + method, framed(encodeMessage(name, request)));
      if (answer.status !== 0) throw new Error(`${method}: ${answer.status} ${answer.message}`);
      return decodeMessage(response, unframed(answer.body));
    },
  };
}

async function exchange(
  session: ClientHttp2Session,
  path: string,
  body: Uint8Array,
  headers: OutgoingHttpHeaders,
): Promise<Answer> {
  const stream = session.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  let httpStatus = 0;
  const said = new Map<string, string>();
  const note = (given: object): void => {
    for (const [name, value] of Object.entries(given)) said.set(name, String(value));
  };
  stream.on("response", (given) => {
    httpStatus = given[":status"] ?? 0;
    note(given);
  });
  stream.on("trailers", note);
  stream.end(body);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const status = said.get("grpc-status");
  return {
    httpStatus,
    status: status === undefined ? null : Number(status),
    message: decodeURIComponent(said.get("grpc-message") ?? ""),
    body: Buffer.concat(chunks),
  };
}

/** A message as gRPC frames it; `flag` 1 says that it is compressed. */
export function framed(message: Uint8Array, flag = 0, length: number = message.length): Buffer {
  const prefix = Buffer.alloc(5, flag);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** The only message of a reply. */
export function unframed(body: Buffer): Uint8Array {
  if (body[0] !== 0 || body.readUInt32BE(1) !== body.length - 5) throw new Error("a broken frame");
  return body.subarray(5);
}
