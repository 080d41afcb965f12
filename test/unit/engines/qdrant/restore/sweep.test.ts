import { expect, test } from "vitest";
import { FakeClock } from "../../../../../src/testing/index.ts";
import { contextOf, Ledger, native, pointsFrom, requestOf, startCluster, take } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";
import { openMortal } from "./mortal.ts";

const POINTS = pointsFrom(1, 20);
const DAYS = 24 * 60 * 60 * 1000;

/** A restore whose process died before its `count`th change and that nobody recovers. */
async function abandoned(cluster: Cluster, target: string, count: number): Promise<void> {
  await cluster.create("docs", POINTS);
  const source = native(await take(cluster, "docs"));
  const mortal = openMortal(cluster, count);
  const procedure = (await cluster.read(target)) === null ? "new" : "replace";
  const request = requestOf(cluster, source, target, new Ledger(), { procedure });
  void mortal.driver.restore(request, contextOf());
  await mortal.died;
  await cluster.fake.idle();
}

test("a scratch collection that nobody has come back for in a week is removed", async () => {
  await using cluster = await startCluster();
  await cluster.create("live", pointsFrom(70, 5));
  await abandoned(cluster, "live", 6);
  expect((await cluster.leftovers()).some((name) => name.startsWith("live__"))).toBe(true);
  await cluster.clock.advance(6 * DAYS);
  await cluster.driver.sweep(contextOf());
  expect((await cluster.leftovers()).some((name) => name.startsWith("live__"))).toBe(true);
  await cluster.clock.advance(2 * DAYS);
  await cluster.driver.sweep(contextOf());
  expect((await cluster.leftovers()).filter((name) => name.startsWith("live__"))).toEqual([]);
  expect(await cluster.read("live")).toEqual(pointsFrom(70, 5));
});

test("what a collection is being overwritten from is never swept", async () => {
  await using cluster = await startCluster();
  await cluster.create("live", pointsFrom(70, 5));
  await abandoned(cluster, "live", 12);
  await cluster.clock.advance(60 * DAYS);
  await cluster.driver.sweep(contextOf());
  const run = { runId: "run0001", target: "live", earlier: null };
  const trace = await cluster.driver.recoverRestore(run, contextOf());
  expect(trace.kind).toBe("finished");
  expect(await cluster.read("live")).toEqual(POINTS);
});

test("a half restored collection is left to its recovery, without its uploads", async () => {
  await using cluster = await startCluster();
  await abandoned(cluster, "again", 4);
  await cluster.clock.advance(60 * DAYS);
  await cluster.driver.sweep(contextOf());
  expect(await cluster.read("again")).not.toBeNull();
  expect(await cluster.leftovers()).toEqual(["snapform-run-run0001"]);
});

test("what is new by the servers' clock stays, whatever ours shows", async () => {
  await using cluster = await startCluster();
  await cluster.create("live", pointsFrom(70, 5));
  await abandoned(cluster, "live", 6);
  const before = await cluster.leftovers();
  const clock = new FakeClock({ at: "2031-01-01T00:00:00Z", skipsSleep: true });
  await cluster.open({ clock }).sweep(contextOf());
  expect(await cluster.leftovers()).toEqual(before);
});

test("foreign snapshots, collections and aliases with names like ours stay", async () => {
  await using cluster = await startCluster();
  await cluster.create("docs", POINTS);
  await cluster.create("docs__snapform_0123abcd", POINTS);
  await cluster.create("snapform-x", POINTS);
  await cluster.driver.moveAlias?.("mine", "docs__snapform_0123abcd", contextOf());
  const [node] = cluster.fake.nodes;
  await node?.putFile("docs", "by-hand.snapshot", "x");
  await take(cluster, "snapform-x");
  const before = await Promise.all(cluster.fake.nodes.map((each) => each.files()));
  await cluster.clock.advance(60 * DAYS);
  await cluster.driver.sweep(contextOf());
  expect(await Promise.all(cluster.fake.nodes.map((each) => each.files()))).toEqual(before);
  expect(await cluster.read("docs__snapform_0123abcd")).toEqual(POINTS);
});

test("a cluster without anything of ours is asked two questions", async () => {
  await using cluster = await startCluster();
  for (const name of ["a", "b", "c", "d"]) await cluster.create(name, []);
  const before = cluster.fake.requests.length;
  await cluster.driver.sweep(contextOf());
  expect(cluster.fake.requests.length - before).toBe(2);
});
