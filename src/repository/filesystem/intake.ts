import type { SourceFile } from "../../engine/driver.ts";
import { forEachOf } from "../../engine/for-each-of.ts";
import { COPY_WIDTH, INLINE_BYTES, copyFile, fillNewFile, hashFile } from "./copy-file.ts";
import type { TaskWatch } from "./copy-pool.ts";
import { throwIfCancelled } from "./filesystem-errors.ts";
import { createHasher } from "./hasher.ts";
import { isHash } from "./layout.ts";
import { publishObject, syncObjectFolders, touchObject } from "./objects.ts";
import {
  MAX_START_COUNT,
  checkSha256,
  neverWhole,
  receive,
  type Incoming,
  type Sink,
} from "./receive.ts";
import type { Staging } from "./staging.ts";
import type { Store } from "./store.ts";
import { takeStream, type TakenStream } from "./take-stream.ts";

/** A source file and the object that has its bytes now. */
export interface StoredFile {
  readonly file: SourceFile;
  readonly hash: string;
  readonly size: number;
  /** No object had these bytes before. */
  readonly isNew: boolean;
}

/** Where source files go, and what they are called in messages. */
export interface Intake {
  readonly store: Store;
  readonly staging: Staging;
  readonly watch: TaskWatch;
  /** Part and path of each file. */
  readonly names: ReadonlyMap<SourceFile, string>;
}

const OBJECT_MODE = 0o444;
/** How many large streams flow at once; each has memory of its own. */
const STREAM_WIDTH = 4;

function incomingOf({ store, watch, names }: Intake, file: SourceFile): Incoming {
  return { store, watch, file, name: names.get(file) ?? file.path };
}

function isLargeStream({ localPath, size }: SourceFile): boolean {
  return localPath === undefined && size > INLINE_BYTES;
}

/** Room for as many bytes as the file should have; the one who pours looks that it is enough. */
function memorySink(bytes: Uint8Array): Sink {
  let at = 0;
  return {
    put(piece): number {
      bytes.set(piece, at);
      at += piece.length;
      return piece.length;
    },
    room: () => Promise.resolve(),
  };
}

async function sha256Of(bytes: Uint8Array): Promise<string> {
  const hasher = await createHasher("sha256");
  hasher.update(bytes);
  return hasher.digest();
}

async function takeSmallStream(intake: Intake, file: SourceFile): Promise<TakenStream> {
  const { store, staging, watch } = intake;
  const incoming = incomingOf(intake, file);
  const bytes = Buffer.alloc(file.size);
  for (let startCount = 1; ; startCount++) {
    if ((await receive(incoming, memorySink(bytes), 0)) === "whole") break;
    if (startCount === MAX_START_COUNT) throw neverWhole(incoming);
  }
  if (file.sha256 !== undefined) checkSha256(incoming, await sha256Of(bytes));
  const hasher = await createHasher(store.hash);
  hasher.update(bytes);
  const path = staging.next();
  const options = { mode: OBJECT_MODE, mtime: store.clock.now() };
  await fillNewFile(store, path, options, (out) => out.write(bytes));
  watch.progress(file.size);
  return { path, hash: hasher.digest() };
}

async function takeLocal(
  intake: Intake,
  file: SourceFile,
  source: string,
  inline: boolean,
): Promise<TakenStream> {
  const { store, staging, watch } = intake;
  const path = staging.next();
  const { size } = file;
  const copy = { size, hash: store.hash, mode: OBJECT_MODE, mtime: store.clock.now() };
  const hash = await copyFile(store, { ...copy, source, target: path }, watch, { inline });
  if (file.sha256 !== undefined) {
    const again = { path, size, hash: "sha256" } as const;
    const quiet = { signal: watch.signal, progress: (): void => undefined };
    const sha256 = store.hash === "sha256" ? hash : await hashFile(store, again, quiet, { inline });
    checkSha256(incomingOf(intake, file), sha256);
  }
  return { path, hash };
}

async function take(intake: Intake, file: SourceFile, inline: boolean): Promise<StoredFile> {
  const { store, staging, watch } = intake;
  throwIfCancelled(watch.signal);
  const { localPath, size } = file;
  const taken = isLargeStream(file)
    ? await takeStream(incomingOf(intake, file), { staging, mode: OBJECT_MODE })
    : localPath === undefined
      ? await takeSmallStream(intake, file)
      : await takeLocal(intake, file, localPath, inline);
  const { path, hash } = taken;
  const isNew = await publishObject(store, path, { hash, size });
  return { file, hash, size, isNew };
}

/** Does `work` with a watch that stops everything at the first failure, and throws that one. */
async function allOrNone<T>(
  watch: TaskWatch,
  work: (watch: TaskWatch, lane: <R>(one: Promise<R>) => Promise<R>) => readonly Promise<T>[],
): Promise<T[]> {
  const controller = new AbortController();
  const signal = AbortSignal.any([watch.signal, controller.signal]);
  let first: { readonly error: unknown } | null = null;
  const lane = async <R>(one: Promise<R>): Promise<R> => {
    try {
      return await one;
    } catch (error) {
      first ??= { error };
      controller.abort();
      throw error;
    }
  };
  const ended = await Promise.allSettled(work({ ...watch, signal }, lane));
  return ended.map((end) => {
    if (end.status === "fulfilled") return end.value;
    throw first === null ? end.reason : first.error;
  });
}

/** Reads, hashes and stores files as objects, durably; the biggest first. */
export async function takeFiles(
  intake: Intake,
  files: readonly SourceFile[],
): Promise<StoredFile[]> {
  const { store, watch } = intake;
  const bySize = files.toSorted((a, b) => b.size - a.size);
  const [streams, others] = [bySize.filter(isLargeStream), bySize.filter((f) => !isLargeStream(f))];
  const inline = others.reduce((sum, file) => sum + file.size, 0) < INLINE_BYTES;
  const stored = await allOrNone(watch, (shared, lane) => {
    const one = (file: SourceFile): Promise<StoredFile> =>
      lane(take({ ...intake, watch: shared }, file, inline));
    return [forEachOf(streams, one, STREAM_WIDTH), forEachOf(others, one, COPY_WIDTH)];
  });
  const all = stored.flat();
  await syncObjectFolders(
    store,
    all.map((one) => one.hash),
  );
  return all;
}

/** The hash of an object that has the file's bytes, if there is one; null when nobody knows. */
function hashIfStored(store: Store, { knownHash, sha256 }: SourceFile): string | null {
  if (isHash(knownHash)) return knownHash;
  return store.hash === "sha256" && isHash(sha256) ? sha256 : null;
}

/**
 * Stores what is not known to be there already. Files that an earlier snapshot had are reused, and
 * those that an earlier attempt at this one has stored.
 */
export async function storeFiles(
  intake: Intake,
  files: readonly SourceFile[],
): Promise<Map<SourceFile, StoredFile>> {
  const { store, watch } = intake;
  const stored = new Map<SourceFile, StoredFile>();
  await forEachOf(files, async (file) => {
    const { size } = file;
    const hash = hashIfStored(store, file);
    if (hash === null || !(await touchObject(store, { hash, size }))) return;
    stored.set(file, { file, hash, size, isNew: false });
    watch.progress(size);
  });
  const rest = files.filter((file) => !stored.has(file));
  for (const one of await takeFiles(intake, rest)) stored.set(one.file, one);
  return stored;
}
