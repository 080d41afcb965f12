import { describe, expect, test } from "vitest";
import type { EngineDriver, NativeSnapshot } from "../../../../src/engine/driver.ts";
import { contextOf, failureOf, pointsFrom, startCluster, type Cluster } from "./restore/cluster.ts";

type Calls = Required<EngineDriver>;

async function create(cluster: Cluster, collection = "docs"): Promise<NativeSnapshot> {
  const record = (): Promise<void> => Promise.resolve();
  const request = { snapshotId: "s1", collection, description: null, earlier: null, record };
  return (cluster.driver as Calls).createNative(request, contextOf());
}

function remove(cluster: Cluster, native: NativeSnapshot): Promise<void> {
  return (cluster.driver as Calls).deleteNative(native, contextOf());
}

async function filesOf(cluster: Cluster): Promise<string[]> {
  const listed = await Promise.all(cluster.fake.nodes.map((node) => node.files()));
  return listed.flat().filter((file) => file.endsWith(".snapshot"));
}

async function withDocs(): Promise<Cluster> {
  const cluster = await startCluster();
  await cluster.create("docs", pointsFrom(1, 30));
  return cluster;
}

describe("deleting a snapshot", () => {
  test("leaves a file alone that bears the name of a part and is another one", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    const [part] = made.parts;
    const node = cluster.fake.nodes[cluster.names.indexOf(part?.name ?? "")];
    await node?.putFile("docs", part?.nativeName ?? "", "made by another project, that second");
    const error = await failureOf(remove(cluster, made));
    expect(error.code).toBe("failed-precondition");
    expect(error.message).toContain(`${part?.nativeName} on ${part?.name} is not the file`);
    expect(error.hint).toContain("by hand");
    expect(await filesOf(cluster)).toHaveLength(3);
  });

  test("touches no file of the same name on another node, where people chose the name", async () => {
    await using cluster = await withDocs();
    for (const [index, node] of cluster.fake.nodes.entries()) {
      await node.putFile("docs", "mine.snapshot", "x".repeat(index + 1));
    }
    const found = await cluster.driver.listNative(["docs"], [], contextOf());
    expect(found).toHaveLength(3);
    const [first] = found;
    if (!first) throw new Error("nothing was found");
    await remove(cluster, first);
    await remove(cluster, first);
    expect(await filesOf(cluster)).toHaveLength(2);
    const left = await cluster.driver.listNative(["docs"], [], contextOf());
    expect(left.map(({ key }) => key)).toEqual(found.slice(1).map(({ key }) => key));
  });

  test("takes nothing for deleted that the server does not say it has deleted", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    const fault = { kind: "answer", status: 200, body: "<html>Welcome</html>" } as const;
    cluster.fake.fault({ method: "DELETE", fault });
    const error = await failureOf(remove(cluster, made));
    expect([error.code, error.message]).toEqual([
      "unavailable",
      expect.stringContaining("is this a Qdrant?"),
    ]);
  });

  test("tells names apart that hold the name, the peer and the time of another's", async () => {
    await using cluster = await withDocs();
    const [node] = cluster.fake.nodes;
    const like = `docs-${node?.peerId}-2026-11-21-02-00-00`;
    for (const name of [like, "a%20b+c@1", "ü-🦀 x"]) {
      await cluster.create(encodeURIComponent(name), pointsFrom(1, 5));
      const made = await create(cluster, name);
      const known = await cluster.driver.listNative(["docs", name], [made], contextOf());
      expect(known.map(({ key, status }) => [key, status])).toEqual([[made.key, "complete"]]);
      await remove(cluster, made);
      expect(await filesOf(cluster)).toEqual([]);
    }
  });
});
