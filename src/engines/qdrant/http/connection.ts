import { X509Certificate } from "node:crypto";
import { buildConnector, Pool, type Dispatcher } from "undici";
import { SnapformError } from "../../../errors/index.ts";

export interface ConnectionOptions {
  readonly node: string;
  readonly origin: string;
  readonly ca: string | undefined;
  readonly connections: number;
}

/** The connections to one node. */
export interface Connection {
  /** Sends one request; fails with the HTTP library's own errors. */
  request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** True for an error of connecting: then nothing of the request has been sent. */
  neverSent(error: unknown): boolean;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;

/** Below the five seconds after which the server drops idle connections: none is reused then. */
const KEEP_ALIVE_MS = 2000;

const PEM = /-----BEGIN (TRUSTED )?CERTIFICATE-----[^]*?-----END \1?CERTIFICATE-----/g;

/** @throws SnapformError `invalid-argument` for certificates that cannot be read */
export function openConnection(options: ConnectionOptions): Connection {
  const { node, origin, ca, connections } = options;
  if (ca !== undefined) requireCertificates(node, ca);
  const connectErrors = new WeakSet<Error>();
  const connect = buildConnector({ timeout: CONNECT_MS, ...(ca === undefined ? {} : { ca }) });
  const pool = new Pool(origin, {
    connections,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
    connect(target, callback) {
      connect(target, (...outcome) => {
        if (outcome[0] !== null) connectErrors.add(outcome[0]);
        callback(...outcome);
      });
    },
  });
  return Object.freeze({
    request: (request: Dispatcher.RequestOptions) => pool.request(request),
    neverSent: (error: unknown) => error instanceof Error && connectErrors.has(error),
    close: () => pool.destroy(),
  });
}

/** A context for TLS would take what is no certificate, and fail at the first connection. */
function requireCertificates(node: string, ca: string): void {
  try {
    const blocks = ca.match(PEM) ?? [];
    if (blocks.length === 0) throw new RangeError("there is none");
    for (const block of blocks) new X509Certificate(block);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `${node}: the certificates of caFile cannot be read: ${why}`;
    throw new SnapformError("invalid-argument", message, {
      hint: "The file has to hold certificates in PEM, -----BEGIN CERTIFICATE----- and so on.",
    });
  }
}
