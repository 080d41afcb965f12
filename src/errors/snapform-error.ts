import type { ErrorCode } from "./codes.ts";

/** What a SnapformError carries beside its message. */
export interface SnapformErrorOptions {
  /** True where trying the same call again may succeed without anybody doing anything. */
  readonly retryable?: boolean;
  /** True where the effect may have happened although the call failed (a lost answer). */
  readonly outcomeUnknown?: boolean;
  /** The address of the resource that it happened to, e.g. `policy.nightly["prod/docs"]`. */
  readonly address?: string;
  /** What the reader should do, a full sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The world failed: the only error class that snapform throws on purpose. Programs act upon `code`,
 * never on the message. Messages are lower-case without a full stop; `hint` is a sentence.
 */
export class SnapformError extends Error {
  override readonly name = "SnapformError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly outcomeUnknown: boolean;
  readonly address: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: SnapformErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
    this.address = options.address;
    this.hint = options.hint;
  }
}

/** True for a SnapformError, also one that came from another copy of this package. */
export function isSnapformError(error: unknown): error is SnapformError {
  return error instanceof Error && error.name === "SnapformError" && "code" in error;
}

/** Stops the program because of a bug of our own: `message` says what was thought impossible. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new SnapformError("internal", message);
}
