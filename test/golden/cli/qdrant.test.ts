// A cluster that is not as it should be: what the plan says, how the command ends, and that the
// disks of the nodes are as before. Each message names the node and says what to do.
import { describe, expect, test } from "vitest";
import {
  ask,
  makeCollection,
  nodeName,
  openQdrantStage,
  openServers,
  ownerKey,
  qdrantConfig,
  tokenOf,
} from "./qdrant-stage.ts";
import { openStage, plain } from "./stage.ts";

const closed = { keys: { apiKey: ownerKey, readOnlyApiKey: "key-of-a-reader", jwt: true } };
const byKey = { access: 'apiKey: "${env:KEY}"' };
const byToken = { access: 'token: "${env:KEY}"' };
const nothing = [[], [], []];

describe.concurrent("the addresses of a cluster", () => {
  test("may not lead to one server twice, as a load balancer does", async () => {
    const scene = await openQdrantStage();
    const [first = "", , third = ""] = scene.fake.urls;
    scene.configure({ nodes: [first, first.replace("127.0.0.1", "localhost"), third] });
    const planned = await scene.snapform("plan");
    expect(planned.status).toBe(1);
    expect(plain(planned.stdout)).toContain(
      `${first} and ${first.replace("127.0.0.1", "localhost")} lead to the same server`,
    );
    expect(plain(planned.stdout)).toContain(
      "Give one URL per node, its own. (failed-precondition)",
    );
    expect((await scene.snapform("apply --yes")).status).toBe(3);
    expect([await scene.disks(), scene.copies()]).toEqual([nothing, []]);
  });

  test("may not be those of two clusters, nor several of a server that stands alone", async () => {
    const scene = await openQdrantStage();
    const other = await openServers({ nodes: 2 });
    const alone = await openServers({ nodes: 1 });
    const [first = ""] = scene.fake.urls;
    for (const urls of [other.urls, alone.urls]) {
      scene.configure({ nodes: [first, ...urls] });
      const planned = await scene.snapform("plan");
      expect(planned.status).toBe(1);
      expect(plain(planned.stdout)).toMatch(/policy\.nightly: cluster prod: .*failed-precondition/);
    }
    expect(await scene.disks()).toEqual(nothing);
  });

  test("must be those of all nodes: a member without one is named, and nothing is made", async () => {
    const scene = await openQdrantStage();
    scene.configure({ nodes: scene.fake.urls.slice(0, 2) });
    const applied = await scene.snapform("apply --yes");
    expect(applied.status).toBe(3);
    const told = plain(applied.stdout);
    const peerId = scene.fake.nodes[2]?.peerId;
    expect(told).toContain("Warning: cluster prod has members without a URL");
    expect(told).toContain(`There is no URL for peer ${peerId}`);
    expect(told).toContain("Add the URLs of all nodes to the cluster.");
    expect(told).toMatch(/no node that answers has a whole replica of shard \d .*\(unavailable\)/);
    expect([await scene.disks(), scene.copies()]).toEqual([nothing, []]);
  });
});

describe.concurrent("a key", () => {
  test("that is wrong is a problem of plan, apply and status, and is shown nowhere", async () => {
    const scene = await openQdrantStage(closed, byKey, { KEY: "hunter2-hunter2" });
    for (const [line, status] of [
      ["plan", 1],
      ["apply --yes", 3],
      ["status", 1],
    ] as const) {
      const ended = await scene.snapform(line);
      expect([line, ended.status]).toEqual([line, status]);
      const told = plain(ended.stdout + ended.stderr);
      expect(told).toMatch(/127\.0\.0\.1:\d+: asking for its cluster: .* \(HTTP 401\)/);
      expect(told).toContain("Check the apiKey of the cluster.");
      expect(told).not.toContain("hunter2");
    }
    expect([await scene.disks(), scene.copies()]).toEqual([nothing, []]);
  });

  test("that only reads plans, and fails to apply with what it may not", async () => {
    const scene = await openQdrantStage(closed, byKey, { KEY: "key-of-a-reader" });
    expect(await scene.done("plan")).toContain("1 to create, 1 to copy");
    const applied = await scene.snapform("apply --yes");
    expect(applied.status).toBe(3);
    expect(plain(applied.stdout)).toMatch(
      /127\.0\.0\.1:\d+: taking a snapshot of "docs": Forbidden: .* \(permission-denied\)/,
    );
    expect(applied.stdout).not.toContain("was not swept");
    expect([await scene.disks(), scene.copies(), scene.unfinished()]).toEqual([nothing, [], []]);

    const able = await openQdrantStage(closed, byKey, { KEY: ownerKey });
    await able.done("apply --yes");
    const before = await able.disks();
    const args = "restore --policy nightly --collection docs --to prod/again --yes".split(" ");
    const restored = await able.stage.start(args, { KEY: "key-of-a-reader" }).ended;
    expect(restored.status).toBe(3);
    expect(plain(restored.stdout)).toMatch(/127\.0\.0\.1:\d+: .*"again": .*\(permission-denied\)/);
    expect([await able.disks(), able.fake.points("again")]).toEqual([before, null]);
  });

  test("that is a token for one collection snapshots it, and is told that it cannot restore", async () => {
    const access = [{ collection: "docs", access: "rw" }];
    const scene = await openQdrantStage(closed, byToken, { KEY: tokenOf({ access }) });
    const done = await scene.done("apply --yes");
    expect(done).toContain("Restoring needs a key with all rights.");
    expect(done).toContain("Done: 1 created, 1 copied");
    const before = await scene.disks();
    const line = "restore --policy nightly --collection docs --to prod/again --yes";
    const restored = await scene.snapform(line);
    expect(restored.status).toBe(3);
    expect(plain(restored.stdout)).toContain(
      "restore.by-hand: cluster prod: the token of the cluster is for some collections only, and " +
        "restoring needs them all (permission-denied)",
    );
    expect(restored.stdout).toContain("Nothing could be done.");
    expect(await scene.disks()).toEqual(before);
    expect(scene.fake.requests.filter(({ path }) => path.endsWith("/upload"))).toEqual([]);
  });

  test("that is a token for reading is known to be too little before anything is tried", async () => {
    const scene = await openQdrantStage(closed, byToken, { KEY: tokenOf({ access: "r" }) });
    const planned = await scene.snapform("plan");
    expect(planned.status).toBe(1);
    expect(plain(planned.stdout)).toContain(
      "no snapshot may be taken: the token of the cluster only reads (permission-denied)",
    );
    expect((await scene.snapform("apply --yes")).status).toBe(3);
    const changing = scene.fake.requests.filter(({ method }) => method !== "GET");
    expect(changing.filter(({ path }) => path.endsWith("/snapshots"))).toEqual([]);
  });
});

describe.concurrent("a collection", () => {
  test("that does not exist is a problem, and the others are protected all the same", async () => {
    const scene = await openQdrantStage({}, { collections: "[docs, nope]" });
    const applied = await scene.snapform("apply --yes");
    expect(applied.status).toBe(3);
    expect(plain(applied.stdout)).toContain(
      'policy.nightly["prod/nope"]: collection nope does not exist on cluster prod (not-found)',
    );
    expect(applied.stdout).toContain("Done: 1 created, 1 copied");
    expect([await scene.counts(), scene.copies().length]).toEqual([[1, 1, 1], 1]);
  });

  test("that was dropped makes its snapshots unreachable, and none of them is deleted", async () => {
    const scene = await openQdrantStage({}, { policy: "    keepOnCluster: 2" });
    await scene.done("apply --yes");
    const before = [await scene.disks(), scene.copies()];
    await ask(scene.fake, "DELETE", "/collections/docs");
    for (const [line, status] of [
      ["plan", 1],
      ["apply --yes", 3],
      ["run policy.nightly --yes", 3],
    ] as const) {
      const ended = await scene.snapform(line);
      expect([line, ended.status]).toEqual([line, status]);
      expect(plain(ended.stdout)).toContain("1 unreachable: its collection is gone");
    }
    expect([await scene.disks(), scene.copies()]).toEqual(before);
    await scene.done("restore --policy nightly --collection docs --yes");
    expect(scene.fake.points("docs")).toHaveLength(60);
    expect([await scene.disks(), scene.copies()]).toEqual(before);
    expect(await scene.done("plan --detailed-exitcode")).toContain("No changes. 1 snapshot kept.");
  });

  test("that was dropped keeps its only snapshots, those on the nodes", async () => {
    const scene = await openQdrantStage({}, { hasVault: false });
    await scene.done("apply --yes");
    const before = await scene.disks();
    await ask(scene.fake, "DELETE", "/collections/docs");
    const gone = await scene.snapform("run policy.nightly --yes");
    expect([gone.status, plain(gone.stdout)]).toEqual([
      3,
      expect.stringContaining("unreachable: its collection is gone"),
    ]);
    expect(plain((await scene.snapform("snapshots list")).stdout)).toContain("unreachable");
    expect(await scene.disks()).toEqual(before);
    await makeCollection(scene.fake, "docs", 60);
    expect(await scene.done("snapshots list")).toContain("complete");
  });

  test("has files of others on its nodes, which are listed and never touched", async () => {
    const scene = await openQdrantStage({}, { retention: "{ last: 1 }" });
    const [node] = scene.fake.nodes;
    const mine = `docs-${node?.peerId}-2020-01-01-00-00-00.snapshot`;
    await node?.putFile("docs", mine, "made by hand");
    await node?.putFile("docs", "uploaded.snapshot", "by somebody");
    await ask(scene.fake, "POST", "/collections/docs/snapshots");
    await scene.done("apply --yes");
    await scene.done("run policy.nightly --yes");
    expect(await scene.counts()).toEqual([4, 1, 1]);
    expect((await scene.disks())[0]).toEqual(
      expect.arrayContaining([`docs/${mine}`, "docs/uploaded.snapshot"]),
    );
    const listed = await scene.done("snapshots list");
    expect(listed.match(/native:/g)).toHaveLength(3);
    expect(await scene.done("plan")).toContain("unmanaged: snapform did not make it");
  });
});

describe.concurrent("a node that is down", () => {
  test("makes its parts unknown: nothing is made, nothing deleted, until it is back", async () => {
    const scene = await openQdrantStage({}, { retention: "{ last: 1 }" });
    await scene.done("apply --yes");
    const before = [await scene.disks(), scene.copies()];
    await scene.fake.nodes[1]?.stop();
    const applied = await scene.snapform("run policy.nightly --yes");
    expect(applied.status).toBe(3);
    const told = plain(applied.stdout);
    expect(told).toContain(
      `Warning: node ${nodeName(scene.fake, 1)} of cluster prod does not answer`,
    );
    expect(told).toMatch(/no node that answers has a whole replica of shard \d .*\(unavailable\)/);
    expect(told).toContain("1 unknown: something that holds it did not answer");
    const line = "restore --policy nightly --collection docs --to prod/again --yes";
    const restored = await scene.snapform(line);
    expect([restored.status, plain(restored.stdout)]).toEqual([
      3,
      expect.stringContaining(nodeName(scene.fake, 1)),
    ]);
    expect([await scene.disks(), scene.copies()]).toEqual(before);

    await scene.fake.nodes[1]?.start();
    expect(await scene.done("run policy.nightly --yes")).toContain(
      "1 created, 1 copied, 1 expired",
    );
    expect([await scene.counts(), scene.copies().length]).toEqual([[1, 1, 1], 1]);
  });

  test("is no loss where others have all its shards, and its old parts wait for it", async () => {
    const parts = { collections: "[twice]", retention: "{ last: 1 }" };
    const scene = await openQdrantStage({}, parts);
    await makeCollection(scene.fake, "twice", 60, { replication_factor: 2 });
    await scene.done("apply --yes");
    await scene.fake.nodes[1]?.stop();
    const without = await scene.done("run policy.nightly --yes");
    expect(without).toContain("Done: 1 created, 1 copied, in");
    expect([await scene.counts(), scene.copies().length]).toEqual([[2, 1, 2], 2]);
    await scene.fake.nodes[1]?.start();
    const again = await scene.done("run policy.nightly --yes");
    expect(again).toContain("Done: 1 created, 1 copied, 2 expired");
    expect([await scene.counts(), scene.copies().length]).toEqual([[1, 1, 1], 1]);
    await scene.done("restore --policy nightly --collection twice --to prod/again --yes");
    expect(scene.fake.points("again")).toEqual(scene.fake.points("twice"));
  });

  test("with all the others is a lost cluster, from which the vault is enough", async () => {
    const scene = await openQdrantStage();
    await scene.done("apply --yes");
    const expected = scene.fake.points("docs");
    await scene.fake.close();
    const planned = await scene.snapform("plan");
    expect([planned.status, plain(planned.stdout)]).toEqual([
      1,
      expect.stringMatching(/none of its 3 nodes answers: .*No changes\. 1 snapshot kept\./),
    ]);
    const spare = await openServers({ nodes: 2 });
    const stage = openStage(
      qdrantConfig(spare.urls)
        .replace("prod:", "spare:")
        .replace(/policies:[\s\S]*/, ""),
    );
    stage.write(
      "snapform.yaml",
      stage.read("snapform.yaml").replace("./vault", scene.stage.path("vault")),
    );
    const from = "restore --repository vault --cluster prod --collection docs";
    const ended = await stage.snapform(...`${from} --to spare/docs --yes`.split(" "));
    expect([ended.status, ended.stderr]).toEqual([0, ""]);
    expect(plain(ended.stdout)).toContain("3 parts with 3 shards go to 2 nodes");
    expect(spare.points("docs")).toEqual(expected);
  });
});
