import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { SnapformError } from "../../errors/index.ts";
import type { HashName } from "../../snapshot/manifest.ts";
import type { Hasher } from "./hasher.ts";

/** Copies one file into a new one and hashes what was written. */
export interface CopyTask {
  readonly kind: "copy";
  readonly source: string;
  /** Must not exist. */
  readonly target: string;
  readonly size: number;
  readonly hash: HashName;
  readonly mode: number;
  /** Modification time of the copy; null leaves it as it comes. */
  readonly mtimeMs: number | null;
  readonly control: Control;
}

/** Helps with a copy that another thread leads: copies chunks ahead of its hash. */
export interface AssistTask {
  readonly kind: "assist";
  readonly source: string;
  readonly target: string;
  readonly size: number;
  readonly control: Control;
}

/** Hashes one file. */
export interface HashTask {
  readonly kind: "hash";
  readonly path: string;
  readonly size: number;
  readonly hash: HashName;
  readonly control: Control;
}

export type Task = CopyTask | AssistTask | HashTask;

/** What a copy found out; `changed` says that the source was not what it should have been. */
export interface TaskResult {
  readonly hash: string;
  readonly bytes: number;
}

/**
 * Shared between the threads: a word that is 1 once the task is to stop, one that is 1 while an
 * assistant copies, then one for each chunk of the file.
 */
export type Control = Int32Array<SharedArrayBuffer>;

/** What a thread needs to run tasks: a reused buffer, and a way to tell how far it is. */
export interface TaskBench {
  readonly buffer: Buffer;
  progress(bytes: number): void;
}

export const CHUNK_BYTES: number = 16 * 1024 * 1024;
/**
 * A write of a mebibyte makes the kernel look for as much contiguous memory for its cache, which on
 * a machine that runs for a while costs more than the additional calls (measured: up to twice).
 */
const WRITE_BYTES = 64 * 1024;
const STOP = 0;
const ASSISTED = 1;
/** Where the words of the chunks begin. */
const FIRST = 2;
const FREE = 0;
const TAKEN = 1;
const DONE = 2;

export function newControl(size: number): Control {
  const words = FIRST + Math.ceil(size / CHUNK_BYTES);
  return new Int32Array(new SharedArrayBuffer(words * Int32Array.BYTES_PER_ELEMENT));
}

export function cancelControl(control: Control): void {
  Atomics.store(control, STOP, 1);
}

function changed(path: string, what: string): SnapformError {
  return new SnapformError("aborted", `the source file ${path} ${what}`, { retryable: true });
}

/** Reads a range through the buffer; every piece goes to `take` with its place. */
function readRange(
  fd: number,
  range: { readonly start: number; readonly end: number; readonly path: string },
  control: Control,
  bench: TaskBench,
  take: (piece: Uint8Array, at: number) => void,
): void {
  let at = range.start;
  while (at < range.end) {
    if (Atomics.load(control, STOP) === 1) throw new SnapformError("cancelled", "cancelled");
    const length = Math.min(bench.buffer.length, range.end - at);
    const count = named(range.path, () => readSync(fd, bench.buffer, 0, length, at));
    if (count === 0) throw changed(range.path, `ended at ${at} bytes`);
    take(bench.buffer.subarray(0, count), at);
    at += count;
  }
}

/** The system's errors of reads and writes do not say of which file; this adds it. */
function named(path: string, call: () => number): number {
  try {
    return call();
  } catch (error) {
    throw Object.assign(error as Error, { path });
  }
}

function writeAll(path: string, fd: number, piece: Uint8Array, start: number): void {
  let done = 0;
  while (done < piece.length) {
    const at = start + done;
    const length = Math.min(WRITE_BYTES, piece.length - done);
    done += named(path, () => writeSync(fd, piece, done, length, at));
  }
}

/** Sources whose filesystem is known not to clone into ours, by device number. */
const unclonable = new Set<bigint>();

/** Takes the file by reflink where the filesystem can; false where it cannot. */
function clone(source: string, target: string, device: bigint): boolean {
  if (unclonable.has(device)) return false;
  try {
    copyFileSync(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch {
    // Whatever the reason, the copy that follows meets it again or does not need it.
    rmSync(target, { force: true });
    unclonable.add(device);
    return false;
  }
}

interface OpenCopy {
  readonly sourceFd: number;
  readonly targetFd: number;
}

/** The range of a chunk, by the index of its word. */
function chunkRange(index: number, size: number): { readonly start: number; readonly end: number } {
  const start = (index - FIRST) * CHUNK_BYTES;
  return { start, end: Math.min(size, start + CHUNK_BYTES) };
}

/** Copies the first chunk from `from` on that nobody has taken yet; answers the next, or null. */
function copyFreeChunk(
  task: Pick<CopyTask, "source" | "target" | "size" | "control">,
  files: OpenCopy,
  from: number,
  bench: TaskBench,
): number | null {
  const { control, size } = task;
  let index = from;
  while (index < control.length && !take(control, index)) index++;
  if (index >= control.length) return null;
  let state = FREE;
  try {
    const range = { ...chunkRange(index, size), path: task.source };
    readRange(files.sourceFd, range, control, bench, (piece, at) => {
      writeAll(task.target, files.targetFd, piece, at);
    });
    state = DONE;
    bench.progress(range.end - range.start);
  } finally {
    // After a failure the leader takes the chunk back, and meets whatever went wrong itself.
    Atomics.store(control, index, state);
    Atomics.notify(control, index);
  }
  return index + 1;
}

function take(control: Control, index: number): boolean {
  return Atomics.compareExchange(control, index, FREE, TAKEN) === FREE;
}

/** Waits until the assistant has copied a chunk; false when there is none and it is ours. */
function untilCopied(control: Control, index: number): boolean {
  for (;;) {
    const state = Atomics.load(control, index);
    if (state === DONE) return true;
    const isAssisted = Atomics.load(control, ASSISTED) === 1;
    if (state === FREE && !isAssisted && take(control, index)) return false;
    // The pool says stop also when the assistant has died.
    if (Atomics.load(control, STOP) === 1) throw new SnapformError("cancelled", "cancelled");
    Atomics.wait(control, index, state, 50);
  }
}

/**
 * Copies and hashes chunk after chunk. While an assistant copies, only hashes behind it: two
 * threads that write into one file mostly wait for each other.
 */
function copyChunks(task: CopyTask, files: OpenCopy, hasher: Hasher, bench: TaskBench): void {
  const { control, size } = task;
  for (let index = FIRST; index < control.length; index++) {
    const { start, end } = chunkRange(index, size);
    if (untilCopied(control, index)) {
      const range = { start, end, path: task.target };
      readRange(files.targetFd, range, control, bench, (piece) => hasher.update(piece));
    } else {
      readRange(files.sourceFd, { start, end, path: task.source }, control, bench, (piece, at) => {
        hasher.update(piece);
        writeAll(task.target, files.targetFd, piece, at);
      });
      Atomics.store(control, index, DONE);
      bench.progress(end - start);
    }
  }
}

/**
 * Runs the part of a copy that keeps the processor busy. The caller makes `targetFd` durable and
 * closes it.
 */
export function runCopy(
  task: CopyTask,
  hasher: Hasher,
  bench: TaskBench,
): TaskResult & { readonly targetFd: number } {
  const sourceFd = openSync(task.source, "r");
  let targetFd: number | null = null;
  try {
    const before = fstatSync(sourceFd, { bigint: true });
    if (before.size !== BigInt(task.size)) {
      throw changed(task.source, `has ${before.size} bytes instead of ${task.size}`);
    }
    const cloned = clone(task.source, task.target, before.dev);
    targetFd = openSync(task.target, cloned ? "r+" : "wx+", 0o600);
    if (cloned) {
      const range = { start: 0, end: task.size, path: task.target };
      readRange(targetFd, range, task.control, bench, (piece) => hasher.update(piece));
      bench.progress(task.size);
    } else {
      if (task.control.length > FIRST + 1) ftruncateSync(targetFd, task.size);
      copyChunks(task, { sourceFd, targetFd }, hasher, bench);
    }
    const after = fstatSync(sourceFd, { bigint: true });
    if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) {
      throw changed(task.source, "changed while it was read");
    }
    fchmodSync(targetFd, task.mode);
    if (task.mtimeMs !== null) futimesSync(targetFd, task.mtimeMs / 1000, task.mtimeMs / 1000);
    return { hash: hasher.digest(), bytes: task.size, targetFd };
  } catch (error) {
    if (targetFd !== null) closeSync(targetFd);
    throw error;
  } finally {
    closeSync(sourceFd);
  }
}

/** Copies chunks ahead of the leader until none is free; the caller makes `targetFd` durable. */
export function runAssist(task: AssistTask, bench: TaskBench): { readonly targetFd: number } {
  const sourceFd = openSync(task.source, "r");
  let targetFd: number | null = null;
  try {
    targetFd = openSync(task.target, "r+");
    Atomics.store(task.control, ASSISTED, 1);
    let next: number | null = FIRST;
    while (next !== null) next = copyFreeChunk(task, { sourceFd, targetFd }, next, bench);
    return { targetFd };
  } catch (error) {
    if (targetFd !== null) closeSync(targetFd);
    throw error;
  } finally {
    Atomics.store(task.control, ASSISTED, 0);
    closeSync(sourceFd);
  }
}

/** Hashes a file whose size is known to be right. */
export function runHash(task: HashTask, hasher: Hasher, bench: TaskBench): TaskResult {
  const fd = openSync(task.path, "r");
  try {
    for (let start = 0; start < task.size; start += CHUNK_BYTES) {
      const end = Math.min(task.size, start + CHUNK_BYTES);
      const range = { start, end, path: task.path };
      readRange(fd, range, task.control, bench, (piece) => hasher.update(piece));
      bench.progress(end - start);
    }
    return { hash: hasher.digest(), bytes: task.size };
  } finally {
    closeSync(fd);
  }
}
