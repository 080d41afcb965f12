import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pastOf, runCut, runUncut } from "./cutting.ts";
import type { Scene } from "./scene.ts";
import { scenarios } from "./scenarios.ts";
import type { CutKind } from "./seam.ts";

const seed = Number(process.env["SNAPFORM_SEED"] ?? Date.now() % 1_000_000);
console.info(`SNAPFORM_SEED=${seed}`);

/** At most so many cuts of a kind in a scenario; of longer ones every n-th, from a drawn first. */
const LIMIT = Number(process.env["SNAPFORM_CUTS"] ?? 25);

function chosen(count: number): number[] {
  const stride = Math.max(1, Math.ceil(count / LIMIT));
  const first = (seed % stride) + 1;
  const cuts: number[] = [];
  for (let at = first; at <= count; at += stride) cuts.push(at);
  return cuts;
}

let cutCount = 0;
afterAll(() => console.info(`${cutCount} cuts were made`));

describe.each(scenarios)("$title", (scenario) => {
  let past: Scene;
  beforeAll(async () => {
    past = await pastOf(scenario);
  });
  afterAll(() => past.close());

  it.each<[string, CutKind]>([
    ["its process dies", "death"],
    ["an operation fails", "error"],
  ])("ends the same wherever %s", async (_, kind) => {
    const uncut = await runUncut(scenario, past, kind === "error");
    expect(uncut.log.length).toBeGreaterThan(5);
    for (const cutAt of chosen(uncut.log.length)) {
      const where = `${kind} at ${cutAt} of ${uncut.log.length}, SNAPFORM_SEED=${seed}`;
      const cut = await runCut(scenario, past, { cutAt, kind }).catch((error: unknown) => {
        throw new Error(`${where}: ${String(error)}`, { cause: error });
      });
      const why = `${where}: ${cut.at}; the command ended with ${cut.ended}`;
      // Actions side by side share a write of the journal, or do not: some runs are shorter.
      const isPastTheEnd = cut.at === "nowhere" && cutAt > uncut.log.length * 0.9;
      if (isPastTheEnd) continue;
      expect(cut.at, why).not.toBe("nowhere");
      if (kind === "death") expect(cut.ended, why).toBeNull();
      expect(cut.leftovers, why).toEqual([]);
      expect(cut.facts, why).toEqual(uncut.facts);
      cutCount += 1;
    }
  });
});
