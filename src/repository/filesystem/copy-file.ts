import { open } from "node:fs/promises";
import { SnapformError } from "../../errors/index.ts";
import type { HashName } from "../../snapshot/manifest.ts";
import type { TaskWatch } from "./copy-pool.ts";
import { newControl } from "./copy-task.ts";
import { sourceError, throwIfCancelled } from "./filesystem-errors.ts";
import { createHasher } from "./hasher.ts";
import type { NewFile } from "./repository-fs.ts";
import type { Store } from "./store.ts";

/** One local file to be copied, hashed and made durable. */
export interface FileCopy {
  readonly source: string;
  readonly target: string;
  readonly size: number;
  readonly hash: HashName;
  readonly mode: number;
  readonly mtime: Date | null;
}

/** Up to this many bytes in total, starting threads costs more than it saves. */
export const INLINE_BYTES: number = 1024 * 1024;

/** How many copies are handed to the threads at once; the disk syncs several beside each other. */
export const COPY_WIDTH = 12;

function changed(path: string, what: string, cause?: unknown): SnapformError {
  const message = `the source file ${path} ${what}`;
  return new SnapformError("aborted", message, { retryable: true, cause });
}

/** The error of a task in a thread as the callers of the repository know it. */
export function taskError(error: unknown, source: string | null, watch: TaskWatch): unknown {
  throwIfCancelled(watch.signal);
  const path = (error as { readonly path?: unknown }).path;
  return source !== null && path === source ? sourceError(error, source) : error;
}

async function readSmall(copy: FileCopy): Promise<Buffer> {
  try {
    const handle = await open(copy.source, "r");
    try {
      const before = await handle.stat({ bigint: true });
      if (before.size !== BigInt(copy.size)) {
        throw changed(copy.source, `has ${before.size} bytes instead of ${copy.size}`);
      }
      const bytes = await handle.readFile();
      const after = await handle.stat({ bigint: true });
      if (bytes.length !== copy.size || after.mtimeNs !== before.mtimeNs) {
        throw changed(copy.source, "changed while it was read");
      }
      return bytes;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw sourceError(error, copy.source);
  }
}

/** Writes a new file by `fill` and makes it durable. */
export async function fillNewFile(
  store: Pick<Store, "fs">,
  target: string,
  options: { readonly mode: number; readonly mtime: Date | null },
  fill: (file: NewFile) => Promise<void>,
): Promise<void> {
  const file = await store.fs.create(target, options.mode);
  try {
    await fill(file);
    await (options.mtime === null ? file.sync() : file.sync(options.mtime));
  } finally {
    await file.close();
  }
}

async function copyInline(store: Store, copy: FileCopy, watch: TaskWatch): Promise<string> {
  throwIfCancelled(watch.signal);
  const bytes = await readSmall(copy);
  const hasher = await createHasher(copy.hash);
  hasher.update(bytes);
  await fillNewFile(store, copy.target, copy, (file) => file.write(bytes));
  watch.progress(bytes.length);
  return hasher.digest();
}

/**
 * Copies a local file to a name that does not exist yet, makes it durable and answers its hash,
 * which is that of the bytes that were written.
 */
export async function copyFile(
  store: Store,
  copy: FileCopy,
  watch: TaskWatch,
  options: { readonly inline: boolean },
): Promise<string> {
  if (options.inline) return copyInline(store, copy, watch);
  const { source, target, size, hash, mode, mtime } = copy;
  const control = newControl(size);
  const mtimeMs = mtime === null ? null : mtime.getTime();
  try {
    return await store.fs.bulk(target, () =>
      store.pool.run({ kind: "copy", source, target, size, hash, mode, mtimeMs, control }, watch),
    );
  } catch (error) {
    throw taskError(error, source, watch);
  }
}

/** Hashes a file of the repository whose size is known to be right. */
export async function hashFile(
  store: Store,
  file: { readonly path: string; readonly size: number; readonly hash: HashName },
  watch: TaskWatch,
  options: { readonly inline: boolean },
): Promise<string> {
  throwIfCancelled(watch.signal);
  if (options.inline) {
    const bytes = await store.fs.readFile(file.path);
    const hasher = await createHasher(file.hash);
    hasher.update(bytes);
    watch.progress(bytes.length);
    return hasher.digest();
  }
  try {
    const control = newControl(0);
    return await store.pool.run({ kind: "hash", ...file, control }, watch);
  } catch (error) {
    throw taskError(error, null, watch);
  }
}
