import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { acts } from "./acts.ts";
import { FLAVOURS, Simulation } from "./simulation.ts";

const given = process.env["SNAPFORM_SEED"];
const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
const numRuns = Number(process.env["SNAPFORM_RUNS"] ?? 12);
console.info(`SNAPFORM_SEED=${seed}`);

const counts = { runs: 0, acts: 0, snapshots: 0, expired: 0, restored: 0 };
afterAll(() => console.info(JSON.stringify(counts)));

describe("whatever users, clocks and faults do", () => {
  it.each(FLAVOURS)(
    "no snapshot is lost and nothing foreign is touched: $name",
    { timeout: 600_000 },
    async (flavour) => {
      await fc.assert(
        fc.asyncProperty(acts, async (list) => {
          const simulation = await Simulation.start(flavour);
          try {
            for (const act of list) await simulation.act(act);
            await simulation.end();
          } finally {
            await simulation.scene.close();
          }
          counts.runs += 1;
          counts.acts += list.length;
          counts.snapshots += simulation.history.snapshotCount;
          counts.expired += simulation.history.expiredCount;
          counts.restored += simulation.history.restoredCount;
        }),
        { seed, numRuns, endOnFailure: process.env["CI"] !== undefined },
      );
      expect(counts.snapshots).toBeGreaterThan(0);
    },
  );
});
