// The REST calls of Qdrant that the engine uses, one file per subject: each sends one request and
// reads its answer into frozen values of its own. May know paths, bodies and answers, and nothing
// of why they are asked. Invariant: members that are not known are let pass, ones that are needed
// and missing are an error that names the node and the member; instants are RFC 3339 in UTC, and
// peer ids are text.
import { strangeAnswer } from "../http/errors.ts";
import type { Answer, JsonRequest } from "../http/json-call.ts";
import type { NodeClient } from "../http/node-client.ts";
import { member, type Read } from "./shape.ts";

/** What every call may be given. */
export interface AskOptions {
  readonly signal?: AbortSignal;
  /** How long the node may keep silent; null for as long as it takes. */
  readonly timeoutMs?: number | null;
}

/** The options of a call as a request has them. */
export function optionsOf({ signal, timeoutMs }: AskOptions): AskOptions {
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

/**
 * Sends a request and reads the `result` of its answer.
 *
 * @throws SnapformError `unavailable` when the answer has another shape; then the outcome of a
 * call that is not safe is unknown
 */
export async function ask<T>(client: NodeClient, request: JsonRequest, read: Read<T>): Promise<T> {
  return readAnswer(client, request, await client.json(request), read);
}

/** Reads the `result` of an answer. */
export function readAnswer<T>(
  client: NodeClient,
  request: Pick<JsonRequest, "method" | "doing" | "safe">,
  answer: Answer,
  read: Read<T>,
): T {
  return readShape(client, request, () => read(member(answer.json, "result", ""), "result"));
}

/** Maps a shape that is not there to an error that names the node. */
export function readShape<T>(
  client: NodeClient,
  {
    method,
    doing,
    safe = method === "GET" || method === "DELETE",
  }: Pick<JsonRequest, "method" | "doing" | "safe">,
  read: () => T,
): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw strangeAnswer({ node: client.name, doing, safe }, `unexpected answer: ${error.message}`);
  }
}
