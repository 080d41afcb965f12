import { expect, test } from "vitest";
import { contextOf, Ledger, pointsFrom, requestOf, startCluster, take } from "./cluster.ts";

test("a snapshot of three nodes is restored into a collection that is not there", async () => {
  await using cluster = await startCluster();
  const points = pointsFrom(1, 50);
  await cluster.create("docs", points);
  const snapshot = await take(cluster, "docs");
  const source = { kind: "native", snapshot, collection: "docs" } as const;
  const ledger = new Ledger();
  const request = requestOf(cluster, source, "docs-restored", ledger);
  const result = await cluster.driver.restore(request, contextOf());
  expect(await cluster.read("docs-restored")).toEqual(points);
  expect(await cluster.read("docs")).toEqual(points);
  expect(result.check.level).toBe("count");
  expect(ledger.phases).toEqual(["restoring", "checked"]);
  expect(await cluster.leftovers()).toEqual([]);
});
