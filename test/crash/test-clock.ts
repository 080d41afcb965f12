import type { Clock } from "../../src/clock/clock.ts";

/** A pause longer than this is the heartbeat of a lock, which a test that is over must not await. */
const LONG_MS = 15_000;

/** A clock that stands still but for short pauses, which pass at once and take the time along. */
export class TestClock implements Clock {
  nowMs: number;
  #elapsedMs = 0;
  #count = 0;
  readonly #seed: number;

  constructor(at: string, seed = 1) {
    this.nowMs = Date.parse(at);
    this.#seed = seed;
  }

  now(): Date {
    return new Date(this.nowMs);
  }

  monotonicMs(): number {
    return this.#elapsedMs;
  }

  advance(ms: number): void {
    this.nowMs += ms;
    this.#elapsedMs += Math.max(0, ms);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (ms >= LONG_MS) {
      await new Promise<void>((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      });
    }
    await new Promise((resolve) => void setImmediate(resolve));
    this.advance(ms);
  }

  random(): number {
    this.#count += 1;
    let mixed = Math.imul(this.#count + this.#seed, 0x9e3779b1);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4_294_967_296;
  }

  randomHex(byteCount: number): string {
    const bytes = Array.from({ length: byteCount }, () => Math.floor(this.random() * 256));
    return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}
