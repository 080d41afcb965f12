import type { Clock } from "../clock/clock.ts";
import { isSnapformError } from "../errors/index.ts";
import { cancelledError } from "./cancelled.ts";
import type { EngineContext, EngineDriver } from "./driver.ts";
import { wrapDriver, type DriverMethod } from "./wrap.ts";

export interface RetryOptions {
  readonly clock: Clock;
  /** How often a call is made at most; 1 never repeats. */
  readonly attempts: number;
  /** The longest pause before the second attempt; it doubles with each further one. */
  readonly baseMs: number;
  /** The longest pause of all. */
  readonly capMs: number;
}

/** Calls whose repetition changes nothing; the others are reconciled by whoever began them. */
const SAFE: ReadonlySet<DriverMethod> = new Set<DriverMethod>([
  "observe",
  "listNative",
  "capture",
  "readNative",
  "deleteNative",
  "check",
]);

/**
 * Repeats safe calls after failures that may pass by themselves. The pause is uniform between zero
 * and the bound ("full jitter"), so that many clients do not come back at the same moment.
 */
export function withRetry(driver: EngineDriver, options: RetryOptions): EngineDriver {
  const { clock, attempts, baseMs, capMs } = options;
  return wrapDriver(driver, async (method, call, context) => {
    if (!SAFE.has(method) || context === null) return call();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        if (attempt >= attempts || context.signal.aborted || !mayPass(error)) throw error;
        const boundMs = Math.min(capMs, baseMs * 2 ** (attempt - 1));
        await pause(clock, clock.random() * boundMs, context, method);
      }
    }
  });
}

function mayPass(error: unknown): boolean {
  return isSnapformError(error) && error.retryable && !error.outcomeUnknown;
}

async function pause(
  clock: Clock,
  ms: number,
  context: EngineContext,
  method: DriverMethod,
): Promise<void> {
  try {
    await clock.sleep(ms, context.signal);
  } catch (error) {
    throw cancelledError(`${method} before another attempt`, error);
  }
}
