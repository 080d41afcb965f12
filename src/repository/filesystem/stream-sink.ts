import type { RunningHash } from "./hash-threads.ts";
import type { Sink } from "./receive.ts";
import type { StreamedFile } from "./repository-fs.ts";
import { bytesHavePassed } from "./short-lived-memory.ts";

/** How many writes of one stream are under way at once: the disk need not wait for this thread. */
const WRITE_WIDTH = 2;

/**
 * Gathers the pieces of a stream in slots; a full one is written and hashed at the same time,
 * beside the pieces that still come. Holds no more than its slots: who has no room waits.
 */
export interface StreamSink extends Sink {
  /** Hands over what is gathered, and ends once all of it is written and hashed. */
  flush(): Promise<void>;
  /** Ends when nothing touches the slots or the file any more, whatever became of it. */
  settle(): Promise<void>;
}

class SlotSink implements StreamSink {
  readonly #file: StreamedFile;
  /** Where in the file the next slot belongs. */
  #at: number;
  readonly #hash: RunningHash;
  readonly #onStored: (byteCount: number) => void;
  readonly #free: number[];
  #slot: number | null;
  #filled = 0;
  /** The last writes, the oldest first. */
  readonly #writing: Promise<void>[] = [];
  readonly #busy: Set<Promise<void>> = new Set();
  #failure: { readonly error: unknown } | null = null;

  constructor(
    file: StreamedFile,
    hash: RunningHash,
    start: number,
    onStored: (byteCount: number) => void,
  ) {
    this.#file = file;
    this.#at = start;
    this.#hash = hash;
    this.#onStored = onStored;
    this.#free = hash.slots.map((_slot, index) => index);
    this.#slot = this.#free.pop() ?? null;
  }

  put(piece: Uint8Array): number {
    // Else a disk that is full would be noticed only when all has come.
    this.#check();
    if (this.#slot === null) return 0;
    const slot = this.#hash.slots[this.#slot] as Uint8Array;
    const count = Math.min(piece.length, slot.length - this.#filled);
    slot.set(count === piece.length ? piece : piece.subarray(0, count), this.#filled);
    this.#filled += count;
    if (this.#filled === slot.length) this.#hand();
    return count;
  }

  async room(): Promise<void> {
    while (this.#slot === null && this.#failure === null) await Promise.race(this.#busy);
    this.#check();
  }

  async flush(): Promise<void> {
    if (this.#filled > 0 && this.#failure === null) this.#hand();
    await this.settle();
    this.#check();
  }

  async settle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy);
  }

  #tell(byteCount: number): void {
    try {
      this.#onStored(byteCount);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  #write(bytes: Uint8Array): Promise<void> {
    bytesHavePassed(bytes.length);
    const before = this.#writing.length < WRITE_WIDTH ? null : this.#writing.shift();
    const at = this.#at;
    this.#at += bytes.length;
    const write = (): Promise<void> => this.#file.write(bytes, at);
    const writing = before ? before.then(write) : write();
    this.#writing.push(writing);
    return writing;
  }

  #hand(): void {
    const [index, byteCount] = [this.#slot as number, this.#filled];
    const bytes = (this.#hash.slots[index] as Uint8Array).subarray(0, byteCount);
    this.#slot = this.#free.pop() ?? null;
    this.#filled = 0;
    const both = Promise.allSettled([this.#write(bytes), this.#hash.update(index, byteCount)]);
    const stored = both.then((ends) => {
      this.#busy.delete(stored);
      const failed = ends.find((end) => end.status === "rejected");
      if (failed !== undefined) this.#failure ??= { error: failed.reason };
      else this.#tell(byteCount);
      if (this.#slot === null) this.#slot = index;
      else this.#free.push(index);
    });
    this.#busy.add(stored);
  }
}

/**
 * A sink into a file, from `start` on, and a hash. `onStored` is told of bytes that are written and
 * hashed.
 */
export function openStreamSink(
  file: StreamedFile,
  hash: RunningHash,
  start: number,
  onStored: (byteCount: number) => void,
): StreamSink {
  return new SlotSink(file, hash, start, onStored);
}
