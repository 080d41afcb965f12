import { randomBytes } from "node:crypto";
import type { Clock } from "./clock.ts";

/** The machine's own clock and chance. */
export const systemClock: Clock = Object.freeze({
  now: (): Date => new Date(),
  monotonicMs: (): number => performance.now(),
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
  random: (): number => Math.random(),
  randomHex: (byteCount: number): string => randomBytes(byteCount).toString("hex"),
});
