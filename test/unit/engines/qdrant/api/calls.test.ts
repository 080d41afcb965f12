import { createHash } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { changeAliases, listAliases } from "../../../../../src/engines/qdrant/api/aliases.ts";
import { clusterView } from "../../../../../src/engines/qdrant/api/cluster.ts";
import {
  collectionDetails,
  countPoints,
  createCollection,
  deleteCollection,
  listCollections,
} from "../../../../../src/engines/qdrant/api/collections.ts";
import { nodeClock, nodeVersion } from "../../../../../src/engines/qdrant/api/node.ts";
import { placementOf } from "../../../../../src/engines/qdrant/api/placement.ts";
import { createShardKey } from "../../../../../src/engines/qdrant/api/shard-keys.ts";
import {
  createSnapshot,
  deleteSnapshot,
  downloadSnapshot,
  listSnapshots,
  uploadSnapshot,
} from "../../../../../src/engines/qdrant/api/snapshots.ts";
import { snapshotGauges } from "../../../../../src/engines/qdrant/api/telemetry.ts";
import {
  openNodeClient,
  type NodeClient,
} from "../../../../../src/engines/qdrant/http/node-client.ts";
import { looksLikeTar } from "../../../../../src/engines/qdrant/http/tar.ts";
import { FakeClock } from "../../../../../src/testing/fake-clock.ts";
import {
  startFakeQdrant,
  type FakeQdrant,
  type FakeQdrantOptions,
} from "../../../../../src/testing/qdrant/fake-qdrant.ts";
import { collect } from "../http/server.ts";

const AT = "2026-03-01T02:00:00Z";
const NAME = "docs-en 1%";

interface Cluster {
  readonly qdrant: FakeQdrant;
  readonly clients: readonly [NodeClient, NodeClient, NodeClient];
  readonly clock: FakeClock;
}

async function cluster(options: FakeQdrantOptions = {}, apiKey?: string): Promise<Cluster> {
  const clock = new FakeClock({ at: AT });
  const qdrant = await startFakeQdrant({ clock, ...options });
  const clients = qdrant.urls.map((url, index) =>
    openNodeClient({
      name: `node-${index}`,
      url,
      clock: new FakeClock({ skipsSleep: true }),
      ...(apiKey === undefined ? {} : { apiKey }),
    }),
  );
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await qdrant.close();
  });
  return { qdrant, clients: clients as unknown as Cluster["clients"], clock };
}

async function fill(client: NodeClient, name = NAME, pointCount = 30): Promise<void> {
  const vectors = { size: 2, distance: "Dot" };
  await createCollection(client, name, { vectors, shard_number: 3 });
  const points = Array.from({ length: pointCount }, (_, id) => ({ id, vector: [id, 1] }));
  await client.json({
    method: "PUT",
    path: ["collections", name, "points"],
    query: { wait: true },
    body: { points },
    doing: "writing points",
  });
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

describe("the calls about the cluster", () => {
  test("tell the version, and what time it is there", async () => {
    const { clients } = await cluster();
    expect(await nodeVersion(clients[0])).toBe("1.18.0");
    const [date] = [await nodeClock(clients[0])];
    expect(date?.getTime()).toBe(Math.floor((date?.getTime() ?? 0) / 1000) * 1000);
  });

  test("tell the members of the cluster by the same ids on every node", async () => {
    const { qdrant, clients } = await cluster();
    const ids = qdrant.nodes.map((node) => node.peerId);
    for (const [index, client] of clients.entries()) {
      const view = await clusterView(client);
      expect(view).toMatchObject({
        distributed: true,
        peerId: ids[index],
        consensusProblem: null,
      });
      expect(view.peers.map((peer) => peer.peerId).toSorted()).toEqual(ids.toSorted());
    }
  });

  test("tell a standalone server", async () => {
    const { clients } = await cluster({ nodes: 1 });
    expect(await clusterView(clients[0])).toEqual({
      distributed: false,
      peerId: null,
      peers: [],
      consensusProblem: null,
    });
  });

  test("do without telemetry where the key may not look", async () => {
    const { qdrant, clients } = await cluster();
    await fill(clients[0]);
    await createSnapshot(clients[0], NAME);
    expect(await snapshotGauges(clients[0])).toContainEqual({
      collection: NAME,
      creatingCount: 0,
      recoveringCount: 0,
    });
    qdrant.fault({ path: /telemetry/, fault: { kind: "answer", status: 403, body: "Forbidden" } });
    expect(await snapshotGauges(clients[0])).toBeNull();
  });
});

describe("the calls about collections", () => {
  test("list, describe, count and delete them", async () => {
    const { clients } = await cluster();
    const [client] = clients;
    await fill(client);
    await fill(client, "other");
    expect(await listCollections(client)).toEqual([NAME, "other"]);
    expect(await countPoints(client, NAME)).toBe(30);
    const details = await collectionDetails(client, NAME);
    expect(details).toMatchObject({ status: "green", optimizerProblem: null, payloadSchema: {} });
    expect(details.config).toMatchObject({ params: { shard_number: 3 } });
    expect(await deleteCollection(client, NAME)).toBe(true);
    expect(await listCollections(client)).toEqual(["other"]);
    await expect(collectionDetails(client, NAME)).rejects.toMatchObject({ code: "not-found" });
  });

  test("tell where the shards are, on every node the same", async () => {
    const { qdrant, clients } = await cluster();
    await fill(clients[0]);
    const seen = await Promise.all(clients.map((client) => placementOf(client, NAME)));
    for (const [index, placement] of seen.entries()) {
      expect(placement).toMatchObject({
        peerId: qdrant.nodes[index]?.peerId,
        shardCount: 3,
        transfers: [],
        isResharding: false,
      });
      const shards = [...placement.local, ...placement.remote];
      expect(shards.map((shard) => shard.shardId).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
      expect(shards.every((shard) => shard.state === "Active")).toBe(true);
    }
  });

  test("add shard keys", async () => {
    const { clients } = await cluster();
    const vectors = { size: 2, distance: "Dot" };
    await createCollection(clients[0], "keyed", { vectors, sharding_method: "custom" });
    await createShardKey(clients[0], "keyed", "de");
    await createShardKey(clients[0], "keyed", 7, { shardsNumber: 2, replicationFactor: 1 });
    const { local, remote } = await placementOf(clients[0], "keyed");
    const shards = [...local, ...remote].toSorted((a, b) => a.shardId - b.shardId);
    expect(shards.map(({ shardKey }) => shardKey)).toEqual(["de", 7, 7]);
  });

  test("move an alias in one step", async () => {
    const { clients } = await cluster();
    const [client] = clients;
    await fill(client, "blue");
    await fill(client, "green");
    await changeAliases(client, [{ kind: "point", alias: "live", collection: "blue" }]);
    await changeAliases(client, [
      { kind: "point", alias: "live", collection: "green" },
      { kind: "point", alias: "last", collection: "blue" },
    ]);
    expect(await listAliases(client)).toEqual([
      { alias: "last", collection: "blue" },
      { alias: "live", collection: "green" },
    ]);
    await changeAliases(client, [{ kind: "drop", alias: "last" }]);
    expect(await listAliases(client)).toHaveLength(1);
  });
});

describe("the calls about snapshots", () => {
  test("make, list, download and delete one, each node its own", async () => {
    const { qdrant, clients } = await cluster();
    const [client] = clients;
    await fill(client);
    const made = await createSnapshot(client, NAME);
    expect(made).toMatchObject({
      name: `${NAME}-${qdrant.nodes[0]?.peerId}-2026-03-01-02-00-00.snapshot`,
      createdAt: "2026-03-01T02:00:00.000Z",
    });
    if (made === null) return;
    expect(await listSnapshots(client, NAME)).toEqual([made]);
    expect(await listSnapshots(clients[1], NAME)).toEqual([]);
    const expected = { size: made.size, sha256: made.checksum };
    const bytes = await collect(downloadSnapshot(client, NAME, made.name, { expected }));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(made.checksum);
    expect(looksLikeTar(bytes)).toBe(true);
    expect(await deleteSnapshot(client, NAME, made.name)).toBe("deleted");
    expect(await deleteSnapshot(client, NAME, made.name)).toBe("absent");
    expect(await listSnapshots(client, NAME)).toEqual([]);
  });

  test("begin one without waiting for it", async () => {
    const { qdrant, clients } = await cluster();
    await fill(clients[0]);
    expect(await createSnapshot(clients[0], NAME, { wait: false })).toBeNull();
    await qdrant.idle();
    expect(await listSnapshots(clients[0], NAME)).toHaveLength(1);
  });

  test("make one only once when its answer is lost", async () => {
    const { qdrant, clients } = await cluster();
    await fill(clients[0]);
    qdrant.fault({ method: "POST", path: /snapshots$/, fault: { kind: "drop-after" } });
    await expect(createSnapshot(clients[0], NAME)).rejects.toMatchObject({
      code: "unavailable",
      outcomeUnknown: true,
    });
    expect(await listSnapshots(clients[0], NAME)).toHaveLength(1);
  });

  test("delete one although the first answer is lost", async () => {
    const { qdrant, clients } = await cluster();
    await fill(clients[0]);
    const made = await createSnapshot(clients[0], NAME);
    qdrant.fault({ method: "DELETE", fault: { kind: "drop-after" } });
    expect(await deleteSnapshot(clients[0], NAME, made?.name ?? "")).toBe("absent");
  });

  test("tell a snapshot that cannot be reached from one that is gone", async () => {
    const { clients } = await cluster();
    await fill(clients[0]);
    const made = await createSnapshot(clients[0], NAME);
    await deleteCollection(clients[0], NAME);
    expect(await deleteSnapshot(clients[0], NAME, made?.name ?? "")).toBe("unreachable");
    await expect(listSnapshots(clients[0], NAME)).rejects.toMatchObject({ code: "not-found" });
  });

  test.each(["local", "s3"] as const)(
    "download one through broken connections (storage %s)",
    async (storage) => {
      const { qdrant, clients } = await cluster({ storage });
      await fill(clients[0]);
      qdrant.padSnapshots(3_000_000, "random");
      const made = await createSnapshot(clients[0], NAME);
      if (made === null) expect.unreachable("it was made");
      const cut = { kind: "truncate", afterBytes: 1_000_000 } as const;
      const path = /\.snapshot$/;
      const whole = await collect(
        downloadSnapshot(clients[0], NAME, made.name, { expected: { size: made.size } }),
      );
      const broken = qdrant.fault({ method: "GET", path, times: 2, fault: cut });
      const again = await collect(
        downloadSnapshot(clients[0], NAME, made.name, { expected: { size: made.size } }),
      );
      expect(again.equals(whole)).toBe(true);
      expect(broken.firedCount).toBe(2);
    },
  );

  test.each([
    ["corrupt", { kind: "corrupt", atByte: 700 }],
    ["failed-precondition", { kind: "compress" }],
  ] as const)("fail with %s on a download with a fault", async (code, fault) => {
    const { qdrant, clients } = await cluster();
    await fill(clients[0]);
    const made = await createSnapshot(clients[0], NAME);
    if (made === null) expect.unreachable("it was made");
    qdrant.fault({ method: "GET", path: /\.snapshot$/, times: 9, fault });
    const expected = { size: made.size, sha256: made.checksum };
    await expect(
      collect(downloadSnapshot(clients[0], NAME, made.name, { expected })),
    ).rejects.toMatchObject({ code });
  });

  test("restore a collection that is gone from uploads of every node", async () => {
    const { clients, clock } = await cluster();
    await fill(clients[0]);
    const files: Buffer[] = [];
    for (const client of clients) {
      const made = await createSnapshot(client, NAME);
      if (made === null) expect.unreachable("it was made");
      const expected = { size: made.size };
      files.push(await collect(downloadSnapshot(client, NAME, made.name, { expected })));
      await clock.advance(1000);
    }
    await deleteCollection(clients[0], NAME);
    for (const [index, client] of clients.entries()) {
      const file = files[index] ?? Buffer.alloc(0);
      await uploadSnapshot(client, "restored", {
        priority: "snapshot",
        checksum: createHash("sha256").update(file).digest("hex"),
        fileName: "mine.snapshot",
        size: file.length,
        body: () => once(file),
      });
    }
    expect(await countPoints(clients[0], "restored")).toBe(30);
    const stays = await listSnapshots(clients[0], "restored");
    expect(stays).toMatchObject([{ name: "mine.snapshot", checksum: null }]);
  });

  test("restore nothing from an upload with a wrong checksum", async () => {
    const { clients } = await cluster();
    await fill(clients[0]);
    const made = await createSnapshot(clients[0], NAME);
    if (made === null) expect.unreachable("it was made");
    const options = { expected: { size: made.size } };
    const file = await collect(downloadSnapshot(clients[0], NAME, made.name, options));
    const upload = uploadSnapshot(clients[0], "restored", {
      priority: "snapshot",
      checksum: "0".repeat(64),
      fileName: "mine.snapshot",
      size: file.length,
      body: () => once(file),
    });
    await expect(upload).rejects.toMatchObject({
      code: "corrupt",
      hint: expect.stringContaining("swaps") as string,
    });
    expect(await listCollections(clients[0])).toEqual([NAME]);
  });
});

describe("the rights of a key", () => {
  test("that is wrong or only reads are told apart, and the key is never shown", async () => {
    const keys = { apiKey: "full-key", readOnlyApiKey: "read-key" };
    const { qdrant, clients } = await cluster({ keys }, "read-key");
    expect(await listCollections(clients[0])).toEqual([]);
    const denied = await createSnapshot(clients[0], NAME).catch((error: unknown) => error);
    expect(denied).toMatchObject({ code: "permission-denied", outcomeUnknown: false });
    expect((denied as Error).message).not.toContain("read-key");
    const clock = new FakeClock({ skipsSleep: true });
    const url = qdrant.urls[0] ?? "";
    const stranger = openNodeClient({ name: "node-0", url, apiKey: "no-key", clock });
    onTestFinished(() => stranger.close());
    await expect(listCollections(stranger)).rejects.toMatchObject({ code: "unauthenticated" });
    const holder = openNodeClient({ name: "node-0", url, token: "full-key", clock });
    onTestFinished(() => holder.close());
    expect(await listCollections(holder)).toEqual([]);
  });
});
