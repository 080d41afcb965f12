import { isSnapformError, SnapformError } from "../errors/index.ts";
import type { Failure } from "./events.ts";

/** What a thrown thing says to the user. Anything but a SnapformError is a bug of ours. */
export function failureOf(error: unknown): Failure {
  if (isSnapformError(error)) {
    return { code: error.code, message: error.message, hint: error.hint ?? null };
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    code: "internal",
    message: text,
    hint: "This is a bug in snapform; please report it with this message.",
  };
}

/** True for what must stop the whole apply: it may not write any more. */
export function isFatal(error: unknown): boolean {
  return isSnapformError(error) && error.code === "locked";
}

/** True when the call ended because it was told to. */
export function isCancellation(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  if (isSnapformError(error)) return error.code === "cancelled";
  return error === signal.reason || (error instanceof Error && error.name === "AbortError");
}

/** A precondition of a plan's action that no longer holds at the very moment of doing it. */
export function moved(message: string): SnapformError {
  return new SnapformError("failed-precondition", message, {
    hint: "The world has changed since the plan was made. Plan again.",
  });
}
