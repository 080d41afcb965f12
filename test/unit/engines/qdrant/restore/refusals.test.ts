import { expect, test } from "vitest";
import type { NativeSnapshot, RestoreRequest } from "../../../../../src/engine/driver.ts";
import {
  contextOf,
  copyOut,
  failureOf,
  Ledger,
  native,
  pointsFrom,
  requestOf,
  routeTo,
  startCluster,
  take,
  type Cluster,
} from "./cluster.ts";

const POINTS = pointsFrom(1, 30);

/** A restore that is refused, with nothing sent and nothing changed. */
async function refused(
  cluster: Cluster,
  source: RestoreRequest["source"],
  target: string,
  options: Partial<RestoreRequest> = {},
) {
  const isChange = (request: { readonly method: string; readonly path: string }): boolean =>
    request.method !== "GET" && !request.path.endsWith("/count");
  const before = cluster.fake.requests.filter(isChange).length;
  const ledger = new Ledger();
  const work = cluster.driver.restore(
    requestOf(cluster, source, target, ledger, options),
    contextOf(),
  );
  const failure = await failureOf(work);
  expect(cluster.fake.requests.filter(isChange)).toHaveLength(before);
  expect(ledger.phases).toEqual([]);
  return failure;
}

async function snapshotOf(cluster: Cluster, config: object = {}): Promise<NativeSnapshot> {
  await cluster.create("docs", POINTS, config);
  return take(cluster, "docs");
}

test("a collection or an alias of the target's name is never taken for a new collection", async () => {
  await using cluster = await startCluster();
  const source = native(await snapshotOf(cluster));
  expect((await refused(cluster, source, "docs")).code).toBe("already-exists");
  const create_alias = { collection_name: "docs", alias_name: "live" };
  await cluster.rest("POST", "/collections/aliases", { actions: [{ create_alias }] });
  const failure = await refused(cluster, source, "live");
  expect(failure.code).toBe("already-exists");
  expect(failure.message).toContain(`of collection "docs"`);
});

test("an alias is not replaced; the message names its collection", async () => {
  await using cluster = await startCluster();
  const source = native(await snapshotOf(cluster));
  const create_alias = { collection_name: "docs", alias_name: "live" };
  await cluster.rest("POST", "/collections/aliases", { actions: [{ create_alias }] });
  const failure = await refused(cluster, source, "live", { procedure: "replace" });
  expect(failure.code).toBe("failed-precondition");
  expect(failure.message).toContain(`an alias, of collection "docs"`);
});

test("other vectors, another number of shards and another kind of index are not replaced", async () => {
  await using cluster = await startCluster();
  const source = native(await snapshotOf(cluster));
  await cluster.create("wide", [], { vectors: { size: 8, distance: "Dot" } });
  await cluster.create("many", [], { shard_number: 5 });
  const replace = { procedure: "replace" } as const;
  const wide = await refused(cluster, source, "wide", replace);
  expect([wide.code, wide.message]).toEqual([
    "failed-precondition",
    `the vectors of the snapshot and of collection "wide" are configured differently`,
  ]);
  expect((await refused(cluster, source, "many", replace)).message).toMatch(/3 shard.* has 5/);
  const index = (type: string) => ({ field_name: "text", field_schema: type });
  await cluster.rest("PUT", "/collections/docs/index", index("keyword"));
  const indexed = native(await take(cluster, "docs"));
  await cluster.create("other", []);
  await cluster.rest("PUT", "/collections/other/index", index("uuid"));
  expect((await refused(cluster, indexed, "other", replace)).message).toContain(`"text"`);
});

test("custom sharding into a new collection is refused with the order of the keys", async () => {
  await using cluster = await startCluster();
  await cluster.create("docs", [], { shard_number: 1, sharding_method: "custom" });
  for (const shard_key of ["red", "blue"]) {
    await cluster.rest("PUT", "/collections/docs/shards", { shard_key });
  }
  const failure = await refused(cluster, native(await take(cluster, "docs")), "again");
  expect(failure.code).toBe("failed-precondition");
  expect(failure.hint).toContain(`"red", "blue"`);
});

test("several parts are not restored into a lone server", async () => {
  await using cluster = await startCluster();
  await using lone = await startCluster({ nodes: 1 });
  const reader = await copyOut(cluster, await snapshotOf(cluster));
  const failure = await refused(lone, { kind: "repository", reader }, "docs");
  expect(failure.code).toBe("failed-precondition");
  expect(failure.message).toContain("only whole");
});

test.each([
  ["1.17.4", "never fits an older server"],
  ["1.20.1", "step by step"],
])("a snapshot of 1.18 is not restored into %s", async (version, hint) => {
  await using cluster = await startCluster({ nodes: 1 });
  await using other = await startCluster({ nodes: 1, version });
  const reader = await copyOut(cluster, await snapshotOf(cluster));
  const failure = await refused(other, { kind: "repository", reader }, "docs");
  expect(failure.code).toBe("failed-precondition");
  expect(failure.hint).toContain(hint);
});

test("a snapshot is restored into the next minor version", async () => {
  await using cluster = await startCluster({ nodes: 1 });
  await using other = await startCluster({ nodes: 1, version: "1.19.0" });
  const reader = await copyOut(cluster, await snapshotOf(cluster));
  const source = { kind: "repository", reader } as const;
  await other.driver.restore(requestOf(other, source, "docs", new Ledger()), contextOf());
  expect(await other.read("docs")).toEqual(POINTS);
});

test("nothing is built beside a collection whose folder could not bear the longer name", async () => {
  await using cluster = await startCluster();
  await cluster.create("docs", POINTS);
  const source = native(await take(cluster, "docs"));
  const name = "ü".repeat(122);
  await cluster.create(encodeURIComponent(name), []);
  const options = { procedure: "replace" } as const;
  const request = requestOf(cluster, source, name, new Ledger(), options);
  const failure = await failureOf(cluster.driver.restore(request, contextOf()));
  expect([failure.code, failure.message]).toEqual([
    "failed-precondition",
    expect.stringContaining("its name is too long"),
  ]);
});

test("nothing is restored into nodes of different versions", async () => {
  await using cluster = await startCluster({ version: ["1.18.0", "1.18.0", "1.19.0"] });
  const failure = await refused(cluster, native(await snapshotOf(cluster)), "again");
  expect(failure.code).toBe("failed-precondition");
  expect(failure.message).toContain("1.18.0, 1.19.0");
});

test("nothing is restored while a node is away", async () => {
  await using cluster = await startCluster();
  const source = native(await snapshotOf(cluster));
  await cluster.fake.nodes[2]?.stop();
  const failure = await refused(cluster, source, "again");
  expect(failure.code).toBe("unavailable");
  expect(failure.message).toContain(cluster.names[2]);
});

test("a route that leaves out shards, or names what is not there, is refused", async () => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  const source = native(snapshot);
  const route = routeTo(cluster, snapshot);
  const [first] = route;
  const some = await refused(cluster, source, "again", { route: route.slice(1) });
  expect(some.message).toContain("do not hold every shard");
  const none = await refused(cluster, source, "again", { route: [] });
  expect(none.code).toBe("failed-precondition");
  const strange = [{ part: first?.part ?? "", node: "elsewhere:6333" }, ...route.slice(1)];
  expect((await refused(cluster, source, "again", { route: strange })).message).toContain(
    "elsewhere:6333",
  );
});

test("a name that the servers do not take in an upload is refused", async () => {
  await using cluster = await startCluster();
  const failure = await refused(cluster, native(await snapshotOf(cluster)), "a:b");
  expect(failure.code).toBe("invalid-argument");
});

test("a key that only reads fails before anything is made, and is not told", async () => {
  await using cluster = await startCluster({
    keys: { apiKey: "full-secret", readOnlyApiKey: "reader-secret" },
    apiKey: "reader-secret",
  });
  const source = native(await snapshotOf(cluster));
  const work = cluster.driver.restore(
    requestOf(cluster, source, "again", new Ledger()),
    contextOf(),
  );
  const failure = await failureOf(work);
  expect(failure.code).toBe("permission-denied");
  expect(JSON.stringify([failure.message, failure.hint])).not.toContain("secret");
  expect(await cluster.read("again")).toBeNull();
});

test("a wrong key is told as such", async () => {
  await using cluster = await startCluster({ keys: { apiKey: "full-secret" }, apiKey: "wrong" });
  const source = native(await snapshotOf(cluster));
  const failure = await refused(cluster, source, "again");
  expect(failure.code).toBe("unauthenticated");
});
