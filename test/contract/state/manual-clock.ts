import type { Clock } from "../../../src/clock/clock.ts";

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told to go on. Chance comes from a seed. */
export class ManualClock implements Clock {
  #ms = 0;
  #wallMs = Date.UTC(2026, 0, 1);
  #seed: number;
  #hexCount = 0;
  readonly #sleepers = new Set<Sleeper>();

  constructor(seed = 1) {
    this.#seed = seed;
  }

  now(): Date {
    return new Date(this.#wallMs);
  }

  monotonicMs(): number {
    return this.#ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const sleeper: Sleeper = { atMs: this.#ms + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  /** How many are waiting. */
  get sleeperCount(): number {
    return this.#sleepers.size;
  }

  /** Lets time pass; whoever waits long enough wakes up once, at the end of it. */
  advance(ms: number): void {
    this.#ms += ms;
    this.#wallMs += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.atMs > this.#ms) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }

  /** Moves the clock on the wall alone, as a suspended machine or an operator does. */
  jump(ms: number): void {
    this.#wallMs += ms;
  }

  random(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }

  randomHex(byteCount: number): string {
    this.#hexCount += 1;
    return this.#hexCount.toString(16).padStart(byteCount * 2, "0");
  }
}
