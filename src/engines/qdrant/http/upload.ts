import type { Clock } from "../../../clock/clock.ts";
import { SnapformError } from "../../../errors/index.ts";
import { answerOf, type Answer } from "./answer.ts";
import { strangeAnswer, transportFailure } from "./errors.ts";
import { frameSnapshot, type Framing } from "./multipart.ts";
import { requestPath, type Query } from "./request-path.ts";
import { withAttempts, type Outcome } from "./retry.ts";
import type { Call, Wire } from "./wire.ts";

export interface UploadRequest {
  /** Segments below the node's URL, not encoded. */
  readonly path: readonly string[];
  readonly query?: Query;
  /** What is being done, for messages: `restoring "docs" from an upload`. */
  readonly doing: string;
  /** What the server is told that the file is called; a plain file name. */
  readonly fileName: string;
  readonly size: number;
  /** Opens the bytes; they must be `size`. Its signal says that nobody reads on. */
  readonly body: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** How long the node may take to answer once it has all; null (default): as long as it takes. */
  readonly timeoutMs?: number | null;
  readonly signal?: AbortSignal;
  /** Called with how many bytes of the file have been handed over. */
  readonly onProgress?: (sentBytes: number) => void;
}

/**
 * How long to wait after the head of a big upload. Refusals (rights, a proxy's limit) come at once,
 * and one that arrives while megabytes are under way is lost with the connection.
 */
const HEAD_START_MS = 250;
const BIG_BYTES = 64 * 1024;

/** One upload under way. */
interface Course {
  /** True from when the last byte of the form was handed over: only then can it have an effect. */
  complete: boolean;
  /** What the source of the bytes failed with. */
  sourceError: { readonly error: unknown } | null;
  /** Aborted as soon as the node has answered, or the attempt is over. */
  readonly answered: AbortController;
  /** Resolves when the attempt is over. */
  readonly over: Promise<void>;
}

/**
 * Sends a file in the pace of the node, then waits for its answer. A body of another size than
 * promised, or one that fails, breaks the connection, so that the node never sees a whole form.
 *
 * @throws SnapformError the failure of the body itself unchanged, `invalid-argument` for a body of
 * another size; for the rest see errors.ts. An answer that comes early counts, whatever became of
 * the connection then.
 */
export async function upload(wire: Wire, request: UploadRequest): Promise<Answer> {
  const { node, secrets, clock } = wire;
  const { doing, signal } = request;
  const call: Call = { node, doing, safe: false, secrets, signal };
  const framing = frameSnapshot(node, request.fileName, `snapform-${clock.randomHex(16)}`);
  return withAttempts({ clock, signal }, () => attempt(wire, request, call, framing));
}

async function attempt(
  wire: Wire,
  request: UploadRequest,
  call: Call,
  framing: Framing,
): Promise<Outcome<Answer>> {
  const { connection } = wire;
  const { signal } = request;
  if (signal?.aborted === true) {
    return { ok: false, failure: transportFailure(call, signal.reason, false) };
  }
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const course: Course = {
    complete: false,
    sourceError: null,
    answered: new AbortController(),
    over,
  };
  try {
    const response = await connection.request({
      method: "POST",
      path: requestPath(wire.node, wire.prefix, request.path, request.query),
      headers: {
        ...wire.headers,
        "accept-encoding": "identity",
        "content-type": framing.contentType,
        "content-length": String(sizeOf(request, framing)),
      },
      body: form(wire.clock, request, framing, call, course) as never,
      headersTimeout: request.timeoutMs ?? 0,
      bodyTimeout: wire.timeoutMs,
      signal: signal ?? null,
    });
    course.answered.abort();
    const outcome = await answerOf(call, response);
    if (!outcome.ok || course.complete) return outcome;
    const early = strangeAnswer(call, "the node accepted the upload before it had all of it");
    return { ok: false, failure: transportFailure(call, early, true) };
  } catch (error) {
    if (course.sourceError !== null && !isAborted(signal)) throw course.sourceError.error;
    // A form without its end has no effect, however much of it has arrived.
    const sent = course.complete && !connection.neverSent(error);
    const failure = transportFailure(call, error, sent);
    // The body can be opened again, but not all of it may be sent anew without being asked.
    const mayRepeat = failure.mayRepeat && connection.neverSent(error);
    return { ok: false, failure: { ...failure, mayRepeat } };
  } finally {
    course.answered.abort();
    end();
  }
}

/** Asked anew after each wait, which the compiler does not expect of a property. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function sizeOf(request: UploadRequest, { preamble, epilogue }: Framing): number {
  return preamble.length + request.size + epilogue.length;
}

/** The bytes of the form. */
async function* form(
  clock: Clock,
  request: UploadRequest,
  { preamble, epilogue }: Framing,
  call: Call,
  course: Course,
): AsyncGenerator<Uint8Array> {
  const { size, signal } = request;
  yield preamble;
  if (size > BIG_BYTES) await headStart(clock, course, signal);
  let sentBytes = 0;
  try {
    const stop = signal === undefined ? [] : [signal];
    const source = request.body(AbortSignal.any([course.answered.signal, ...stop]));
    for await (const chunk of source) {
      if (course.answered.signal.aborted) break;
      sentBytes += chunk.length;
      if (sentBytes > size) throw wrongSize(call, `more than the ${size} bytes promised`);
      if (chunk.length > 0) yield chunk;
      request.onProgress?.(sentBytes);
    }
    if (!course.answered.signal.aborted && sentBytes < size) {
      throw wrongSize(call, `${sentBytes} bytes instead of the ${size} promised`);
    }
  } catch (error) {
    if (!course.answered.signal.aborted) {
      course.sourceError = { error };
      throw error;
    }
  }
  if (course.answered.signal.aborted) {
    // Ending here would break the connection that the answer is still being read from.
    await course.over;
    return;
  }
  course.complete = true;
  yield epilogue;
}

async function headStart(clock: Clock, course: Course, signal?: AbortSignal): Promise<void> {
  const stop = signal === undefined ? [] : [signal];
  const sooner = AbortSignal.any([course.answered.signal, ...stop]);
  try {
    await clock.sleep(HEAD_START_MS, sooner);
  } catch {
    // Answered or cancelled: whoever sends looks at that next.
  }
}

function wrongSize(call: Call, what: string): SnapformError {
  const message = `${call.node}: ${call.doing}: the body has ${what}; nothing was uploaded`;
  return new SnapformError("invalid-argument", message);
}
