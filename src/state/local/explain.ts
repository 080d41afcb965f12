import { isSnapformError, SnapformError } from "../../errors/index.ts";
import type { ErrorCode } from "../../errors/index.ts";
import { errorCodeOf } from "./state-files.ts";

const causes: Readonly<Record<string, readonly [ErrorCode, string, string?]>> = {
  EACCES: ["permission-denied", "no permission"],
  EPERM: ["permission-denied", "not permitted"],
  EROFS: ["permission-denied", "the file system is read-only"],
  ENOSPC: ["resource-exhausted", "no space left on the disk"],
  EDQUOT: ["resource-exhausted", "the disk quota is used up"],
  EMFILE: ["resource-exhausted", "too many open files"],
  ENFILE: ["resource-exhausted", "too many open files"],
  ENOTDIR: ["failed-precondition", "it is, or lies below, a file", "Name a folder."],
  EEXIST: ["failed-precondition", "it is a file", "Name a folder."],
  EISDIR: ["failed-precondition", "a folder is in the place of a file of the state"],
  ENOTSUP: ["failed-precondition", "the file system has no hard links", "Use a local disk."],
};

/** What failed in the file system, as an error of ours; errors of ours stay what they are. */
export function explain(error: unknown, location: string): SnapformError {
  if (isSnapformError(error)) return error;
  // Node's recursive mkdir says ENOENT where the file system is read-only.
  const isDenied = (error as { syscall?: unknown } | null)?.syscall === "mkdir";
  const systemCode = errorCodeOf(error) ?? "";
  const found = causes[isDenied && systemCode === "ENOENT" ? "EROFS" : systemCode];
  const detail = error instanceof Error ? error.message : String(error);
  const [code, why, hint] = found ?? (["unavailable", detail] as const);
  return new SnapformError(code, `cannot use the state in ${location}: ${why}`, {
    cause: error,
    retryable: code === "unavailable",
    ...(hint !== undefined && { hint }),
  });
}

/** Runs work on the file system and explains its failure. */
export async function explained<T>(location: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(error, location);
  }
}

/** The error for a damaged file of the state, with the way out. */
export function damaged(location: string, file: string, problem: string): SnapformError {
  return new SnapformError("corrupt", `${location}/${file} is damaged: ${problem}`, {
    hint:
      `Nothing was changed. Keep a copy of ${location}, move it away and rebuild the state ` +
      "with `snapform adopt --from-repository`; `state.backup.json` in it holds the state " +
      "before the last write.",
  });
}
