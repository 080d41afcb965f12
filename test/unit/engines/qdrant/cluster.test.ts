import { describe, expect, test } from "vitest";
import { openQdrantDriver, type QdrantOptions } from "../../../../src/engines/qdrant/driver.ts";
import { FakeClock } from "../../../../src/testing/index.ts";
import { contextOf, failureOf, startCluster, type Cluster } from "./restore/cluster.ts";

function nodes(...urls: readonly string[]): Pick<QdrantOptions, "nodes"> {
  return { nodes: urls.map((url) => ({ url, apiKey: null })) };
}

function urlsOf({ fake }: Cluster): readonly [string, string, string] {
  const [a = "", b = "", c = ""] = fake.urls;
  return [a, b, c];
}

describe("looking at a Qdrant cluster", () => {
  test("tells each node with its peer id and version, and the members as identity", async () => {
    await using cluster = await startCluster();
    const seen = await cluster.driver.observe(contextOf());
    const ids = cluster.fake.nodes.map(({ peerId }) => peerId);
    expect(seen.topology).toBe("distributed");
    expect(seen.nodes.map(({ name }) => name)).toEqual(cluster.names);
    expect(seen.nodes.map(({ id }) => id)).toEqual(ids);
    expect(seen.nodes.map(({ version }) => version)).toEqual(["1.18.0", "1.18.0", "1.18.0"]);
    expect(seen.identity).toBe(`members:${ids.toSorted().join(",")}`);
    expect([seen.notices, seen.restoreProblem]).toEqual([[], null]);
  });

  test("asks nothing until a method is called, and refuses a URL that is named twice", () => {
    const base = { cluster: "prod", apiKey: null, token: null, ca: null, timeoutMs: null };
    const options = { ...base, concurrency: null, clock: new FakeClock() };
    const twice = nodes("http://127.0.0.1:1/", "http://127.0.0.1:1");
    expect(() => openQdrantDriver({ ...options, ...twice })).toThrow(/127.0.0.1:1 is named twice/);
    expect(() => openQdrantDriver({ ...options, ...nodes() })).toThrow(/has no nodes/);
    const prefixes = nodes("http://127.0.0.1:1/node-0", "http://127.0.0.1:1/node-1");
    expect(() => openQdrantDriver({ ...options, ...prefixes })).not.toThrow();
  });

  test("refuses two URLs of one peer as a load balancer, and names both", async () => {
    await using cluster = await startCluster();
    const [a] = urlsOf(cluster);
    const other = a.replace("127.0.0.1", "localhost");
    const driver = cluster.open(nodes(a, other));
    const error = await failureOf(driver.observe(contextOf()));
    expect(error.code).toBe("failed-precondition");
    expect(error.message).toContain(a);
    expect(error.message).toContain(other);
    expect(error.hint).toContain("one URL per node");
  });

  test("refuses nodes of two clusters", async () => {
    await using first = await startCluster();
    await using second = await startCluster();
    const driver = first.open(nodes(urlsOf(first)[0], urlsOf(second)[0]));
    const error = await failureOf(driver.observe(contextOf()));
    expect([error.code, error.message]).toEqual([
      "failed-precondition",
      `cluster prod: ${first.names[0]} and ${second.names[0]} are in two clusters that know ` +
        "nothing of each other",
    ]);
  });

  test("refuses several servers that stand alone as one cluster", async () => {
    await using first = await startCluster({ nodes: 1 });
    await using second = await startCluster({ nodes: 1 });
    const driver = first.open(nodes(urlsOf(first)[0], urlsOf(second)[0]));
    const error = await failureOf(driver.observe(contextOf()));
    expect(error.code).toBe("failed-precondition");
    expect(error.hint).toContain("cluster of its own");
  });

  test("tells of a member without a URL, and that nothing can be restored without it", async () => {
    await using cluster = await startCluster();
    const driver = cluster.open(nodes(...urlsOf(cluster).slice(0, 2)));
    const { notices, restoreProblem } = await driver.observe(contextOf());
    expect(notices.map(({ code }) => code)).toEqual(["missing-node"]);
    expect(notices[0]?.detail).toContain(cluster.fake.nodes[2]?.peerId);
    expect(restoreProblem?.code).toBe("failed-precondition");
  });

  test("tells of a node that is down, and goes on with the others", async () => {
    await using cluster = await startCluster();
    await cluster.fake.nodes[1]?.stop();
    const seen = await cluster.driver.observe(contextOf());
    expect(seen.nodes.map(({ isReachable }) => isReachable)).toEqual([true, false, true]);
    expect(seen.notices.map(({ code }) => code)).toEqual(["node-unreachable"]);
    expect(seen.notices[0]?.detail).toContain(`${cluster.names[1]}: `);
    expect(seen.restoreProblem?.code).toBe("unavailable");
  });

  test("fails with every node's reason when none answers", async () => {
    await using cluster = await startCluster();
    for (const node of cluster.fake.nodes) await node.stop();
    const error = await failureOf(cluster.driver.observe(contextOf()));
    expect([error.code, error.retryable]).toEqual(["unavailable", true]);
    for (const name of cluster.names) expect(error.message).toContain(name);
  });

  test.each([
    ["1.9.4", ["old-version"]],
    ["1.17.0", ["old-version"]],
    ["1.17.1", []],
    ["1.18.0-dev", []],
    ["2.0.0", []],
    ["nightly", []],
  ])(
    "warns of servers that are too old to be trusted with snapshots: %s",
    async (version, codes) => {
      await using cluster = await startCluster({ version });
      const { notices } = await cluster.driver.observe(contextOf());
      expect(notices.map(({ code }) => code)).toEqual(codes);
      if (codes.length > 0) expect(notices[0]?.detail).toContain(`runs ${version}`);
    },
  );

  test("says that nothing can be restored while a node takes no part in the consensus", async () => {
    await using cluster = await startCluster();
    const path = "/cluster";
    const seen = (await cluster.rest("GET", path, undefined, 1)) as object;
    const consensus_thread_status = { consensus_thread_status: "stopped_with_err", err: "disk" };
    const body = { result: { ...seen, consensus_thread_status }, status: "ok", time: 0 };
    const fault = { kind: "answer", status: 200, body } as const;
    cluster.fake.fault({ node: 1, path: /^\/cluster$/, fault, times: 9 });
    const { restoreProblem } = await cluster.driver.observe(contextOf());
    expect(restoreProblem).toEqual({
      code: "failed-precondition",
      message: expect.stringContaining(`${cluster.names[1]} takes no part`) as string,
    });
    expect(restoreProblem?.message).toContain("stopped_with_err: disk");
  });

  test("warns of mixed versions, and refuses to restore then", async () => {
    await using cluster = await startCluster({ version: ["1.18.0", "1.18.0", "1.17.1"] });
    const { notices, restoreProblem } = await cluster.driver.observe(contextOf());
    expect(notices.map(({ code }) => code)).toEqual(["mixed-versions"]);
    expect(restoreProblem?.message).toContain("1.17.1, 1.18.0");
  });

  test("knows a lone server by its peer id once it has a collection", async () => {
    await using cluster = await startCluster({ nodes: 1 });
    const before = await cluster.driver.observe(contextOf());
    expect([before.topology, before.identity]).toEqual(["standalone", null]);
    await cluster.create("docs", [], { shard_number: 1 });
    const after = await cluster.driver.observe(contextOf());
    expect(after.identity).toBe(`members:${cluster.fake.nodes[0]?.peerId}`);
    expect([after.notices, after.restoreProblem]).toEqual([[], null]);
  });

  test("stops at a wrong key, named with its node", async () => {
    await using cluster = await startCluster({ keys: { apiKey: "right" }, apiKey: "wrong" });
    const error = await failureOf(cluster.driver.observe(contextOf()));
    expect(error.code).toBe("unauthenticated");
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+: /);
    expect(error.message).not.toContain("wrong");
  });

  test("takes a proxy's page for a node that is away, never for an empty one", async () => {
    await using cluster = await startCluster();
    const body = "<html><title>502 Bad Gateway</title></html>";
    const fault = { kind: "answer", status: 502, body, contentType: "text/html" } as const;
    cluster.fake.fault({ node: 2, fault, times: 100 });
    const { nodes: seen, notices } = await cluster.driver.observe(contextOf());
    expect(seen.map(({ isReachable }) => isReachable)).toEqual([true, true, false]);
    expect(notices[0]?.detail).toContain("HTML page");
  });
});
