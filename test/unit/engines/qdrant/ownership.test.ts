import { describe, expect, test } from "vitest";
import type { EngineDriver, NativeSnapshot } from "../../../../src/engine/driver.ts";
import type { Json } from "../../../../src/snapshot/json.ts";
import { FakeClock } from "../../../../src/testing/index.ts";
import { contextOf, failureOf, pointsFrom, startCluster, type Cluster } from "./restore/cluster.ts";

type Calls = Required<EngineDriver>;

interface Take {
  readonly driver?: EngineDriver;
  readonly earlier?: Json;
  readonly record?: (details: Json) => Promise<void>;
}

async function create(
  cluster: Cluster,
  collection = "docs",
  { driver = cluster.driver, earlier = null, record = () => Promise.resolve() }: Take = {},
): Promise<NativeSnapshot> {
  const request = { snapshotId: "s1", collection, description: null, earlier, record };
  return (driver as Calls).createNative(request, contextOf());
}

const CREATES = /^\/collections\/docs\/snapshots$/;

function posts({ fake }: Cluster): number {
  return fake.requests.filter(({ method, path }) => method === "POST" && CREATES.test(path)).length;
}

/** Has a snapshot made as a person would, and gives its name. */
async function byHand(cluster: Cluster): Promise<string> {
  const made = await cluster.rest("POST", "/collections/docs/snapshots");
  return (made as { readonly name: string }).name;
}

async function loneDocs(): Promise<Cluster> {
  const cluster = await startCluster({ nodes: 1 });
  await cluster.create("docs", pointsFrom(1, 30), { shard_number: 1 });
  return cluster;
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
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

describe("taking a snapshot", () => {
  test("never takes for its own what a person has had made since an attempt broke off", async () => {
    await using cluster = await loneDocs();
    let earlier: Json = null;
    const died = new Promise<never>(() => undefined);
    // Dies when it has announced the part, before it asks for it.
    const record = (details: Json): Promise<void> => {
      earlier = structuredClone(details);
      return died;
    };
    void create(cluster, "docs", { record, driver: cluster.open() });
    while (earlier === null) await turn();
    await cluster.clock.advance(9 * 60 * 60 * 1000);
    const theirs = await byHand(cluster);
    await cluster.clock.advance(60 * 60 * 1000);
    const made = await create(cluster, "docs", { earlier });
    expect(made.status).toBe("complete");
    expect(made.parts.map(({ nativeName }) => nativeName)).not.toContain(theirs);
    await remove(cluster, made);
    expect(await filesOf(cluster)).toEqual([`snapshots/docs/${theirs}`]);
  });

  test("takes none of several files for its own of which it knows only that one may be", async () => {
    await using cluster = await loneDocs();
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const lost = { kind: "drop-after" } as const;
    cluster.fake.fault({ method: "POST", path: CREATES, fault: lost });
    const waits = { kind: "delay-effect", until } as const;
    cluster.fake.fault({ method: "POST", path: CREATES, fault: waits });
    const first = create(cluster);
    while (posts(cluster) === 0) await turn();
    await cluster.clock.advance(3000);
    const theirs = await byHand(cluster);
    resolve();
    const made = await first;
    expect([made.status, posts(cluster)]).toEqual(["complete", 3]);
    expect(await filesOf(cluster)).toHaveLength(3);
    expect(made.parts.map(({ nativeName }) => nativeName)).not.toContain(theirs);
  });

  test("asks anew when another's of the same second has overwritten the file", async () => {
    await using cluster = await loneDocs();
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const fault = { kind: "delay-answer", until } as const;
    cluster.fake.fault({ method: "POST", path: CREATES, fault });
    const work = create(cluster);
    let files: string[] = [];
    while (files.length === 0) files = await filesOf(cluster);
    const [file = ""] = files;
    const name = file.replace("snapshots/docs/", "");
    while (!((await cluster.rest("GET", "/collections/docs/snapshots")) as object[]).length) {
      await turn();
    }
    await cluster.fake.nodes[0]?.putFile("docs", name, "another project's snapshot");
    resolve();
    const made = await work;
    expect([made.status, posts(cluster)]).toEqual(["complete", 2]);
    expect(made.parts.map(({ nativeName }) => nativeName)).not.toContain(name);
    await remove(cluster, made);
    expect(await filesOf(cluster)).toEqual([file]);
  });

  test.each([-3, 3])("finds what it lost with a clock that is %i hours off", async (hours) => {
    await using cluster = await loneDocs();
    const at = new Date(cluster.clock.now().getTime() + hours * 3_600_000).toISOString();
    const driver = cluster.open({ clock: new FakeClock({ at, skipsSleep: true }) });
    const fault = { kind: "drop-after" } as const;
    cluster.fake.fault({ method: "POST", path: CREATES, fault });
    const made = await create(cluster, "docs", { driver });
    expect([made.status, posts(cluster)]).toEqual(["complete", 1]);
  });

  test("leaves a second to whoever has one made at the moment", async () => {
    await using cluster = await loneDocs();
    const { promise: until, resolve } = Promise.withResolvers<void>();
    const fault = { kind: "delay-effect", until } as const;
    cluster.fake.fault({ method: "POST", path: CREATES, fault });
    const first = create(cluster, "docs", { driver: cluster.open() });
    while (posts(cluster) === 0) await turn();
    const beganMs = cluster.clock.now().getTime();
    const second = await create(cluster);
    expect(cluster.clock.now().getTime() - beganMs).toBeGreaterThan(1000);
    resolve();
    expect((await first).key).not.toBe(second.key);
  });
});
