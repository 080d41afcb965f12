import { describe, expect, test } from "vitest";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type {
  Capture,
  EngineDriver,
  KnownNative,
  NativeSnapshot,
} from "../../../../src/engine/driver.ts";
import { SnapshotShelf } from "../../../../src/testing/snapshot-shelf.ts";
import { contextOf, failureOf, pointsFrom, startCluster, type Cluster } from "./restore/cluster.ts";

type Calls = Required<EngineDriver>;

function calls(driver: EngineDriver): Calls {
  return driver as Calls;
}

async function create(cluster: Cluster, collection = "docs"): Promise<NativeSnapshot> {
  const record = (): Promise<void> => Promise.resolve();
  const base = { snapshotId: "s1", description: "by hand", earlier: null, record };
  return calls(cluster.driver).createNative({ ...base, collection }, contextOf());
}

function list(cluster: Cluster, known: readonly KnownNative[] = []): Promise<NativeSnapshot[]> {
  return cluster.driver.listNative(["docs"], known, contextOf());
}

async function withDocs(options: Parameters<typeof startCluster>[0] = {}): Promise<Cluster> {
  const cluster = await startCluster(options);
  const shards = options.nodes === 1 ? { shard_number: 1 } : {};
  await cluster.create("docs", pointsFrom(1, 30), shards);
  return cluster;
}

function pathOf(cluster: Cluster, made: NativeSnapshot, part: number): string {
  const { name, nativeName = "" } = made.parts[part] ?? { name: "" };
  const node = cluster.fake.nodes[cluster.names.indexOf(name)];
  return join(node?.snapshotFolder ?? "", made.collection, nativeName);
}

async function readAll(capture: Capture, part = 0): Promise<Buffer> {
  const [file] = capture.parts[part]?.files ?? [];
  const chunks: Uint8Array[] = [];
  const { signal } = contextOf();
  for await (const chunk of (await file?.open(0, signal)) ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe("what became of a snapshot that is known", () => {
  test("is told whole, as it was recorded", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    const [listed, ...more] = await list(cluster, [made]);
    expect(more).toEqual([]);
    expect({ ...listed, failures: [] }).toEqual(made);
  });

  test("is left out when nothing of it is there", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    for (const part of [0, 1, 2]) await rm(pathOf(cluster, made, part));
    expect(await list(cluster, [made])).toEqual([]);
  });

  test("is partial when a part is missing on a node that answers", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    await rm(pathOf(cluster, made, 1));
    const [listed] = await list(cluster, [made]);
    expect(listed?.status).toBe("partial");
    expect(listed?.parts.map(({ status }) => status)).toEqual(["complete", "partial", "complete"]);
  });

  test("is unknown when a node does not answer, never gone", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    await cluster.fake.nodes[1]?.stop();
    const [listed, ...more] = await list(cluster, [made]);
    expect([listed?.status, more]).toEqual(["unknown", []]);
    const unknown = listed?.parts.filter(({ status }) => status === "unknown");
    expect(unknown?.map(({ name }) => name)).toEqual([cluster.names[1]]);
    expect(listed?.bytes).toBe(made.bytes);
  });

  test("is damaged when a file has another size than was recorded", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    await writeFile(pathOf(cluster, made, 0), "short");
    const [listed] = await list(cluster, [made]);
    expect([listed?.status, listed?.parts[0]?.status]).toEqual(["damaged", "damaged"]);
  });

  test("is unreachable when its collection is gone, and back with one of that name", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    await cluster.rest("DELETE", "/collections/docs");
    const [gone] = await cluster.driver.listNative([], [made], contextOf());
    expect([gone?.status, gone?.bytes, gone?.key]).toEqual(["unreachable", made.bytes, made.key]);
    expect(await list(cluster)).toEqual([]);
    await cluster.create("docs", []);
    expect((await list(cluster, [made])).map(({ status }) => status)).toEqual(["complete"]);
  });

  test("is unreachable when its name is an alias of another collection by now", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    await cluster.rest("DELETE", "/collections/docs");
    await cluster.create("docs-v2", []);
    const actions = [{ create_alias: { alias_name: "docs", collection_name: "docs-v2" } }];
    await cluster.rest("POST", "/collections/aliases", { actions });
    const [listed] = await list(cluster, [made]);
    expect(listed?.status).toBe("unreachable");
  });

  test("is partial when a node was replaced, in an object store still whole", async () => {
    for (const [storage, status] of [
      ["local", "partial"],
      ["s3", "complete"],
    ] as const) {
      await using cluster = await withDocs({ storage });
      const made = await create(cluster);
      await cluster.fake.nodes[1]?.replace();
      expect((await list(cluster, [made]))[0]?.status).toBe(status);
    }
  });

  test("follows a node to another URL", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    const nodes = cluster.fake.urls.map((url) => ({
      url: url.replace("127.0.0.1", "localhost"),
      apiKey: null,
    }));
    const [listed] = await cluster.open({ nodes }).listNative([], [made], contextOf());
    expect(listed?.status).toBe("complete");
    const names = listed?.parts.map(({ name }) => name) ?? [];
    expect(names.every((name) => name.startsWith("localhost:"))).toBe(true);
    expect(listed?.layout?.parts.map(({ name }) => name)).toEqual(names);
  });

  test("is told from its key alone where nothing was recorded", async () => {
    await using cluster = await withDocs();
    const { key } = await create(cluster);
    const known = { collection: "docs", key, details: null };
    const [listed, ...more] = await list(cluster, [known]);
    expect([listed?.key, listed?.status, more]).toEqual([key, "complete", []]);
    expect(listed?.points).toBeNull();
  });

  test("is the same in every time zone", async () => {
    const zone = process.env["TZ"];
    process.env["TZ"] = "America/New_York";
    try {
      await using cluster = await withDocs();
      const { key } = await create(cluster);
      const [listed] = await list(cluster, [{ collection: "docs", key, details: null }]);
      expect(listed?.startedAt).toMatch(/^2026-11-21T02:00:/);
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });
});

describe("what snapform did not make", () => {
  test("is listed by sets of distinct nodes within ten minutes", async () => {
    await using cluster = await withDocs();
    for (const pause of [0, 60_000, 20 * 60_000]) {
      await cluster.clock.advance(pause);
      for (const node of [0, 1, 2]) {
        await cluster.clock.advance(1000);
        await cluster.rest("POST", "/collections/docs/snapshots", undefined, node);
      }
    }
    const found = await list(cluster);
    expect(found.map(({ status, parts }) => [status, parts.length])).toEqual([
      ["complete", 3],
      ["complete", 3],
      ["complete", 3],
    ]);
    expect(new Set(found.map(({ key }) => key)).size).toBe(3);
    expect(found.every(({ points, id }) => points === null && id === null)).toBe(true);
    expect((await list(cluster, found)).map(({ key }) => key)).toEqual(found.map(({ key }) => key));
  });

  test("is partial when its nodes do not cover every shard", async () => {
    await using cluster = await withDocs();
    await cluster.rest("POST", "/collections/docs/snapshots", undefined, 1);
    expect((await list(cluster)).map(({ status }) => status)).toEqual(["partial"]);
  });

  test("leaves uploads of restores and other collections' files out", async () => {
    await using cluster = await withDocs();
    const [node] = cluster.fake.nodes;
    const time = "2026-11-21-01-00-00";
    await node?.putFile("docs", "snapform-run0001-1.snapshot", "x");
    await node?.putFile("docs", `docs-old-${node.peerId}-${time}.snapshot`, "x");
    await node?.putFile("docs", `docs-shard-0-${time}.snapshot`, "x");
    expect(await list(cluster)).toEqual([]);
  });

  test("shows a file that a person brought under a key of its own, and never as whole", async () => {
    await using cluster = await withDocs();
    await cluster.fake.nodes[2]?.putFile("docs", "mine.snapshot", "x");
    const [listed, ...more] = await list(cluster);
    expect([listed?.key, listed?.status, more]).toEqual([
      `file:${cluster.names[2]}/mine.snapshot`,
      "partial",
      [],
    ]);
  });

  test("is counted once in an object store that all nodes list, shards left out", async () => {
    await using cluster = await withDocs({ storage: "s3" });
    for (const node of [0, 1, 2]) {
      await cluster.rest("POST", "/collections/docs/snapshots", undefined, node);
    }
    await cluster
      .rest("POST", "/collections/docs/shards/0/snapshots", undefined, 0)
      .catch(() => cluster.rest("POST", "/collections/docs/shards/0/snapshots", undefined, 1));
    await cluster.fake.nodes[0]?.putFile("docs", "mine.snapshot", "x");
    const found = await list(cluster);
    expect(found.map(({ parts }) => parts.length)).toEqual([3, 1]);
  });

  test("is listed with one listing per node and collection", async () => {
    await using cluster = await startCluster();
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    for (const name of names) await cluster.create(name, []);
    const known = [await create(cluster, "c0"), await create(cluster, "c1")];
    const before = cluster.fake.requests.length;
    await cluster.driver.listNative(names, known, contextOf());
    const asked = cluster.fake.requests.slice(before);
    const listings = asked.filter(({ path }) => path.endsWith("/snapshots"));
    expect(listings).toHaveLength(3 * names.length);
    expect(asked.length - listings.length).toBeLessThanOrEqual(7);
  });

  test("is not taken for gone when no node tells", async () => {
    await using cluster = await withDocs();
    const fault = { kind: "answer", status: 500, body: "oops" } as const;
    cluster.fake.fault({ path: /\/snapshots$/, fault, times: 100 });
    const error = await failureOf(list(cluster));
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+: listing the snapshots/);
  });
});

describe("reading a snapshot out", () => {
  test.each(["local", "s3"] as const)("gives each part's own bytes (%s)", async (storage) => {
    await using cluster = await withDocs({ storage });
    const made = await create(cluster);
    const capture = await calls(cluster.driver).readNative(made, contextOf());
    expect(capture.parts.map(({ name }) => name)).toEqual(made.parts.map(({ name }) => name));
    expect(capture.draft).toMatchObject({
      collectionIdentity: null,
      engineVersion: "1.18.0",
      points: { before: 30, after: 30 },
      layout: made.layout,
      schema: { vectors: { size: 4 } },
    });
    for (const part of [0, 1, 2]) {
      const bytes = await readAll(capture, part);
      expect(bytes.length).toBe(capture.parts[part]?.files[0]?.size);
      expect(bytes.length).toBe(made.parts[part]?.bytes);
    }
    const known = capture.parts.map(({ files }) => files[0]?.sha256 !== undefined);
    expect(known).toEqual(Array(3).fill(storage === "local"));
    await capture.close();
  });

  test("goes on where a connection broke", async () => {
    await using cluster = await withDocs();
    cluster.fake.padSnapshots(300_000, "random");
    const made = await create(cluster);
    const fault = { kind: "truncate", afterBytes: 100_000 } as const;
    const path = /\/snapshots\/docs-/;
    const handle = cluster.fake.fault({ path, fault, times: 2 });
    const capture = await calls(cluster.driver).readNative(made, contextOf());
    expect((await readAll(capture)).length).toBe(made.parts[0]?.bytes);
    expect(handle.firedCount).toBe(2);
  });

  test("goes on with a server that ignores where it shall begin", async () => {
    await using cluster = await withDocs();
    cluster.fake.padSnapshots(300_000, "random");
    const made = await create(cluster);
    const path = /\/snapshots\/docs-/;
    cluster.fake.fault({ path, fault: { kind: "truncate", afterBytes: 100_000 } });
    cluster.fake.fault({ path, fault: { kind: "ignore-range" }, times: 10 });
    const capture = await calls(cluster.driver).readNative(made, contextOf());
    expect((await readAll(capture)).length).toBe(made.parts[0]?.bytes);
  });

  test("says the checksum by which whoever stores the bytes finds a changed one", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    const fault = { kind: "corrupt", atByte: 2000 } as const;
    cluster.fake.fault({ path: /\/snapshots\/docs-/, fault });
    const capture = await calls(cluster.driver).readNative(made, contextOf());
    const at = "2026-01-01T00:00:00.000Z";
    const owner = { project: "p", lineage: "l", address: "manual" };
    const names = { id: "s1", owner, cluster: "prod", collection: "docs", engine: "qdrant" };
    const times = { startedAt: at, finishedAt: at, scheduledFor: null, keepUntil: null };
    const request = { ...names, ...times, description: null, native: null };
    const work = new SnapshotShelf().store(capture, request, contextOf());
    expect((await failureOf(work)).code).toBe("corrupt");
  });

  test("refuses bytes that are compressed on the way", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    cluster.fake.fault({ path: /\/snapshots\/docs-/, fault: { kind: "compress" } });
    const capture = await calls(cluster.driver).readNative(made, contextOf());
    const error = await failureOf(readAll(capture));
    expect([error.code, error.message]).toEqual([
      "failed-precondition",
      expect.stringContaining("encoded"),
    ]);
  });

  test("refuses a file that is no tar, and names it with its node", async () => {
    await using cluster = await withDocs({ storage: "s3" });
    const made = await create(cluster);
    const size = made.parts[0]?.bytes ?? 0;
    const file = made.parts[0]?.nativeName ?? "";
    await writeFile(
      join(cluster.fake.nodes[0]?.snapshotFolder ?? "", "docs", file),
      "x".repeat(size),
    );
    const capture = await calls(cluster.driver).readNative(made, contextOf());
    const error = await failureOf(readAll(capture));
    expect(error.code).toBe("corrupt");
    expect(error.message).toContain(`${made.parts[0]?.name}: ${file} is no snapshot`);
  });

  test("refuses a snapshot of which a part is gone, or is unknown, or has changed", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    const read = () => failureOf(calls(cluster.driver).readNative(made, contextOf()));
    await cluster.fake.nodes[1]?.stop();
    expect((await read()).code).toBe("unavailable");
    await cluster.fake.nodes[1]?.start();
    await writeFile(pathOf(cluster, made, 0), "short");
    expect((await read()).code).toBe("corrupt");
    await rm(pathOf(cluster, made, 0));
    expect((await read()).code).toBe("failed-precondition");
    await cluster.rest("DELETE", "/collections/docs");
    expect((await read()).message).toContain("its collection is gone");
  });

  test("reads an object store through any node", async () => {
    await using cluster = await withDocs({ storage: "s3" });
    const made = await create(cluster);
    await cluster.fake.nodes[1]?.replace();
    const [listed] = await list(cluster, [made]);
    const capture = await calls(cluster.driver).readNative(listed as NativeSnapshot, contextOf());
    for (const part of [0, 1, 2]) {
      expect((await readAll(capture, part)).length).toBe(made.parts[part]?.bytes);
    }
  });
});

describe("deleting a snapshot", () => {
  test.each(["local", "s3"] as const)(
    "removes its own files and no other (%s)",
    async (storage) => {
      await using cluster = await withDocs({ storage });
      const kept = await create(cluster);
      const made = await create(cluster);
      await cluster.fake.nodes[0]?.putFile("docs", "mine.snapshot", "x");
      await calls(cluster.driver).deleteNative(made, contextOf());
      await calls(cluster.driver).deleteNative(made, contextOf());
      const left = await list(cluster, [kept, made]);
      expect(left.map(({ key }) => key)).toEqual([
        kept.key,
        expect.stringMatching(/mine.snapshot$/),
      ]);
    },
  );

  test("touches nothing while a node does not answer", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    await cluster.fake.nodes[2]?.stop();
    const error = await failureOf(calls(cluster.driver).deleteNative(made, contextOf()));
    expect([error.code, error.retryable]).toEqual(["unavailable", true]);
    await cluster.fake.nodes[2]?.start();
    expect((await list(cluster, [made]))[0]?.status).toBe("complete");
  });

  test("is shown as partial when it broke off, and is finished by the next call", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    const fault = { kind: "answer", status: 500, body: "oops" } as const;
    const handle = cluster.fake.fault({ method: "DELETE", fault, from: 2, times: 100 });
    await failureOf(calls(cluster.driver).deleteNative(made, contextOf()));
    expect((await list(cluster, [made]))[0]?.status).toBe("partial");
    handle.remove();
    await calls(cluster.open()).deleteNative(made, contextOf());
    expect(await list(cluster, [made])).toEqual([]);
  });

  test("says that the files stay when their collection is gone", async () => {
    await using cluster = await withDocs();
    const made = await create(cluster);
    await cluster.rest("DELETE", "/collections/docs");
    const error = await failureOf(calls(cluster.driver).deleteNative(made, contextOf()));
    expect([error.code, error.hint]).toEqual([
      "failed-precondition",
      expect.stringContaining("by hand"),
    ]);
  });

  test("deletes with the rights of one collection only what it may", async () => {
    const keys = { apiKey: "full", readOnlyApiKey: "reader" };
    await using cluster = await withDocs({ keys });
    const made = await create(cluster);
    const reader = calls(cluster.open({ apiKey: "reader" }));
    expect((await failureOf(reader.deleteNative(made, contextOf()))).code).toBe(
      "permission-denied",
    );
    expect((await list(cluster, [made]))[0]?.status).toBe("complete");
  });
});
