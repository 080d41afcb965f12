import { resolve } from "node:path";
import { SnapformError, isSnapformError } from "../../errors/index.ts";
import type { Problem, RepositoryStatus } from "../../snapshot/inventory.ts";
import { repositoryError } from "./filesystem-errors.ts";
import { findRepository, type Found } from "./repository-file.ts";
import { nodeFs, type RepositoryFs } from "./repository-fs.ts";

export interface FilesystemObserveOptions {
  readonly name: string;
  readonly path: string;
  /** The id that the state has seen; null when this repository was never seen before. */
  readonly expectedId: string | null;
  readonly fs?: RepositoryFs;
}

export interface FilesystemObservation {
  readonly status: RepositoryStatus;
  /** The id of what is there; null when it has none. */
  readonly id: string | null;
  /** Non-null unless the status is `ok` or `new`. */
  readonly problem: Problem | null;
}

const MOUNT_HINT = "If it is on another disk, mount it; if it moved, change its `path`.";

/**
 * Why what was found cannot be used as the repository that is expected; null when it can, or when
 * it may be made there.
 */
export function foundProblem(
  name: string,
  root: string,
  found: Found,
  expectedId: string | null,
): { readonly status: RepositoryStatus; readonly error: SnapformError } | null {
  const because = (
    status: RepositoryStatus,
    text: string,
  ): { readonly status: RepositoryStatus; readonly error: SnapformError } => {
    const message = `repository ${name}: ${text}`;
    const error = new SnapformError("failed-precondition", message, { hint: MOUNT_HINT });
    return { status, error };
  };
  switch (found.kind) {
    case "repository": {
      const { id } = found.identity;
      if (expectedId === null || id === expectedId) return null;
      return because(
        "other",
        `${root} is repository ${id}, not ${expectedId} that was used before`,
      );
    }
    case "empty": {
      if (expectedId === null) return null;
      return because("missing", `${expectedId} that was used before is not at ${root}`);
    }
    case "foreign": {
      const status = expectedId === null ? "unreachable" : "missing";
      return because(status, `${root} is not a repository: ${found.detail}`);
    }
    case "newer": {
      const message = `repository ${name}: ${root} cannot be used: ${found.detail}`;
      const error = new SnapformError("corrupt", message, { hint: "Update snapform here." });
      return { status: "unreachable", error };
    }
  }
}

/** Looks at a repository without writing anything, and never throws for what it finds. */
export async function observeFilesystemRepository(
  options: FilesystemObserveOptions,
): Promise<FilesystemObservation> {
  const { name, expectedId, fs = nodeFs } = options;
  const root = resolve(options.path);
  try {
    const found = await findRepository(fs, root);
    const id = found.kind === "repository" ? found.identity.id : null;
    const problem = foundProblem(name, root, found, expectedId);
    if (problem !== null) {
      const { code, message } = problem.error;
      return Object.freeze({ status: problem.status, id, problem: { code, message } });
    }
    return Object.freeze({ status: id === null ? "new" : "ok", id, problem: null });
  } catch (error) {
    const mapped = repositoryError(error, name, root);
    if (!isSnapformError(mapped)) throw mapped;
    const problem = { code: mapped.code, message: mapped.message };
    return Object.freeze({ status: "unreachable", id: null, problem });
  }
}
