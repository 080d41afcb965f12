import type { Http2Server, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { Log } from "../server/log.ts";
import type { ProviderServer } from "../server/provider-server.ts";
import { textOfThrown } from "../server/thrown.ts";
import type { Certificate } from "./certificate.ts";
import type { Door } from "./door.ts";
import { reply } from "./grpc-reply.ts";
import { readRequest, refusalOf } from "./grpc-request.ts";
import { GRPC_OK, trailersOf } from "./grpc-status.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { answerService } from "./services.ts";

export interface Tls {
  readonly certificate: Certificate;
  /** The certificate of the client, in DER. */
  readonly pinned: Buffer;
}

export interface GrpcServerOptions {
  readonly door: Door;
  /** Null: plain, as Terraform wants it where it reattaches. */
  readonly tls: Tls | null;
  /** One for each connection. */
  readonly openServer: () => ProviderServer;
  readonly lifecycle: Lifecycle;
  readonly log: Log;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

/** A value of 20 MB must not crawl through windows of 64 KB. */
const SETTINGS = {
  settings: { initialWindowSize: 4 * 1024 * 1024, enablePush: false },
  maxSessionMemory: 1024,
} as const;

const PROVIDER = "/tfplugin6.Provider/";

/** Answers whoever comes through the door. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<void> {
  const { door, tls, lifecycle } = options;
  const server = await newServer(tls);
  server.on("session", (session) => {
    // A stranger's connection is none: neither its coming nor its going ends the process.
    if (tls === null || isShown(session, tls.pinned)) serveSession(session, options);
    else session.destroy();
  });
  server.on("error", (error) => lifecycle.crash(error));
  door.onError((error) => lifecycle.crash(error));
  door.open((connection) => server.emit("connection", connection));
}

async function newServer(tls: Tls | null): Promise<Http2Server> {
  const { createSecureServer, createServer } = await import("node:http2");
  if (tls === null) return createServer(SETTINGS);
  const server = createSecureServer({
    ...SETTINGS,
    cert: tls.certificate.pem,
    key: tls.certificate.key,
    // The client proves that it has the key of what it shows, and only the pinned certificate is
    // let in: no authority has a say. Looking one up, Node would first read all that it knows.
    ca: [],
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
  });
  // A connection that fails to prove itself ends; it is nobody's crash.
  server.on("tlsClientError", () => undefined);
  return server as unknown as Http2Server;
}

/** Only the very certificate that Terraform has announced may connect, not one signed by it. */
function isShown({ socket }: ServerHttp2Session, pinned: Buffer): boolean {
  return (socket as TLSSocket).getPeerX509Certificate()?.raw.equals(pinned) ?? false;
}

function serveSession(session: ServerHttp2Session, options: GrpcServerOptions): void {
  const { lifecycle, log } = options;
  const server = options.openServer();
  const open = new Set<ServerHttp2Stream>();
  const close = lifecycle.opened({
    stop: () => server.stop(),
    crash: (error) => server.crash(error),
    drain: () => drain(session, open),
  });
  session.on("stream", (stream, headers) => {
    const path = String(headers[":path"] ?? "");
    const refusal = refusalOf(headers);
    if (refusal !== null) {
      stream.resume();
      stream.respond({ ":status": refusal }, { endStream: true });
      return;
    }
    open.add(stream);
    stream.once("close", () => open.delete(stream));
    serveStream(stream, path, server, options).catch((error: unknown) => {
      log("debug", "a reply was not taken", { path, error: textOfThrown(error) });
    });
  });
  session.on("error", (error) => log("debug", "connection failed", { error: error.message }));
  session.on("close", close);
}

/** Ends the streams on which nothing is said any more, then the connection after its last byte. */
function drain(session: ServerHttp2Session, open: ReadonlySet<ServerHttp2Stream>): Promise<void> {
  if (session.destroyed) return Promise.resolve();
  for (const stream of open) stream.end();
  return new Promise((resolve) => {
    session.close(resolve);
  });
}

async function serveStream(
  stream: ServerHttp2Stream,
  path: string,
  server: ProviderServer,
  { lifecycle, redact }: GrpcServerOptions,
): Promise<void> {
  // Where Terraform is gone nobody takes the reply: that ends the connection, not the work.
  stream.on("error", () => undefined);
  if (!path.startsWith(PROVIDER)) {
    answerService(stream, path, lifecycle);
    return;
  }
  const done = lifecycle.began();
  try {
    const method = path.slice(PROVIDER.length);
    await answer(stream, redact, (request) => server.call(method, request));
    await ended(stream);
  } finally {
    done();
  }
}

async function answer(
  stream: ServerHttp2Stream,
  redact: (text: string) => string,
  call: (request: Uint8Array) => Promise<Uint8Array>,
): Promise<void> {
  try {
    reply(stream, await call(await readRequest(stream)), GRPC_OK);
  } catch (error) {
    reply(stream, null, trailersOf(error, redact));
  }
}

function ended(stream: ServerHttp2Stream): Promise<void> {
  if (stream.closed || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once("close", resolve);
  });
}
