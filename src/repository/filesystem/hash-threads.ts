import { Worker } from "node:worker_threads";
import { SnapformError } from "../../errors/index.ts";
import type { HashName } from "../../snapshot/manifest.ts";
import type { Digests, HashReply, HashRequest, HashStep } from "./hash-worker.ts";
import { newStreamMemory, type StreamMemory } from "./stream-memory.ts";
import { errorOf } from "./thread-failure.ts";

/** A hash that a thread computes of bytes as they come, and the memory in which they come. */
export interface RunningHash {
  readonly slots: readonly Uint8Array[];
  /** Ends once the bytes of the slot are hashed; until then they must stay as they are. */
  update(slot: number, byteCount: number): Promise<void>;
  /** Hashes a piece of a file. */
  updateFrom(path: string, start: number, end: number): Promise<void>;
  /** Lower-case hexadecimal, by name; ends the hash. */
  digest(): Promise<Digests>;
  /** Gives the memory back; nobody may use the slots any more. */
  close(): void;
}

/** Threads that hash streams; started with the first and kept until `close`. */
export interface HashThreads {
  start(names: readonly HashName[]): RunningHash;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (digests: Digests) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Who waits for answers, by running hash, in the order of the questions. */
  readonly running: Map<number, Waiting[]>;
  /** Why it answers nothing any more. */
  end: SnapformError | null;
}

/** A thread hashes faster than most networks bring bytes, and each costs memory. */
const STREAMS_PER_THREAD = 4;

function startWorker(): Worker {
  return new Worker(
    new URL(
      import.meta.url.endsWith(".ts") ? "./hash-worker.ts" : "./hash-worker.js",
      import.meta.url,
    ),
    { resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 } },
  );
}

class Threads implements HashThreads {
  readonly #width: number;
  readonly #threads: Thread[] = [];
  /** Memory is kept for the next stream: the system takes its time to give it back. */
  readonly #memories: StreamMemory[] = [];
  #nextId = 0;
  #closed = false;

  constructor(width: number) {
    this.#width = width;
  }

  start(names: readonly HashName[]): RunningHash {
    if (this.#closed) throw closed();
    const thread = this.#leastBusy();
    const memory = this.#memories.pop() ?? newStreamMemory();
    const id = this.#nextId++;
    thread.running.set(id, []);
    thread.worker.ref();
    const ask = (step: HashStep): Promise<Digests> => this.#ask(thread, id, step);
    // Whatever keeps a hash from starting is met again by its next step.
    ask({ kind: "start", names, memory: memory.buffer }).catch(() => undefined);
    let isOpen = true;
    return {
      slots: memory.slots,
      update: async (slot, byteCount) => void (await ask({ kind: "slot", slot, byteCount })),
      updateFrom: async (path, start, end) => void (await ask({ kind: "file", path, start, end })),
      digest: () => ask({ kind: "digest" }),
      close: (): void => {
        if (!isOpen) return;
        isOpen = false;
        ask({ kind: "close" }).catch(() => undefined);
        this.#end(thread, id);
        this.#memories.push(memory);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    const threads = this.#threads.splice(0);
    for (const thread of threads) thread.end = closed();
    await Promise.all(threads.map(({ worker }) => (worker.ref(), worker.terminate())));
    for (const thread of threads) rejectAll(thread);
  }

  #leastBusy(): Thread {
    const byLoad = this.#threads.toSorted((a, b) => a.running.size - b.running.size);
    const [first] = byLoad;
    const isFull = this.#threads.length >= this.#width;
    if (first !== undefined && (first.running.size < STREAMS_PER_THREAD || isFull)) return first;
    return this.#addThread();
  }

  #addThread(): Thread {
    const thread: Thread = { worker: startWorker(), running: new Map(), end: null };
    thread.worker.unref();
    thread.worker.on("message", (reply: HashReply) => {
      const waiting = thread.running.get(reply.id)?.shift();
      if (reply.kind === "done") waiting?.resolve(reply.digests);
      else waiting?.reject(errorOf(reply));
    });
    thread.worker.on("error", (error) => this.#lose(thread, error));
    thread.worker.on("exit", () => this.#lose(thread, undefined));
    this.#threads.push(thread);
    return thread;
  }

  /** A thread that died takes its hashes with it; the next stream starts another. */
  #lose(thread: Thread, cause: unknown): void {
    const at = this.#threads.indexOf(thread);
    if (at >= 0) this.#threads.splice(at, 1);
    thread.end ??= died(cause);
    rejectAll(thread);
  }

  #ask(thread: Thread, id: number, step: HashStep): Promise<Digests> {
    const waiting = thread.running.get(id);
    if (waiting === undefined) return Promise.reject(thread.end ?? closed());
    return new Promise<Digests>((resolve, reject) => {
      waiting.push({ resolve, reject });
      const request: HashRequest = { id, step };
      thread.worker.postMessage(request);
    });
  }

  #end(thread: Thread, id: number): void {
    const waiting = thread.running.get(id);
    thread.running.delete(id);
    for (const one of waiting ?? []) one.reject(closed());
    if (thread.running.size === 0) thread.worker.unref();
  }
}

function rejectAll(thread: Thread): void {
  const error = thread.end ?? closed();
  for (const waiting of thread.running.values()) for (const one of waiting) one.reject(error);
  thread.running.clear();
}

function died(cause: unknown): SnapformError {
  const text = "a thread that hashes what is stored has died";
  return new SnapformError("unavailable", text, { retryable: true, cause });
}

function closed(): SnapformError {
  return new SnapformError("cancelled", "the repository was closed");
}

/** Threads, at most `width`; none is started yet. */
export function createHashThreads(width: number): HashThreads {
  return new Threads(Math.max(1, width));
}
