import type { Clock } from "../clock/clock.ts";

export interface FakeClockOptions {
  /** The first instant, RFC 3339. */
  readonly at?: string;
  /** Where chance begins; the same seed gives the same numbers. */
  readonly seed?: number;
  /** True: a sleep passes at once and takes the time with it, so that nothing ever waits. */
  readonly skipsSleep?: boolean;
}

interface Sleeper {
  readonly untilMs: number;
  readonly order: number;
  wake(): void;
}

/** A clock in a test's hand: time passes only by `advance`, and chance repeats itself. */
export class FakeClock implements Clock {
  #nowMs: number;
  #elapsedMs = 0;
  readonly #skipsSleep: boolean;
  #chance: number;
  #order = 0;
  #sleepers: Sleeper[] = [];

  constructor(options: FakeClockOptions = {}) {
    this.#nowMs = Date.parse(options.at ?? "2026-01-01T00:00:00Z");
    this.#chance = options.seed ?? 1;
    this.#skipsSleep = options.skipsSleep ?? false;
  }

  now(): Date {
    return new Date(this.#nowMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  /** How many calls of `sleep` are waiting. */
  get sleeperCount(): number {
    return this.#sleepers.length;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#skipsSleep) {
      this.#pass(Math.max(0, ms));
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        reject(signal?.reason as Error);
      };
      const sleeper: Sleeper = {
        untilMs: this.#elapsedMs + Math.max(0, ms),
        order: this.#order++,
        wake() {
          signal?.removeEventListener("abort", giveUp);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** Lets time pass, waking each sleeper at its own instant; ends when what they do has settled. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#elapsedMs + ms;
    await settle();
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#sleepers = this.#sleepers.filter((each) => each !== next);
      this.#pass(Math.max(0, next.untilMs - this.#elapsedMs));
      next.wake();
      await settle();
    }
    this.#pass(endMs - this.#elapsedMs);
  }

  /** Puts the clock to an instant without waking anybody, as an operator or a bad server would. */
  set(at: string): void {
    this.#nowMs = Date.parse(at);
  }

  /** Mulberry32: small, fast and the same everywhere. */
  random(): number {
    this.#chance = (this.#chance + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#chance ^ (this.#chance >>> 15), this.#chance | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  randomHex(byteCount: number): string {
    const bytes = Array.from({ length: byteCount }, () => Math.floor(this.random() * 256));
    return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  #pass(ms: number): void {
    this.#nowMs += ms;
    this.#elapsedMs += ms;
  }

  #next(endMs: number): Sleeper | undefined {
    return this.#sleepers
      .filter((sleeper) => sleeper.untilMs <= endMs)
      .toSorted((a, b) => a.untilMs - b.untilMs || a.order - b.order)[0];
  }
}

/** Lets promises and the calls that hang on them run until none is left to run at once. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    await new Promise<void>((resolve) => void setImmediate(resolve));
  }
}
