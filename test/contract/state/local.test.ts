import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { Clock } from "../../../src/clock/clock.ts";
import { openLocalStateStore } from "../../../src/state/local/local-state-store.ts";
import type { StateFiles } from "../../../src/state/local/state-files.ts";
import type { StateStore } from "../../../src/state/state-store.ts";
import { stateContract } from "../../../src/testing/state-contract.ts";
import type { StateHarness } from "../../../src/testing/state-contract.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryDisk } from "./memory-files.ts";

function harnessOf(path: string, disk?: MemoryDisk): StateHarness {
  const clock = new ManualClock();
  const frozen = new Map<StateStore, () => void>();
  return {
    open() {
      let isFrozen = false;
      const own: Clock = {
        now: () => clock.now(),
        monotonicMs: () => clock.monotonicMs(),
        random: () => clock.random(),
        randomHex: (count) => clock.randomHex(count),
        sleep: async (ms, signal) => {
          await clock.sleep(ms, signal);
          if (isFrozen) await clock.sleep(Infinity, signal);
        },
      };
      const files: { files?: StateFiles } = disk ? { files: disk.mount() } : {};
      const store = openLocalStateStore({ path, clock: own, ...files });
      frozen.set(store, () => (isFrozen = true));
      return store;
    },
    now: () => clock.now(),
    async advance(ms) {
      const before = clock.sleeperCount;
      clock.advance(ms);
      await setTimeout(5);
      // Whoever woke up works, really, and sleeps again; one that ends does not, hence the limit.
      for (let waits = 0; waits < 150 && clock.sleeperCount < before; waits += 1) {
        await setTimeout(2);
      }
    },
    freeze: (store) => frozen.get(store)?.(),
  };
}

describe("the state contract on a folder", () => {
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "snapform-state-"));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));
  for (const [index, { title, run }] of stateContract.entries()) {
    it(title, () => run(harnessOf(join(root, String(index), "deep", "state"))));
  }
});

describe("the state contract on a disk in memory", () => {
  for (const { title, run } of stateContract) {
    it(title, () => run(harnessOf("/state", new MemoryDisk())));
  }
});
