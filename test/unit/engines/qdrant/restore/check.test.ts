import { expect, test } from "vitest";
import type { CheckLevel } from "../../../../../src/snapshot/capabilities.ts";
import { contextOf, copyOut, failureOf, pointsFrom, startCluster, take } from "./cluster.ts";
import type { Cluster } from "./cluster.ts";

const POINTS = pointsFrom(1, 20);

async function manifestOf(cluster: Cluster) {
  await cluster.create("docs", POINTS);
  const body = { field_name: "text", field_schema: "keyword" };
  await cluster.rest("PUT", "/collections/docs/index?wait=true", body);
  return (await copyOut(cluster, await take(cluster, "docs"))).manifest;
}

test.each([
  ["hashes", "hashes", null],
  ["count", "count", null],
  ["deep", "count", "no way to compare points"],
] as const)("a check by %s reaches %s and says why no more", async (asked, reached, why) => {
  await using cluster = await startCluster();
  const manifest = await manifestOf(cluster);
  const check = await cluster.driver.check("docs", manifest, asked, contextOf());
  expect(check.level).toBe(reached);
  expect(check.findings.join(" ")).toContain("20 points, exactly as many");
  if (why === null) expect(check.limitation).toBeNull();
  else expect(check.limitation).toContain(why);
});

test("a snapshot that was written to while it was taken fits a range of counts", async () => {
  await using cluster = await startCluster();
  const manifest = { ...(await manifestOf(cluster)), points: { before: 25, after: 15 } };
  const check = await cluster.driver.check("docs", manifest, "count", contextOf());
  expect(check.findings.join(" ")).toContain("between 15 and 25");
});

test("without a recorded count nothing is claimed about it", async () => {
  await using cluster = await startCluster();
  const manifest = { ...(await manifestOf(cluster)), points: null };
  const check = await cluster.driver.check("docs", manifest, "count", contextOf());
  expect(check.level).toBe("hashes");
  expect(check.limitation).toContain("Nobody recorded");
});

test.each<readonly [string, CheckLevel, (cluster: Cluster) => Promise<unknown>, string]>([
  [
    "more points",
    "count",
    (cluster) => cluster.rest("PUT", "/collections/docs/points", { points: pointsFrom(90, 1) }),
    "has 21 points, and snapshot",
  ],
  [
    "another payload index",
    "hashes",
    (cluster) =>
      cluster.rest("PUT", "/collections/docs/index", { field_name: "n", field_schema: "integer" }),
    "payload indexes",
  ],
  [
    "a replica that does not serve",
    "hashes",
    (cluster) => cluster.fake.nodes[1]?.stop() ?? Promise.resolve(),
    "does not serve as a whole",
  ],
  [
    "the status red",
    "hashes",
    (cluster) => Promise.resolve(cluster.fake.setStatus("docs", "red")),
    "status red",
  ],
])("a collection with %s does not pass", async (_title, level, change, text) => {
  await using cluster = await startCluster();
  const manifest = await manifestOf(cluster);
  await change(cluster);
  const failure = await failureOf(cluster.driver.check("docs", manifest, level, contextOf()));
  expect(failure.code).toBe("failed-precondition");
  expect(failure.message).toContain(text);
});

test("an alias is checked as its collection", async () => {
  await using cluster = await startCluster();
  const manifest = await manifestOf(cluster);
  await cluster.driver.moveAlias?.("live", "docs", contextOf());
  expect((await cluster.driver.check("live", manifest, "count", contextOf())).level).toBe("count");
});
