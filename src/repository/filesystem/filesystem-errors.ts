import { relative } from "node:path";
import { SnapformError, isSnapformError, type ErrorCode } from "../../errors/index.ts";

/** What an error of the operating system becomes. The only table of this kind in the folder. */
interface Meaning {
  readonly code: ErrorCode;
  readonly text: string;
  readonly retryable?: boolean;
  readonly hint?: string;
}

const NO_SPACE: Meaning = {
  code: "resource-exhausted",
  text: "no space left",
  hint: "Free some space, or run `snapform repository prune`; nothing half-written is visible.",
};
const DENIED: Meaning = {
  code: "permission-denied",
  text: "permission denied",
  hint: "Check who owns the folder and whether it is mounted read-only.",
};
const NOT_A_FOLDER: Meaning = {
  code: "failed-precondition",
  text: "a path that should be a folder is a file, or the other way round",
  hint: "Point the repository's `path` at a folder of its own.",
};
const TOO_MANY_FILES: Meaning = {
  code: "resource-exhausted",
  text: "too many open files",
  retryable: true,
};
const DISK_FAILED: Meaning = {
  code: "unavailable",
  text: "the disk reported an input/output error",
  hint: "Look at the system's log; the disk or the mount may be failing.",
};
const GONE: Meaning = {
  code: "unavailable",
  text: "the filesystem does not answer",
  retryable: true,
  hint: "Check that it is mounted.",
};

const MEANINGS: Readonly<Record<string, Meaning>> = Object.freeze({
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EFBIG: { code: "resource-exhausted", text: "the file is too big for this filesystem" },
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: DENIED,
  ENOTDIR: NOT_A_FOLDER,
  EISDIR: NOT_A_FOLDER,
  EEXIST: { code: "aborted", text: "something is there already", retryable: true },
  ENOENT: { code: "unavailable", text: "something that should be there is missing" },
  ELOOP: { code: "failed-precondition", text: "too many symbolic links" },
  ENAMETOOLONG: { code: "invalid-argument", text: "the name is too long for this filesystem" },
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
  EIO: DISK_FAILED,
  ENXIO: DISK_FAILED,
  ENODEV: GONE,
  ESTALE: GONE,
  ETIMEDOUT: GONE,
  EHOSTDOWN: GONE,
});

/** The system's code of an error, e.g. `ENOENT`; undefined for anything else. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

function pathOf(error: unknown): string | null {
  const { path, dest } = error as { readonly path?: unknown; readonly dest?: unknown };
  // The place that was written to says more than the staging file that it came from.
  if (typeof dest === "string") return dest;
  return typeof path === "string" ? path : null;
}

/** The path as people should read it: below the repository's root where it lies there. */
function shown(path: string, root: string): string {
  const below = relative(root, path);
  if (below === "") return path;
  return below.startsWith("..") ? path : below;
}

/**
 * Turns an error of the operating system into a SnapformError that names the repository and the
 * path below it; anything else comes back as it was.
 */
export function repositoryError(error: unknown, name: string, root: string): unknown {
  if (isSnapformError(error)) return error;
  const code = codeOf(error);
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const meaning: Meaning = MEANINGS[code] ?? { code: "unavailable", text: code };
  const path = pathOf(error);
  const place = path === null ? "" : `: ${shown(path, root)}`;
  return new SnapformError(meaning.code, `repository ${name}: ${meaning.text}${place} (${code})`, {
    cause: error,
    ...(meaning.retryable === undefined ? {} : { retryable: meaning.retryable }),
    ...(meaning.hint === undefined ? {} : { hint: meaning.hint }),
  });
}

/** Turns an error from reading a file that is to be stored into a SnapformError. */
export function sourceError(error: unknown, path: string): unknown {
  if (isSnapformError(error)) return error;
  const code = codeOf(error);
  if (code === undefined) return error;
  if (code === "ENOENT") {
    return new SnapformError("aborted", `the source file ${path} vanished while it was read`, {
      cause: error,
      retryable: true,
    });
  }
  const meaning = MEANINGS[code];
  const text = `cannot read the source file ${path}: ${meaning?.text ?? code} (${code})`;
  return new SnapformError(meaning?.code ?? "unavailable", text, { cause: error });
}

/** Throws when the caller wants to stop. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (!signal.aborted) return;
  if (isSnapformError(signal.reason)) throw signal.reason;
  throw new SnapformError("cancelled", "cancelled", { cause: signal.reason });
}
