import { type Bench, pointsFrom } from "./bench.ts";

/** The writer stops after so many points, so that nothing can run for ever. */
const MOST_POINTS = 600;
/** Points between two compactions. */
const TIDY_EVERY = 8;

/**
 * Runs `work` while somebody writes: after the first 40, points come in pairs, in the order of
 * their ids, so that each instant of the collection holds an unbroken row of them.
 */
export async function underWriter<T>(
  bench: Bench,
  collection: string,
  work: () => Promise<T>,
): Promise<T> {
  let isWorking = true;
  const write = async (): Promise<void> => {
    for (let next = 41; isWorking && next < MOST_POINTS; next += 2) {
      await bench.harness.write(collection, pointsFrom(next, 2));
      if (next % TIDY_EVERY === 1) await bench.harness.tidy?.(collection);
      await turn();
    }
  };
  const writing = write();
  try {
    await turn();
    return await work();
  } finally {
    isWorking = false;
    await writing;
  }
}

/** Lets everybody else go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
