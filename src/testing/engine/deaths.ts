import assert from "node:assert/strict";
import type { Engine } from "../../engine/engine.ts";
import type { Bench } from "./bench.ts";

/** No call of any engine changes the world more often in a case. */
const MOST_STEPS = 300;

/** True when the process died first; throws what the call threw. */
export type Race = (work: Promise<unknown>) => Promise<boolean>;

/**
 * Runs `attempt` with a process that dies before its first change to the world, then with one that
 * dies before its second, and so on until one lives to the end of its call. `attempt` tells whether
 * its process has died.
 */
export async function eachDeath(
  bench: Bench,
  attempt: (mortal: Engine, race: Race) => Promise<boolean>,
): Promise<void> {
  for (let count = 1; count <= MOST_STEPS; count += 1) {
    const { engine, died } = await bench.openMortal(count);
    const race: Race = (work) => Promise.race([work.then(() => false), died.then(() => true)]);
    try {
      if (!(await attempt(engine, race))) {
        assert.ok(count > 1, "the process never died: its harness does not count its changes");
        return;
      }
    } catch (error) {
      const text = `with a death before change ${count}: ${String(error)}`;
      throw new assert.AssertionError({ message: text });
    }
  }
  assert.fail(`the call had not ended after ${MOST_STEPS} changes`);
}
