import type { SourceFile } from "../../engine/driver.ts";
import { SnapformError, isSnapformError } from "../../errors/index.ts";
import { COPY_WIDTH, INLINE_BYTES, copyFile, fillNewFile } from "./copy-file.ts";
import type { TaskWatch } from "./copy-pool.ts";
import { throwIfCancelled } from "./filesystem-errors.ts";
import { createHasher, type Hasher } from "./hasher.ts";
import { isHash } from "./layout.ts";
import { publishObject, syncObjectFolders, touchObject } from "./objects.ts";
import type { NewFile } from "./repository-fs.ts";
import type { Staging } from "./staging.ts";
import { forEachOf, type Store } from "./store.ts";

/** A source file and the object that has its bytes now. */
export interface StoredFile {
  readonly file: SourceFile;
  readonly hash: string;
  readonly size: number;
  /** No object had these bytes before. */
  readonly isNew: boolean;
}

const OBJECT_MODE = 0o444;
const STREAM_ATTEMPTS = 3;
const STREAM_PAUSE_MS = 200;

interface Intake {
  readonly store: Store;
  readonly staging: Staging;
  readonly watch: TaskWatch;
}

function mayResume(error: unknown, attempt: number): boolean {
  return attempt < STREAM_ATTEMPTS && isSnapformError(error) && error.retryable;
}

function wrongSize(file: SourceFile, size: number): SnapformError {
  const message = `the source file ${file.path} has ${size} bytes instead of ${file.size}`;
  return new SnapformError("aborted", message, { retryable: true });
}

/** Lets the bytes flow into the file; a broken stream is taken up again where it broke. */
async function drain(
  intake: Intake,
  file: SourceFile,
  out: NewFile,
  hasher: Hasher,
): Promise<void> {
  const { store, watch } = intake;
  let at = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const piece of await file.open(at, watch.signal)) {
        throwIfCancelled(watch.signal);
        if (at + piece.length > file.size) throw wrongSize(file, at + piece.length);
        hasher.update(piece);
        await out.write(piece);
        at += piece.length;
        watch.progress(piece.length);
      }
      if (at !== file.size) throw wrongSize(file, at);
      return;
    } catch (error) {
      throwIfCancelled(watch.signal);
      if (!mayResume(error, attempt) || at === file.size) throw error;
      await store.clock.sleep(STREAM_PAUSE_MS * 2 ** attempt, watch.signal);
    }
  }
}

async function takeStream(intake: Intake, file: SourceFile, target: string): Promise<string> {
  const hasher = await createHasher(intake.store.hash);
  const options = { mode: OBJECT_MODE, mtime: intake.store.clock.now() };
  await fillNewFile(intake.store, target, options, (out) => drain(intake, file, out, hasher));
  return hasher.digest();
}

async function take(intake: Intake, file: SourceFile, inline: boolean): Promise<StoredFile> {
  const { store, staging, watch } = intake;
  throwIfCancelled(watch.signal);
  const target = staging.next();
  const { localPath: source, size } = file;
  const copy = { target, size, hash: store.hash, mode: OBJECT_MODE, mtime: store.clock.now() };
  const hash =
    source === undefined
      ? await takeStream(intake, file, target)
      : await copyFile(store, { ...copy, source }, watch, { inline });
  const isNew = await publishObject(store, target, { hash, size });
  return { file, hash, size, isNew };
}

/** Reads, hashes and stores files as objects, durably; the biggest first. */
export async function takeFiles(
  store: Store,
  files: readonly SourceFile[],
  staging: Staging,
  watch: TaskWatch,
): Promise<StoredFile[]> {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  const inline = bytes < INLINE_BYTES;
  const intake = { store, staging, watch };
  const bySize = files.toSorted((a, b) => b.size - a.size);
  const stored = await forEachOf(bySize, (file) => take(intake, file, inline), COPY_WIDTH);
  await syncObjectFolders(
    store,
    stored.map((one) => one.hash),
  );
  return stored;
}

/** Stores what is not known to be there already; files that an earlier snapshot had are reused. */
export async function storeFiles(
  store: Store,
  files: readonly SourceFile[],
  staging: Staging,
  watch: TaskWatch,
): Promise<Map<SourceFile, StoredFile>> {
  const stored = new Map<SourceFile, StoredFile>();
  await forEachOf(files, async (file) => {
    const { knownHash: hash, size } = file;
    if (!isHash(hash) || !(await touchObject(store, { hash, size }))) return;
    stored.set(file, { file, hash, size, isNew: false });
    watch.progress(size);
  });
  const rest = files.filter((file) => !stored.has(file));
  for (const one of await takeFiles(store, rest, staging, watch)) stored.set(one.file, one);
  return stored;
}
