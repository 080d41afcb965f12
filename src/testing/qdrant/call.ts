import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Access } from "./access.ts";
import { accepted, messageOf, ok, refuse, type Answer } from "./answer.ts";
import type { RequestFaults } from "./faults.ts";
import type { JsonObject, Peer, World } from "./world.ts";

/** One request on its way through a route. */
export interface Call {
  readonly world: World;
  /** The node that was asked. */
  readonly peer: Peer;
  readonly request: IncomingMessage;
  /** What stands in the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly access: Access;
  readonly faults: RequestFaults;
  /** Work that goes on after the answer; closing the server waits for it. */
  readonly background: Set<Promise<unknown>>;
}

const MAX_JSON_BYTES = 32 * 1024 * 1024;

/** The body as an object of JSON; an empty body is an empty object where that is allowed. */
export async function jsonBody(call: Call, mayBeEmpty = false): Promise<JsonObject> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of call.request as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_JSON_BYTES) refuse(413, "JSON payload is larger than allowed");
    chunks.push(chunk);
  }
  if (size === 0 && mayBeEmpty) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(concat(chunks, size)));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as JsonObject;
    }
  } catch (error) {
    refuse(400, `Format error in JSON body: ${messageOf(error)}`);
  }
  return refuse(400, "Format error in JSON body: invalid type, expected an object");
}

function concat(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

/** A query parameter that is `true` or `false`. */
export function flag(call: Call, name: string, fallback: boolean): boolean {
  const value = call.query.get(name);
  if (value === null) return fallback;
  if (value === "true" || value === "false") return value === "true";
  return refuse(400, "Format error in query parameters: provided string was not `true` or `false`");
}

/** The segment of the path that names a collection. */
export function collectionName(call: Call): string {
  return call.params.collection ?? "";
}

/**
 * Does work that may outlive its request: with `wait=false` the answer is 202 at once, and what
 * goes wrong then stands only in the server's log. A client that goes away does not stop it.
 */
export async function carryOut(call: Call, work: () => Promise<unknown>): Promise<Answer> {
  const running = flag(call, "wait", true) ? work() : inBackground(call, work);
  call.background.add(running);
  const finish = (): void => void call.background.delete(running);
  running.then(finish, finish);
  return flag(call, "wait", true) ? ok(await running) : accepted();
}

async function inBackground(call: Call, work: () => Promise<unknown>): Promise<void> {
  try {
    if (call.faults.has("background-failure")) refuse(500, "the task failed, as was ordered");
    await work();
  } catch (error) {
    call.peer.log.push(messageOf(error));
  }
}

/** Waits as a fault has ordered; work of a process that has died meanwhile ends here. */
export async function pause(call: Call): Promise<void> {
  const { life } = call.peer;
  await call.faults.wait("delay-effect", call.world.clock);
  if (call.peer.life !== life) refuse(500, "Service internal error: the process has died");
}

/** A path in the node's folder for what is not finished. */
export function temporaryPath(call: Call, folder: string): string {
  return join(call.peer.folder, "tmp", folder, call.world.clock.randomHex(8));
}

/** Counts work while it runs, for the gauges of a collection. */
export async function gauged<T>(
  gauge: Map<string, number>,
  collection: string,
  work: () => Promise<T>,
): Promise<T> {
  gauge.set(collection, (gauge.get(collection) ?? 0) + 1);
  try {
    return await work();
  } finally {
    gauge.set(collection, (gauge.get(collection) ?? 1) - 1);
  }
}
