import { SnapformError } from "../errors/index.ts";

/** The error of work that was stopped by its signal. */
export function cancelledError(doing: string, cause: unknown): SnapformError {
  return new SnapformError("cancelled", `cancelled ${doing}`, { cause });
}

/** True when `error` only says that somebody aborted the work. */
export function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted === true && error === signal.reason) return true;
  return error instanceof Error && error.name === "AbortError";
}
