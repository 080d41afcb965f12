import { resolve } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import type { EngineContext, SnapshotReader } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { HashName, Manifest, Notes } from "../../snapshot/manifest.ts";
import type {
  Repository,
  RepositoryCheck,
  RepositoryListing,
  SnapshotKey,
  StoredSnapshot,
  SweepResult,
  WriteRequest,
} from "../repository.ts";
import { createCopyPool } from "./copy-pool.ts";
import { repositoryError } from "./filesystem-errors.ts";
import { createHashThreads } from "./hash-threads.ts";
import { listRepository } from "./list.ts";
import { foundProblem } from "./observe.ts";
import {
  createRepository,
  findRepository,
  type Found,
  type RepositoryIdentity,
} from "./repository-file.ts";
import { nodeFs, type RepositoryFs } from "./repository-fs.ts";
import type { Store } from "./store.ts";

export interface FilesystemRepositoryOptions {
  /** Its name in the configuration. */
  readonly name: string;
  /** Its folder. */
  readonly path: string;
  /** Chosen when it is made (default `sha256`); a repository that exists must have the same. */
  readonly hash?: HashName;
  /** How long an expired snapshot can be brought back, in milliseconds. */
  readonly undoMs: number;
  readonly clock: Clock;
  /** The project that works with it; written beside what it puts into the trash. */
  readonly project?: string;
  /** The id that the state has seen; null when this repository was never seen before. */
  readonly expectedId: string | null;
  /** Whether it may be made when it was never seen and nothing is there. */
  readonly create: boolean;
  /** Threads for bulk copies, and as many that hash streams (default 2); started when needed. */
  readonly workers?: number;
  /** The disk; tests put their own here. */
  readonly fs?: RepositoryFs;
}

const DEFAULT_WORKERS = 2;

/** Most looks do no more than list: each method but that loads the code that it needs. */
class FilesystemRepository implements Repository {
  readonly #store: Store;
  /** Changes of notes read before they write, so within this process they go one by one. */
  #noting: Promise<unknown> = Promise.resolve();

  constructor(store: Store) {
    this.#store = store;
  }

  get name(): string {
    return this.#store.name;
  }

  get id(): string {
    return this.#store.id;
  }

  get hash(): HashName {
    return this.#store.hash;
  }

  get undoMs(): number {
    return this.#store.undoMs;
  }

  list(): Promise<RepositoryListing> {
    return this.#do(listRepository);
  }

  read(key: SnapshotKey): Promise<StoredSnapshot | null> {
    return this.#do(async (store) => (await import("./read.ts")).readSnapshot(store, key));
  }

  write(request: WriteRequest, context: EngineContext): Promise<Manifest> {
    return this.#do(async (store) => {
      const { writeSnapshot } = await import("./write.ts");
      return writeSnapshot(store, request, context);
    });
  }

  reader(key: SnapshotKey): Promise<SnapshotReader> {
    return this.#do(async (store) => (await import("./reader.ts")).openReader(store, key));
  }

  note(key: SnapshotKey, change: Partial<Notes>): Promise<Notes> {
    const noted = this.#noting.then(() =>
      this.#do(async (store) => (await import("./notes.ts")).changeNotes(store, key, change)),
    );
    this.#noting = noted.catch(() => undefined);
    return noted;
  }

  trash(key: SnapshotKey, at: Date): Promise<void> {
    return this.#do(async (store) => (await import("./trash.ts")).trashSnapshot(store, key, at));
  }

  undelete(key: SnapshotKey): Promise<Manifest> {
    return this.#do(async (store) => (await import("./trash.ts")).undeleteSnapshot(store, key));
  }

  sweep(
    now: Date,
    options: { readonly dryRun: boolean },
    signal: AbortSignal,
  ): Promise<SweepResult> {
    return this.#do(async (store) => {
      const { sweepRepository } = await import("./sweep.ts");
      return sweepRepository(store, now, options, signal);
    });
  }

  check(options: { readonly readData: boolean }, context: EngineContext): Promise<RepositoryCheck> {
    const note = (key: SnapshotKey, change: Partial<Notes>): Promise<Notes> =>
      this.note(key, change);
    return this.#do(async (store) => {
      const { checkRepository } = await import("./check.ts");
      return checkRepository(store, note, options, context);
    }, isDamaged);
  }

  async close(): Promise<void> {
    await Promise.all([this.#store.pool.close(), this.#store.hashing.close()]);
  }

  /** Every call first makes sure that the disk is still the one that was opened. */
  async #do<T>(
    work: (store: Store) => Promise<T>,
    mayPass: (found: Found) => boolean = () => false,
  ): Promise<T> {
    const store = this.#store;
    try {
      const found = await findRepository(store.fs, store.root);
      const problem = foundProblem(store.name, store.root, found, store.id);
      if (problem !== null && !mayPass(found)) throw problem.error;
      return await work(store);
    } catch (error) {
      throw repositoryError(error, store.name, store.root);
    }
  }
}

/** Our folders are there, but what names the repository is not whole: a check says so. */
function isDamaged(found: Found): boolean {
  return found.kind === "foreign" && found.isOurs;
}

async function identify(
  options: FilesystemRepositoryOptions,
  fs: RepositoryFs,
  root: string,
): Promise<RepositoryIdentity> {
  const { name, expectedId, create, clock } = options;
  const found = await findRepository(fs, root);
  const problem = foundProblem(name, root, found, expectedId);
  if (problem !== null) throw problem.error;
  if (found.kind === "repository") return found.identity;
  if (!create) {
    throw new SnapformError("not-found", `repository ${name}: there is none at ${root}`);
  }
  return createRepository(fs, root, { hash: options.hash ?? "sha256", clock });
}

/**
 * Opens a repository in a folder, and makes it where `create` says so and it was never seen before.
 *
 * @throws SnapformError `not-found` when there is none and it must not be made;
 *   `failed-precondition` when one that was seen is missing, empty or another one, when something
 *   else is there, or when it has another hash; `corrupt` when it is newer than this snapform
 */
export async function openFilesystemRepository(
  options: FilesystemRepositoryOptions,
): Promise<Repository> {
  const { name, undoMs, clock, project, hash, fs = nodeFs } = options;
  const root = resolve(options.path);
  try {
    const identity = await identify(options, fs, root);
    if (hash !== undefined && hash !== identity.hash) {
      const fact = `has the hash ${identity.hash}, not ${hash}`;
      const message = `repository ${name} ${fact}; it cannot be changed`;
      throw new SnapformError("failed-precondition", message);
    }
    const width = options.workers ?? DEFAULT_WORKERS;
    const threads = { pool: createCopyPool(width), hashing: createHashThreads(width) };
    const { id } = identity;
    const rest = { undoMs, project: project ?? null, fs, clock, ...threads };
    return new FilesystemRepository({ name, root, id, hash: identity.hash, ...rest });
  } catch (error) {
    throw repositoryError(error, name, root);
  }
}
