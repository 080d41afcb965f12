import { resolve } from "node:path";

/** The changes of one state, one after the other. */
export interface Queue {
  /** Rises with the beginning and the end of each change: a look of another one is out of date. */
  readonly version: number;
  /** Rejects with the signal's reason when it is aborted before its turn comes. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** By state. Within a process nobody fights over the lock of a state: it is passed on. */
export interface Queues {
  of(statePath: string): Queue;
}

export function openQueues(): Queues {
  const queues = new Map<string, Queue>();
  return {
    of(statePath) {
      const key = resolve(statePath);
      const known = queues.get(key);
      if (known) return known;
      const queue = openQueue();
      queues.set(key, queue);
      return queue;
    },
  };
}

function openQueue(): Queue {
  let version = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    get version(): number {
      return version;
    },
    async run(signal, work) {
      const before = last;
      const { promise: done, resolve: finish } = Promise.withResolvers<void>();
      // Whoever gives up passes its turn on when it comes, not earlier.
      last = before.then(() => done);
      try {
        await untilTurn(before, signal);
        version += 1;
        return await work();
      } finally {
        version += 1;
        finish();
      }
    },
  };
}

/** Waits for a turn; rejects as soon as the signal is aborted. */
async function untilTurn(before: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const giveUp = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    await Promise.race([before, aborted]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
