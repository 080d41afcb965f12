import { isSnapformError, SnapformError, type ErrorCode } from "../../errors/index.ts";

const SYSTEM_CODES: Readonly<Record<string, ErrorCode>> = Object.freeze({
  ENOENT: "not-found",
  ENOTDIR: "failed-precondition",
  EISDIR: "failed-precondition",
  EACCES: "permission-denied",
  EPERM: "permission-denied",
  EROFS: "permission-denied",
  ENOSPC: "resource-exhausted",
  EDQUOT: "resource-exhausted",
  EMFILE: "resource-exhausted",
  ENFILE: "resource-exhausted",
  EEXIST: "already-exists",
  ENOTEMPTY: "already-exists",
});

/** The code of an operating system's error (`ENOENT`), or null for anything else. */
export function systemCode(error: unknown): string | null {
  if (isSnapformError(error) || !(error instanceof Error) || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

/** True when `error` is one of these operating system errors. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  const code = systemCode(error);
  return code !== null && codes.includes(code);
}

/** Node's recursive mkdir says ENOENT where the file system is read-only. */
function deniedMkdir(error: unknown): boolean {
  return systemCode(error) === "ENOENT" && (error as { syscall?: unknown }).syscall === "mkdir";
}

/**
 * A SnapformError for a file system's error; SnapformErrors pass unchanged. Whatever fails after
 * `signal` was aborted failed because of that.
 */
export function fileError(error: unknown, doing: string, signal?: AbortSignal): SnapformError {
  if (isSnapformError(error)) return error;
  if (isAbort(error) || signal?.aborted === true)
    return new SnapformError("cancelled", `cancelled ${doing}`, { cause: error });
  const code = deniedMkdir(error) ? "EROFS" : systemCode(error);
  const message = error instanceof Error ? error.message : String(error);
  const hint =
    code === "EMFILE" ? { hint: "Raise the limit of open files (`ulimit -n`) and try again." } : {};
  return new SnapformError(
    (code === null ? undefined : SYSTEM_CODES[code]) ?? "unavailable",
    `${doing}: ${message}`,
    { cause: error, ...hint },
  );
}

/** A SnapformError for what the native library threw; it only has messages to go by. */
export function nativeError(error: unknown, doing: string): SnapformError {
  if (isSnapformError(error)) return error;
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
  const text = `${doing}: ${message}`;
  if (/conflict|incompatible with concurrent|concurrent/i.test(message)) {
    return new SnapformError("aborted", text, { retryable: true, cause: error });
  }
  if (/not found|no such file/i.test(message)) {
    return new SnapformError("not-found", text, { cause: error });
  }
  if (/permission denied/i.test(message)) {
    return new SnapformError("permission-denied", text, { cause: error });
  }
  if (/no space|quota/i.test(message)) {
    return new SnapformError("resource-exhausted", text, { cause: error });
  }
  return new SnapformError("unavailable", text, { cause: error });
}

/** Damage in a file of a table. */
export function corruptFile(table: string, file: string, why: string): SnapformError {
  return new SnapformError("corrupt", `table ${JSON.stringify(table)}: ${file}: ${why}`);
}

/** Throws `cancelled` once the signal is aborted. */
export function throwIfCancelled(signal: AbortSignal, doing: string): void {
  if (signal.aborted) {
    throw new SnapformError("cancelled", `cancelled ${doing}`, { cause: signal.reason });
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
