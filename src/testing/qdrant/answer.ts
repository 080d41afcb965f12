import { SnapformError } from "../../errors/index.ts";

/** What a server says to one request, before any fault gets at it. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: AnswerBody;
}

export type AnswerBody =
  | { readonly kind: "empty" }
  | { readonly kind: "text"; readonly text: string; readonly contentType?: string }
  | { readonly kind: "json"; readonly value: unknown }
  /** The envelope of the protocol; the time that the request took is put in by the sender. */
  | { readonly kind: "envelope"; readonly status: unknown; readonly result?: unknown }
  | { readonly kind: "file"; readonly file: SentFile };

/** A snapshot to be streamed from disk. */
export interface SentFile {
  readonly path: string;
  readonly name: string;
  readonly modifiedAt: Date;
  /** False where the server streams on from an object store: no length, no ranges, no names. */
  readonly ranged: boolean;
  /** Removed as soon as it is open. */
  readonly isTemporary?: boolean;
}

/** 200 with a result. */
export function ok(result: unknown): Answer {
  return { status: 200, body: { kind: "envelope", status: "ok", result } };
}

/** 202: begun, without a result and without a way to ask for it. */
export function accepted(): Answer {
  return { status: 202, body: { kind: "envelope", status: "accepted" } };
}

/** An answer in plain text. */
export function text(status: number, words: string): Answer {
  return { status, body: { kind: "text", text: words } };
}

/** An error in the envelope. */
export function failure(status: number, message: string): Answer {
  return { status, body: { kind: "envelope", status: { error: message } } };
}

class Refusal {
  readonly answer: Answer;
  constructor(answer: Answer) {
    this.answer = answer;
  }
}

/** Ends a request with an error in the envelope. */
export function refuse(status: number, message: string): never {
  refuseWith(failure(status, message), message);
}

/** Ends a request with any answer; `message` is what the server's log says. */
export function refuseWith(answer: Answer, message: string): never {
  throw new SnapformError("failed-precondition", message, { cause: new Refusal(answer) });
}

/** The answer for whatever a route has thrown; what nobody foresaw is a 500 as in the server. */
export function answerOf(error: unknown): Answer {
  if (error instanceof Error && error.cause instanceof Refusal) return error.cause.answer;
  return failure(500, `Service internal error: ${messageOf(error)}`);
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
