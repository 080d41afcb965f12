import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSnapformError } from "../../../src/errors/index.ts";
import { emptyState } from "../../../src/ledger/state.ts";
import { openLocalStateStore } from "../../../src/state/local/local-state-store.ts";
import type { StateLock, StateStore } from "../../../src/state/state-store.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryDisk } from "./memory-files.ts";

const seed = Number(process.env["SNAPFORM_SEED"] ?? Date.now() % 1_000_000);
console.info(`SNAPFORM_SEED=${seed}`);

const { signal } = new AbortController();
const request = { operation: "apply", timeoutMs: 0, signal };

type Deed = "lock" | "append" | "write" | "release" | "hang";
const deeds = fc.array(
  fc.record({
    who: fc.nat({ max: 2 }),
    deed: fc.constantFrom<Deed>("lock", "lock", "append", "append", "write", "release", "hang"),
    /** How far the others come before the next deed; 0 lets them run at the same time. */
    turns: fc.constantFrom(0, 0, 1, 3, 20),
  }),
  { maxLength: 40 },
);

/** One applier, and what it was told. Each has its own clock, so that it can hang alone. */
class Rival {
  readonly clock = new ManualClock();
  readonly store: StateStore;
  readonly #told: string[];
  readonly #name: string;
  #lock: StateLock | null = null;
  #count = 0;

  constructor(disk: MemoryDisk, name: string, told: string[]) {
    const processes = {
      self: () => Promise.resolve({ host: name, bootId: "b", pid: 1, processStart: "1" }),
      isDead: () => Promise.resolve(false),
    };
    this.clock.randomHex = () => `${name}${(this.#count += 1)}`;
    const { clock } = this;
    this.store = openLocalStateStore({ path: "/s", clock, files: disk.mount(), processes });
    this.#told = told;
    this.#name = name;
  }

  async do(deed: Deed, fences: number[]): Promise<void> {
    const lock = this.#lock;
    if (deed === "lock" && !lock) {
      const taken = await this.store.lock(request);
      fences.push(taken.owner.fence);
      this.#lock = taken;
      if (!taken.state) await taken.initialize(emptyState("l", "p", "2026-01-01T00:00:00Z"));
    }
    if (deed === "append" && lock) {
      const id = `${this.#name}-${(this.#count += 1)}`;
      await lock.append([{ type: "repository-seen", name: id, id }], this.clock.now());
      this.#told.push(id);
    }
    if (deed === "write" && lock) {
      const state = await this.store.read();
      if (state) await lock.write(state);
    }
    if (deed === "release" && lock) {
      this.#lock = null;
      await lock.release();
    }
  }
}

describe("rivals for one state", () => {
  it("never lose what one of them was told is safe, whoever hangs and is taken over", async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (plan) => {
        const disk = new MemoryDisk();
        const told: string[] = [];
        const fences: number[] = [];
        const rivals = ["x", "y", "z"].map((name) => new Rival(disk, name, told));
        const running: Promise<void>[] = [];
        for (const { who, deed, turns } of plan) {
          const rival = rivals[who]!;
          // A hang is seen from the others: their clocks go on, and so does the one that hung.
          if (deed === "hang") for (const one of rivals) one.clock.advance(61_000);
          running.push(
            rival.do(deed, fences).catch((error: unknown) => {
              if (!isSnapformError(error) || error.code === "corrupt") throw error;
            }),
          );
          for (let turn = 0; turn < turns; turn += 1) await setImmediate();
        }
        await Promise.all(running);
        const state = await rivals[0]!.store.read();
        expect(Object.keys(state?.repositories ?? {})).toEqual(expect.arrayContaining(told));
        expect(new Set(fences).size).toBe(fences.length);
        for (const one of rivals) one.clock.advance(61_000);
        const last = await rivals[0]!.store.lock(request);
        expect(last.owner.fence).toBeGreaterThan(Math.max(0, ...fences));
      }),
      { seed, numRuns: 400 },
    );
  });
});
