import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { authenticate, authorize, type FakeQdrantKeys } from "./access.ts";
import { answerOf, failure, messageOf, type Answer } from "./answer.ts";
import { pause, type Call } from "./call.ts";
import type { Faults, RequestFaults } from "./faults.ts";
import { openRecord, type OpenRecord } from "./requests.ts";
import { match } from "./router.ts";
import { send } from "./send.ts";
import type { Peer, World } from "./world.ts";

export interface ServerOptions {
  readonly world: World;
  readonly peer: Peer;
  readonly keys: FakeQdrantKeys;
  readonly faults: Faults;
  /** All requests of all nodes; the server adds its own. */
  readonly requests: OpenRecord[];
  readonly background: Set<Promise<unknown>>;
  /** The node dies. */
  readonly die: () => Promise<void>;
}

/** The HTTP server of one node: routes, rights, faults and the record of requests. */
export class NodeServer {
  readonly #options: ServerOptions;
  #server: Server | null = null;
  #port = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** Listens, after a stop on the same port as before. Resolves to the URL. */
  async listen(): Promise<string> {
    const server = createServer((request, response) => void this.#serve(request, response));
    // Uploads may take their time; nothing else limits a whole request, as in the server.
    server.requestTimeout = 0;
    server.keepAliveTimeout = 5000;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Refuses connections and cuts those that are open. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { world, peer, requests } = this.#options;
    const startedMs = world.clock.monotonicMs();
    const record = openRecord(request, {
      order: requests.length,
      node: peer.index,
      clock: world.clock,
    });
    requests.push(record);
    // A client that goes away is no error of ours.
    request.on("error", ignore);
    response.on("error", ignore);
    const count = (chunk: Uint8Array): void => void (record.receivedBytes += chunk.length);
    const faults = this.#options.faults.of(peer.index, record.method, record.path);
    if (faults.has("drop-before")) return void request.socket.destroy();
    if (faults.has("node-down")) {
      await this.#options.die();
      return;
    }
    countBody(request, count);
    const answer = await this.#answer(request, record, faults);
    await faults.wait("delay-answer", world.clock);
    if (faults.has("drop-after")) return void request.socket.destroy();
    record.status = answer.status;
    const time = (world.clock.monotonicMs() - startedMs) / 1000;
    if (!request.complete) response.setHeader("connection", "close");
    try {
      const sending = { request, response, faults, time, now: world.clock.now() };
      record.sentBytes = await send(answer, sending);
    } catch {
      request.socket.destroy();
    }
    // What is left of a body that nobody wanted is read past, so that the client sees the answer.
    request.resume();
  }

  async #answer(
    request: IncomingMessage,
    record: OpenRecord,
    faults: RequestFaults,
  ): Promise<Answer> {
    const { world, peer, keys, background } = this.#options;
    try {
      const ordered = orderedAnswer(faults);
      if (ordered) return ordered;
      const url = new URL(request.url ?? "/", "http://node");
      const found = match(record.method, record.path);
      if (!found) return { status: 404, body: { kind: "empty" } };
      const access =
        found.right === "open"
          ? ({ kind: "read" } as const)
          : authenticate(world, keys, request.headers);
      authorize(world, access, found.right, found.params.collection);
      const { params } = found;
      const query = url.searchParams;
      const call: Call = { world, peer, request, params, query, access, faults, background };
      if (!found.pausesItself) await pause(call);
      return await found.run(call);
    } catch (error) {
      peer.log.push(messageOf(error));
      return answerOf(error);
    }
  }
}

/** Counts without starting the flow, which is the reader's to start. */
function countBody(request: IncomingMessage, count: (chunk: Uint8Array) => void): void {
  const push = request.push.bind(request);
  request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding): boolean => {
    if (chunk !== null) count(chunk);
    return push(chunk, encoding);
  };
}

function orderedAnswer(faults: RequestFaults): Answer | null {
  const full = faults.has("disk-full");
  if (full) return failure(500, "Service internal error: No space left on device (os error 28)");
  if (faults.has("locked")) {
    return {
      status: 503,
      body: { kind: "json", value: { time: 0, status: "already_in_progress" } },
    };
  }
  const limited = faults.find("too-many-requests");
  if (limited) {
    const answer = failure(429, "Rate limiting exceeded: Read rate limit exceeded");
    return { ...answer, headers: { "retry-after": String(limited.retryAfterSeconds) } };
  }
  const other = faults.find("answer");
  if (!other) return null;
  const { status, body = "", contentType, headers = {} } = other;
  if (typeof body !== "string") return { status, headers, body: { kind: "json", value: body } };
  const type = contentType === undefined ? {} : { contentType };
  return { status, headers, body: { kind: "text", text: body, ...type } };
}

function ignore(): void {
  // Seen by the record: it has no status.
}
