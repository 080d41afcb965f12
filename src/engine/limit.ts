import { cancelledError } from "./cancelled.ts";
import type { Capture, EngineContext, EngineDriver } from "./driver.ts";
import { wrapDriver, type DriverMethod } from "./wrap.ts";

/** Calls that keep a cluster busy; looking, recovering and sweeping are never kept waiting. */
const WORKING: ReadonlySet<DriverMethod> = new Set<DriverMethod>([
  "capture",
  "createNative",
  "readNative",
  "deleteNative",
  "restore",
  "check",
]);

/**
 * Lets at most `count` working calls run at once, first come first served. A capture keeps its
 * place until it is closed, because the cluster is held still until then.
 */
export function withLimit(driver: EngineDriver, count: number): EngineDriver {
  const places = new Places(count);
  return wrapDriver(
    driver,
    async <T>(method: DriverMethod, call: () => Promise<T>, context: EngineContext | null) => {
      if (!WORKING.has(method) || context === null) return call();
      const leave = await places.enter(context.signal, method);
      let staysOpen = false;
      try {
        const result = await call();
        if (method !== "capture" && method !== "readNative") return result;
        staysOpen = true;
        return keepPlace(result as Capture, leave) as T;
      } finally {
        if (!staysOpen) leave();
      }
    },
  );
}

function keepPlace(capture: Capture, leave: () => void): Capture {
  return {
    draft: capture.draft,
    parts: capture.parts,
    close: () => capture.close().finally(leave),
  };
}

/** A fair semaphore. */
class Places {
  #freeCount: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#freeCount = Math.max(1, count);
  }

  /** Waits for a place; the result gives it back, at the first time that it is called. */
  async enter(signal: AbortSignal, method: DriverMethod): Promise<() => void> {
    if (signal.aborted) throw cancelledError(method, signal.reason);
    if (this.#freeCount > 0) this.#freeCount -= 1;
    else await this.#wait(signal, method);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#freeCount += 1;
      else next();
    };
  }

  #wait(signal: AbortSignal, method: DriverMethod): Promise<void> {
    return new Promise((resolve, reject) => {
      const proceed = (): void => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(proceed), 1);
        reject(cancelledError(`${method} while waiting for its turn`, signal.reason));
      };
      this.#waiting.push(proceed);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}
