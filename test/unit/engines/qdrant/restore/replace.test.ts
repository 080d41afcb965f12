import { expect, test } from "vitest";
import {
  contextOf,
  failureOf,
  Ledger,
  native,
  pointsFrom,
  requestOf,
  startCluster,
  take,
} from "./cluster.ts";

const WANTED = pointsFrom(1, 50);
const REPLACE = { procedure: "replace" } as const;
const UPLOAD = /\/collections\/live\/snapshots\/upload$/;

test.each([
  ["three nodes", { storage: "local" }, {}],
  ["three nodes with two replicas of each shard", { storage: "local" }, { replication_factor: 2 }],
  ["a lone server", { nodes: 1, storage: "local" }, {}],
  ["three nodes with an object store", { storage: "s3" }, {}],
] as const)(
  "what a collection on %s held is replaced entirely",
  async (_title, options, config) => {
    await using cluster = await startCluster(options);
    await cluster.create("docs", WANTED, config);
    const source = native(await take(cluster, "docs"));
    await cluster.create("live", pointsFrom(40, 90), config);
    const ledger = new Ledger();
    const request = requestOf(cluster, source, "live", ledger, REPLACE);
    const { check } = await cluster.driver.restore(request, contextOf());
    expect(await cluster.read("live")).toEqual(WANTED);
    expect(await cluster.read("docs")).toEqual(WANTED);
    expect(ledger.phases).toEqual(["restoring", "overwriting", "checked"]);
    expect(check.findings.join(" ")).toContain("restored beside the target first");
    if (options.storage !== "s3") expect(await cluster.leftovers()).toEqual([]);
  },
);

test("a collection is rolled back to its own snapshot, which stays", async () => {
  await using cluster = await startCluster();
  await cluster.create("live", WANTED);
  const snapshot = await take(cluster, "live");
  await cluster.rest("PUT", "/collections/live/points?wait=true", { points: pointsFrom(51, 9) });
  const create_alias = { collection_name: "live", alias_name: "mine" };
  await cluster.rest("POST", "/collections/aliases", { actions: [{ create_alias }] });
  const request = requestOf(cluster, native(snapshot), "live", new Ledger(), REPLACE);
  await cluster.driver.restore(request, contextOf());
  expect(await cluster.read("live")).toEqual(WANTED);
  expect(await cluster.aliases()).toEqual({ mine: "live" });
  const files = (await Promise.all(cluster.fake.nodes.map((node) => node.files()))).flat();
  const own = snapshot.parts.map(({ nativeName }) => nativeName);
  expect(files.filter((file) => own.some((name) => file.endsWith(name ?? "?")))).toHaveLength(3);
});

test("payload indexes that the target lacks are made, and those of its own stay", async () => {
  await using cluster = await startCluster();
  const index = (collection: string, field_name: string): Promise<unknown> => {
    const body = { field_name, field_schema: "keyword" };
    return cluster.rest("PUT", `/collections/${collection}/index?wait=true`, body);
  };
  await cluster.create("docs", WANTED);
  await index("docs", "text");
  const source = native(await take(cluster, "docs"));
  await cluster.create("live", pointsFrom(40, 90));
  await index("live", "own");
  const request = requestOf(cluster, source, "live", new Ledger(), REPLACE);
  const { check } = await cluster.driver.restore(request, contextOf());
  const { payload_schema: schema } = (await cluster.rest("GET", "/collections/live")) as {
    readonly payload_schema: object;
  };
  expect(Object.keys(schema).toSorted()).toEqual(["own", "text"]);
  expect(check.findings.join(" ")).toContain("indexes of its own: own");
});

test("custom sharding is restored over a collection with the same keys", async () => {
  await using cluster = await startCluster();
  const keys = ["red", "blue"];
  const make = async (name: string, from: number): Promise<void> => {
    await cluster.create(name, [], { shard_number: 1, sharding_method: "custom" });
    for (const [index, shard_key] of keys.entries()) {
      await cluster.rest("PUT", `/collections/${name}/shards`, { shard_key });
      const points = pointsFrom(from + 100 * index, 20);
      await cluster.rest("PUT", `/collections/${name}/points?wait=true`, { points, shard_key });
    }
  };
  await make("docs", 1);
  const wanted = await cluster.read("docs");
  const source = native(await take(cluster, "docs"));
  await make("live", 1000);
  const request = requestOf(cluster, source, "live", new Ledger(), REPLACE);
  await cluster.driver.restore(request, contextOf());
  expect(await cluster.read("live")).toEqual(wanted);
  expect(await cluster.leftovers()).toEqual([]);
});

test("a node that fails midway is told with those that are done, and recovery goes forward", async () => {
  await using cluster = await startCluster();
  await cluster.create("docs", WANTED);
  const source = native(await take(cluster, "docs"));
  await cluster.create("live", pointsFrom(40, 90));
  const handle = cluster.fake.fault({
    fault: { kind: "disk-full" },
    path: UPLOAD,
    node: 1,
    times: 9,
  });
  const ledger = new Ledger();
  const request = requestOf(cluster, source, "live", ledger, REPLACE);
  const failure = await failureOf(cluster.driver.restore(request, contextOf()));
  expect(failure.code).toBe("resource-exhausted");
  expect(failure.outcomeUnknown).toBe(true);
  expect(failure.message).toContain(`overwritten in part (done: ${cluster.names[0]})`);
  handle.remove();
  // The source is not needed any more.
  await cluster.rest("DELETE", "/collections/docs");
  const run = { runId: "run0001", target: "live", earlier: ledger.details };
  const trace = await cluster.driver.recoverRestore(run, contextOf());
  expect(trace).toEqual({ kind: "finished", targetIdentity: null });
  expect(await cluster.read("live")).toEqual(WANTED);
  expect(await cluster.leftovers()).toEqual([]);
});

test("a target that is dropped while it is overwritten is not made anew by its recovery", async () => {
  await using cluster = await startCluster();
  await cluster.create("docs", WANTED);
  const source = native(await take(cluster, "docs"));
  await cluster.create("live", pointsFrom(40, 90));
  cluster.fake.fault({ fault: { kind: "disk-full" }, path: UPLOAD, node: 1, times: 9 });
  const ledger = new Ledger();
  const request = requestOf(cluster, source, "live", ledger, REPLACE);
  await failureOf(cluster.driver.restore(request, contextOf()));
  await cluster.rest("DELETE", "/collections/live");
  const others = pointsFrom(7000, 3);
  await cluster.create("live", others);
  const run = { runId: "run0001", target: "live", earlier: ledger.details };
  expect((await cluster.driver.recoverRestore(run, contextOf())).kind).toBe("cleaned");
  expect(await cluster.read("live")).toEqual(others);
  expect(await cluster.leftovers()).toEqual([]);
});

test("a scratch collection that somebody has dropped is told, and a new run restores", async () => {
  await using cluster = await startCluster();
  await cluster.create("docs", WANTED);
  const source = native(await take(cluster, "docs"));
  await cluster.create("live", pointsFrom(40, 90));
  const fault = { kind: "disk-full" } as const;
  const handle = cluster.fake.fault({ fault, path: UPLOAD, node: 1, times: 9 });
  const ledger = new Ledger();
  const request = requestOf(cluster, source, "live", ledger, REPLACE);
  await failureOf(cluster.driver.restore(request, contextOf()));
  handle.remove();
  const [scratch] = (await cluster.leftovers()).filter((name) => name.startsWith("live__"));
  await cluster.rest("DELETE", `/collections/${scratch}`);
  const run = { runId: "run0001", target: "live", earlier: ledger.details };
  const failure = await failureOf(cluster.driver.recoverRestore(run, contextOf()));
  expect(failure.code).toBe("failed-precondition");
  expect(failure.message).toContain("is gone");
  await cluster.driver.restore(
    requestOf(cluster, source, "live", ledger, { ...REPLACE, runId: "run0002" }),
    contextOf(),
  );
  expect(await cluster.read("live")).toEqual(WANTED);
});
