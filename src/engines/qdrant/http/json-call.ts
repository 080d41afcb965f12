import type { Json } from "../../../snapshot/json.ts";
import { answerOf, type Answer } from "./answer.ts";
import { transportFailure } from "./errors.ts";
import { requestPath, type Query } from "./request-path.ts";
import { withAttempts } from "./retry.ts";
import type { Call, Wire } from "./wire.ts";

export type { Answer };

export interface JsonRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Segments below the node's URL, not encoded. */
  readonly path: readonly string[];
  readonly query?: Query;
  readonly body?: Json;
  /** What is being done, for messages: `listing the snapshots of "docs"`. */
  readonly doing: string;
  /** True when repeating it changes nothing. By default true for GET and DELETE only. */
  readonly safe?: boolean;
  /** How long the node may keep silent; null for as long as it takes. */
  readonly timeoutMs?: number | null;
  readonly signal?: AbortSignal;
  /** True: one attempt, whatever comes; for who asks again anyway. */
  readonly once?: boolean;
}

/**
 * Sends JSON and reads the answer, with up to three attempts where that can do no harm.
 *
 * @throws SnapformError `cancelled` when the signal is aborted; for the rest see errors.ts
 */
export async function callJson(wire: Wire, request: JsonRequest): Promise<Answer> {
  const { node, prefix, connection, clock } = wire;
  const { method, doing, signal, body } = request;
  const safe = request.safe ?? (method === "GET" || method === "DELETE");
  const call: Call = { node, doing, safe, secrets: wire.secrets, signal };
  const path = requestPath(node, prefix, request.path, request.query);
  const timeoutMs = request.timeoutMs === undefined ? wire.timeoutMs : (request.timeoutMs ?? 0);
  return withAttempts({ clock, signal, count: request.once === true ? 1 : undefined }, async () => {
    if (signal?.aborted === true) {
      return { ok: false, failure: transportFailure(call, signal.reason, false) };
    }
    try {
      const response = await connection.request({
        method,
        path,
        headers: {
          ...wire.headers,
          "accept-encoding": "identity",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: signal ?? null,
      });
      return await answerOf(call, response);
    } catch (error) {
      const failure = transportFailure(call, error, !connection.neverSent(error));
      // The time was the caller's to give, and it is used up.
      const isLate = failure.error.code === "deadline-exceeded";
      return { ok: false, failure: isLate ? { ...failure, mayRepeat: false } : failure };
    }
  });
}
