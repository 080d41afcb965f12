import { expect, test } from "vitest";
import type { RestoreProcedure } from "../../../../../src/snapshot/capabilities.ts";
import type { Json } from "../../../../../src/snapshot/json.ts";
import {
  contextOf,
  Ledger,
  native,
  pointsFrom,
  requestOf,
  startCluster,
  take,
  type Cluster,
} from "./cluster.ts";
import { openMortal } from "./mortal.ts";

const WANTED = pointsFrom(1, 40);
const BEFORE = pointsFrom(500, 25);
const MOST = 60;

interface Remembered {
  /** What of the run is remembered when it is recovered. */
  readonly recall: (ledger: Ledger) => Json;
}

/** Dies before each changing request in turn; gives how many there were. */
async function dieEverywhere(
  cluster: Cluster,
  procedure: RestoreProcedure,
  { recall }: Remembered,
): Promise<number> {
  await cluster.create("docs", WANTED);
  const source = native(await take(cluster, "docs"));
  const before = procedure === "new" ? null : BEFORE;
  for (let count = 1; count <= MOST; count += 1) {
    const target = `target-${count}`;
    if (before !== null) await cluster.create(target, before);
    const ledger = new Ledger();
    const runId = `run${count}`;
    const options = { runId, procedure } as const;
    const mortal = openMortal(cluster, count);
    const work = mortal.driver.restore(
      requestOf(cluster, source, target, ledger, options),
      contextOf(),
    );
    const hasDied = await Promise.race([work.then(() => false), mortal.died.then(() => true)]);
    await cluster.fake.idle();
    const earlier = recall(ledger);
    const where = `dead before change ${count}, at ${ledger.phases.join(", ")}`;
    const trace = await cluster.driver.recoverRestore({ runId, target, earlier }, contextOf());
    const isFinished = trace.kind === "finished";
    // Complete, and nothing is left to tell whose it is: a recovery without memory finds nothing.
    const isWhole = isFinished || (earlier === null && ledger.phases.includes("checked"));
    expect(await cluster.read(target), where).toEqual(isWhole ? WANTED : before);
    const again = await cluster.driver.recoverRestore({ runId, target, earlier }, contextOf());
    if (!isFinished) expect(again, where).toEqual({ kind: "none" });
    expect(await cluster.leftovers(), where).toEqual([]);
    if (procedure === "replace" || !isFinished) {
      await cluster.driver.restore(
        requestOf(cluster, source, target, ledger, { ...options, runId: `again${count}` }),
        contextOf(),
      );
    }
    expect(await cluster.read(target), where).toEqual(WANTED);
    expect(await cluster.leftovers(), where).toEqual([]);
    if (!hasDied) return count - 1;
  }
  throw new Error(`it did not end within ${MOST} changes`);
}

test("a restore into a new collection that dies anywhere is taken back or finished", async () => {
  await using cluster = await startCluster();
  const recall = (ledger: Ledger): Json => ledger.details;
  expect(await dieEverywhere(cluster, "new", { recall })).toBeGreaterThan(6);
});

test("a replacing restore that dies anywhere leaves the old points or all new ones", async () => {
  await using cluster = await startCluster();
  const recall = (ledger: Ledger): Json => ledger.details;
  expect(await dieEverywhere(cluster, "replace", { recall })).toBeGreaterThan(12);
});

test("a replacing restore goes forward even when nothing of it is remembered", async () => {
  await using cluster = await startCluster();
  const recall = (): Json => null;
  expect(await dieEverywhere(cluster, "replace", { recall })).toBeGreaterThan(12);
});
