import { throwIfCancelled } from "./filesystem-errors.ts";

/** Ends with the work that it is given, or at once when the caller wants to stop. */
interface Watch {
  orStopped<T>(work: Promise<T>): Promise<T>;
  close(): void;
}

/** One listener for all that is waited for: a source is asked millions of times. */
function watchSignal(signal: AbortSignal): Watch {
  let stop: (reason: unknown) => void = () => undefined;
  const onAbort = (): void => {
    try {
      throwIfCancelled(signal);
    } catch (error) {
      stop(error);
    }
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    orStopped: (work) =>
      new Promise((resolve, reject) => {
        stop = reject;
        work.then(resolve, reject);
        onAbort();
      }),
    close: () => signal.removeEventListener("abort", onAbort),
  };
}

/** What work answers, unless the caller wants to stop first; the work is then left alone. */
export async function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const watch = watchSignal(signal);
  try {
    return await watch.orStopped(work);
  } finally {
    watch.close();
  }
}

/**
 * What a source yields until the caller wants to stop: a source that does not listen, or that
 * yields nothing for long, holds nobody up. What it keeps open it closes when it notices.
 */
export async function* heedSignal<T>(
  source: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const watch = watchSignal(signal);
  let isOver = false;
  try {
    for (;;) {
      throwIfCancelled(signal);
      const next = await ask(iterator, watch, () => (isOver = true));
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    watch.close();
    if (!isOver) await iterator.return?.();
  }
}

/** The next piece. `end` is called when nothing more is to be had, or to be waited for. */
async function ask<T>(
  iterator: AsyncIterator<T>,
  watch: Watch,
  end: () => void,
): Promise<IteratorResult<T>> {
  const asked = iterator.next();
  try {
    const next = await watch.orStopped(asked);
    if (next.done === true) end();
    return next;
  } catch (error) {
    end();
    // One that owes an answer closes after it; nobody waits for that.
    asked.then(() => iterator.return?.()).catch(() => undefined);
    throw error;
  }
}
