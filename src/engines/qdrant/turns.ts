/** Lets a bounded number of calls run at once; the others wait, first come first served. */
export interface Turns {
  /** Runs `work` when it is its turn; rejects with the signal's reason when aborted before. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** `count` calls at once, at least one. */
export function openTurns(count: number): Turns {
  let freeCount = Math.max(1, count);
  const waiting: (() => void)[] = [];
  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const proceed = (): void => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        waiting.splice(waiting.indexOf(proceed), 1);
        reject(signal.reason as Error);
      };
      waiting.push(proceed);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  return Object.freeze({
    async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
      signal.throwIfAborted();
      if (freeCount > 0) freeCount -= 1;
      else await wait(signal);
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) freeCount += 1;
        else next();
      }
    },
  });
}
