import type { Dispatcher } from "undici";
import { SnapformError } from "../../../errors/index.ts";
import { encodingOf } from "./answer.ts";
import { parseContentRange } from "./content-range.ts";
import { refusalFailure, strangeAnswer, transportFailure, type Failure } from "./errors.ts";
import { abandon, readRefusal } from "./read-body.ts";
import { requestPath } from "./request-path.ts";
import { waitToRepeat } from "./retry.ts";
import { verifyBytes, type ExpectedBytes } from "./verify-bytes.ts";
import type { Call, Wire } from "./wire.ts";

export interface DownloadRequest {
  /** Segments below the node's URL, not encoded. */
  readonly path: readonly string[];
  /** What is being done, for messages: `downloading "docs-1.snapshot"`. */
  readonly doing: string;
  /** What the file must be; a `sha256` is checked only where it is read from the beginning. */
  readonly expected: ExpectedBytes;
  /** Where to begin, 0 by default. */
  readonly offset?: number;
  readonly signal?: AbortSignal;
  /** How long the node may keep silent; null for as long as it takes. */
  readonly timeoutMs?: number | null;
}

/** Attempts in a row that bring not one byte. */
const FRUITLESS_COUNT = 4;

/** Where a download stands; the only thing that changes while it runs. */
interface Course {
  position: number;
  /** The strong validator of the file, once the server gave one. */
  etag: string | null;
}

/**
 * Reads a file in the pace of its consumer. After a broken connection it goes on where it was: by
 * a range where the server has them, else by skipping what is known. It ends well only after the
 * expected number of bytes.
 *
 * @throws SnapformError `corrupt` when the file is not what was expected, `aborted` when it was
 * replaced meanwhile, `failed-precondition` when it comes compressed, `unavailable` when the
 * connection keeps breaking; for the rest see errors.ts
 */
export function download(wire: Wire, request: DownloadRequest): AsyncIterable<Uint8Array> {
  const { expected, doing } = request;
  const bytes = resumed(wire, request);
  const isWhole = (request.offset ?? 0) === 0;
  if (!isWhole || typeof expected.sha256 !== "string") return bytes;
  return verifyBytes(bytes, expected, `${wire.node}: ${doing}`);
}

async function* resumed(wire: Wire, request: DownloadRequest): AsyncGenerator<Uint8Array> {
  const { doing, signal } = request;
  const call: Call = { node: wire.node, doing, safe: true, secrets: wire.secrets, signal };
  const course: Course = { position: request.offset ?? 0, etag: null };
  let fruitless = 0;
  while (course.position < request.expected.size) {
    const begun = course.position;
    const failure = yield* pass(wire, request, call, course);
    if (failure === null) continue;
    fruitless = course.position > begun ? 1 : fruitless + 1;
    const goesOn =
      fruitless < FRUITLESS_COUNT && (await waitToRepeat(wire.clock, signal, failure, fruitless));
    if (!goesOn) {
      throw signal?.aborted === true
        ? transportFailure(call, signal.reason, true).error
        : failure.error;
    }
  }
}

/** One request: yields what it brings and says how it broke; null when the file is complete. */
async function* pass(
  wire: Wire,
  request: DownloadRequest,
  call: Call,
  course: Course,
): AsyncGenerator<Uint8Array, Failure | null> {
  let body: Dispatcher.ResponseData["body"] | null = null;
  try {
    const response = await open(wire, request, course);
    body = response.body;
    if (response.statusCode !== 200 && response.statusCode !== 206) {
      return await refused(call, request, response);
    }
    let skip = startOf(call, request, course, response);
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      const fresh = chunk.subarray(Math.min(skip, chunk.length));
      skip -= chunk.length - fresh.length;
      if (fresh.length === 0) continue;
      if (course.position + fresh.length > request.expected.size) {
        throw corrupt(call, `the file is longer than the ${request.expected.size} bytes expected`);
      }
      course.position += fresh.length;
      yield fresh;
    }
  } catch (error) {
    return transportFailure(call, error, true);
  } finally {
    if (body !== null) abandon(body);
  }
  if (course.position === request.expected.size) return null;
  // It ended in good order, so the server may really have no more; another look decides.
  const { position } = course;
  const error = corrupt(call, `the file ends after ${position} of ${request.expected.size} bytes`);
  return { error, mayRepeat: true, waitMs: null };
}

function open(
  wire: Wire,
  request: DownloadRequest,
  { position, etag }: Course,
): Promise<Dispatcher.ResponseData> {
  const timeoutMs = request.timeoutMs === undefined ? wire.timeoutMs : (request.timeoutMs ?? 0);
  return wire.connection.request({
    method: "GET",
    path: requestPath(wire.node, wire.prefix, request.path),
    headers: {
      ...wire.headers,
      // The server compresses whatever it sends for anybody who takes it.
      "accept-encoding": "identity",
      ...(position === 0 ? {} : { range: `bytes=${position}-` }),
      ...(position === 0 || etag === null ? {} : { "if-range": etag }),
    },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    signal: request.signal ?? null,
  });
}

async function refused(
  call: Call,
  { expected }: DownloadRequest,
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
): Promise<Failure> {
  const text = await readRefusal(body);
  if (status === 416) {
    const error = corrupt(call, `the file is shorter than the ${expected.size} bytes expected`);
    return { error, mayRepeat: false, waitMs: null };
  }
  return refusalFailure(call, { status, headers, body: text, isFile: true });
}

/** How many bytes of an answer are known already; refuses one that is not of the same file. */
function startOf(
  call: Call,
  { expected }: DownloadRequest,
  course: Course,
  { statusCode, headers }: Dispatcher.ResponseData,
): number {
  const encoding = encodingOf(headers);
  if (encoding !== null) {
    throw new SnapformError(
      "failed-precondition",
      `${call.node}: ${call.doing}: the file comes encoded (${encoding}) in spite of the request`,
      { hint: "A proxy in front of the node compresses; turn that off for this path." },
    );
  }
  const etag = strongEtag(headers["etag"]);
  if (course.etag !== null && etag !== null && course.etag !== etag) {
    const why = "the file was replaced by another one while it was read";
    throw new SnapformError("aborted", `${call.node}: ${call.doing}: ${why}`);
  }
  course.etag ??= etag;
  const isRange = statusCode === 206;
  const range = isRange ? parseContentRange(headers["content-range"]) : null;
  if (isRange && range?.start !== course.position) {
    throw strangeAnswer(call, `it sent another range than the one from byte ${course.position}`);
  }
  const length = /^\d+$/.exec(String(headers["content-length"]))?.[0];
  const whole = isRange ? (range?.size ?? null) : length === undefined ? null : Number(length);
  if (whole !== null && whole !== expected.size) {
    throw corrupt(call, `the file has ${whole} bytes where ${expected.size} were expected`);
  }
  return isRange ? 0 : course.position;
}

/** A weak validator does not promise the same bytes. */
function strongEtag(header: unknown): string | null {
  return typeof header === "string" && header.startsWith('"') ? header : null;
}

function corrupt(call: Call, why: string): SnapformError {
  return new SnapformError("corrupt", `${call.node}: ${call.doing}: ${why}`);
}
