import { expect, test } from "vitest";
import type { RestoreProcedure } from "../../../../../src/snapshot/capabilities.ts";
import type { Fault } from "../../../../../src/testing/index.ts";
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

const WANTED = pointsFrom(1, 30);
const BEFORE = pointsFrom(500, 9);

/** Every kind of request that changes something. */
const CHANGES = [
  { method: "PUT", path: /^\/collections\/[^/]+$/ },
  { method: "PUT", path: /\/index$/ },
  { method: "POST", path: /^\/collections\/aliases$/ },
  { method: "POST", path: /\/upload$/ },
  { method: "DELETE", path: /\/snapshots\/[^/]+$/ },
  { method: "DELETE", path: /^\/collections\/[^/]+$/ },
] as const;

/** One restore, run again as an apply would until it ends well; gives how often it failed. */
async function untilRestored(
  cluster: Cluster,
  target: string,
  procedure: RestoreProcedure,
  source: Parameters<typeof requestOf>[1],
): Promise<number> {
  const ledger = new Ledger();
  for (let failed = 0; failed < 4; failed += 1) {
    const runId = `run-${target}-${failed}`;
    const request = requestOf(cluster, source, target, ledger, { procedure, runId, aliases: true });
    try {
      await cluster.driver.restore(request, contextOf());
      return failed;
    } catch {
      await cluster.fake.idle();
      const run = { runId, target, earlier: ledger.details };
      const trace = await cluster.driver.recoverRestore(run, contextOf());
      if (trace.kind === "finished") return failed + 1;
      expect(await cluster.read(target)).toEqual(procedure === "new" ? null : BEFORE);
    }
  }
  throw new Error(`the restore into ${target} never ended well`);
}

test.each<[RestoreProcedure, Fault["kind"]]>([
  ["new", "drop-before"],
  ["new", "drop-after"],
  ["replace", "drop-before"],
  ["replace", "drop-after"],
])(
  "a restore (%s) comes to its end whichever answer is lost (%s)",
  { timeout: 120_000 },
  async (procedure, kind) => {
    await using cluster = await startCluster();
    await cluster.create("docs", WANTED);
    const index = { field_name: "text", field_schema: "keyword" };
    await cluster.rest("PUT", "/collections/docs/index?wait=true", index);
    const source = native(await take(cluster, "docs"));
    let lostCount = 0;
    for (const change of CHANGES) {
      for (let from = 1; ; from += 1) {
        const target = `target-${lostCount}`;
        if (procedure === "replace") await cluster.create(target, BEFORE);
        const fault = { kind } as Fault;
        const handle = cluster.fake.fault({ ...change, from, fault });
        await untilRestored(cluster, target, procedure, source);
        const hasFired = handle.firedCount > 0;
        handle.remove();
        const where = `${change.method} ${change.path.source}, number ${from}`;
        expect(await cluster.read(target), where).toEqual(WANTED);
        expect(await cluster.leftovers(), where).toEqual([]);
        expect(await cluster.read("docs"), where).toEqual(WANTED);
        await cluster.rest("DELETE", `/collections/${target}`);
        if (!hasFired) break;
        lostCount += 1;
      }
    }
    expect(lostCount).toBeGreaterThan(procedure === "new" ? 9 : 16);
  },
);
