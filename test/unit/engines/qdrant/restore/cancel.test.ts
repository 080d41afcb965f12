import { expect, test } from "vitest";
import type { Progress } from "../../../../../src/engine/driver.ts";
import { contextOf, failureOf, Ledger, native, pointsFrom, requestOf } from "./cluster.ts";
import { startCluster, take } from "./cluster.ts";

const WANTED = pointsFrom(1, 40);
const BEFORE = pointsFrom(500, 25);

for (const procedure of ["new", "replace"] as const) {
  test(`a restore with procedure ${procedure} can be cancelled at each sign of life`, async () => {
    await using cluster = await startCluster();
    const config = { replication_factor: 2 };
    await cluster.create("docs", WANTED, config);
    const source = native(await take(cluster, "docs"));
    const before = procedure === "new" ? null : BEFORE;
    const seen = new Set<string>();
    for (let count = 1, isOver = false; !isOver; count += 1) {
      const target = `target-${count}`;
      if (before !== null) await cluster.create(target, before, config);
      const controller = new AbortController();
      let told = 0;
      const progress = ({ phase }: Progress): void => {
        seen.add(phase);
        told += 1;
        if (told === count) controller.abort();
      };
      const ledger = new Ledger();
      const runId = `run${count}`;
      const options = { runId, procedure } as const;
      const request = requestOf(cluster, source, target, ledger, options);
      const work = cluster.driver.restore(request, contextOf(controller.signal, progress));
      isOver =
        told < count &&
        (await work.then(
          () => !controller.signal.aborted,
          () => false,
        ));
      if (!isOver) {
        const failure = await work.then(
          () => null,
          (error: unknown) => error,
        );
        if (failure !== null) expect((await failureOf(work)).code).toBe("cancelled");
      }
      await cluster.fake.idle();
      const earlier = ledger.details;
      const trace = await cluster.driver.recoverRestore({ runId, target, earlier }, contextOf());
      const where = `cancelled at sign ${count}, at ${ledger.phases.join(", ")}`;
      const isFinished = trace.kind === "finished";
      expect(await cluster.read(target), where).toEqual(isFinished ? WANTED : before);
      expect(await cluster.leftovers(), where).toEqual([]);
    }
    expect([...seen]).toEqual(
      expect.arrayContaining(["uploading", "recovering", "waiting for replicas"]),
    );
  });
}
