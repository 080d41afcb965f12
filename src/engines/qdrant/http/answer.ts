import type { Dispatcher } from "undici";
import { refusalFailure, strangeAnswer, transportFailure } from "./errors.ts";
import { abandon, readBody, readRefusal } from "./read-body.ts";
import type { Outcome } from "./retry.ts";
import type { Call } from "./wire.ts";

/** A success: 2xx. */
export interface Answer {
  readonly status: number;
  /** What the body holds as JSON; undefined when it is none. */
  readonly json: unknown;
  readonly text: string;
  /** When it was given, by the server's clock; null when it does not tell. */
  readonly givenAt: Date | null;
}

const LIMIT_BYTES = 64 * 1024 * 1024;

/** Reads an answer to its end. Fails only with the HTTP library's errors. */
export async function answerOf(
  call: Call,
  response: Dispatcher.ResponseData,
): Promise<Outcome<Answer>> {
  const { statusCode: status, headers, body } = response;
  if (status < 200 || status > 299) {
    const refusal = { status, headers, body: await readRefusal(body) };
    return { ok: false, failure: refusalFailure(call, refusal) };
  }
  const encoding = encodingOf(headers);
  if (encoding !== null) {
    abandon(body);
    return strange(call, `the answer is encoded (${encoding}) though plain bytes were asked for`);
  }
  const { text, isWhole } = await readBody(body, LIMIT_BYTES);
  if (!isWhole) return strange(call, `the answer is longer than ${LIMIT_BYTES} bytes`);
  const givenAt = dateOf(headers["date"]);
  return { ok: true, value: Object.freeze({ status, json: parsed(text), text, givenAt }) };
}

/** The form that all servers have to send: `Sat, 21 Nov 2026 02:00:00 GMT`. */
function dateOf(header: unknown): Date | null {
  const isDate =
    typeof header === "string" && /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/.test(header);
  const date = isDate ? new Date(header) : null;
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}

/** The content coding of an answer; null for plain bytes. */
export function encodingOf(headers: Dispatcher.ResponseData["headers"]): string | null {
  const encoding = String(headers["content-encoding"] ?? "").trim();
  return encoding === "" || encoding.toLowerCase() === "identity" ? null : encoding;
}

function strange(call: Call, why: string): Outcome<never> {
  return { ok: false, failure: transportFailure(call, strangeAnswer(call, why), true) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
