// What goes wrong while bytes move: damaged and cut-off files, full disks, processes that are
// killed. The message names the node, nothing that is not whole becomes visible, and the next run
// goes on where it was, or begins anew; nothing is made twice.
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { growSmall, mountSmall, noMounts } from "./mounts.ts";
import { ask, nodeName, openQdrantStage, type QdrantStage } from "./qdrant-stage.ts";
import { plain } from "./stage.ts";

const MEGABYTE = 1_000_000;
const file = /\/snapshots\/[^/]+\.snapshot$/;
const back = "restore --policy nightly --collection docs --to prod/again --yes";

describe.concurrent("a copy", () => {
  test("of bytes that arrive altered is not made, and the snapshot stays on the nodes", async () => {
    const scene = await openQdrantStage({}, { policy: "    keepOnCluster: 0" });
    const fault = scene.fake.fault({
      fault: { kind: "corrupt", atByte: 2000 },
      method: "GET",
      node: 1,
      path: file,
      times: 99,
    });
    const ended = await scene.snapform("apply --yes");
    expect(ended.status).toBe(3);
    const told = plain(ended.stdout);
    expect(told).toMatch(
      new RegExp(`file ${nodeName(scene.fake, 1)}/docs.* has the SHA-256 .*corrupt`),
    );
    expect([scene.copies(), scene.unfinished(), await scene.counts()]).toEqual([[], [], [1, 1, 1]]);
    fault.remove();
    // The snapshot is there: only its copy is missing.
    const again = await scene.done("apply --yes");
    expect(again).toContain("0 to create, 1 to copy");
    expect([scene.copies().length, await scene.counts()]).toEqual([1, [0, 0, 0]]);
    await whole(scene);
  });

  test("of a file that is damaged on its node says so, and restores nothing of it", async () => {
    const scene = await openQdrantStage({}, { hasVault: false });
    await scene.done("apply --yes");
    const [path = ""] = (await scene.fake.nodes[1]?.files()) ?? [];
    alter(join(scene.fake.nodes[1]?.snapshotFolder ?? "", "..", path), 1500);
    scene.configure({ policy: "    keepOnCluster: 0" });
    const ended = await scene.snapform("apply --yes");
    expect([ended.status, plain(ended.stdout)]).toEqual([
      3,
      expect.stringMatching(new RegExp(`file ${nodeName(scene.fake, 1)}/docs.*\\(corrupt\\)`)),
    ]);
    expect([scene.copies(), await scene.counts()]).toEqual([[], [1, 1, 1]]);
    const restored = await scene.snapform(back);
    expect([restored.status, plain(restored.stdout)]).toEqual([
      3,
      expect.stringContaining(nodeName(scene.fake, 1)),
    ]);
    expect(scene.fake.points("again")).toBeNull();
  });

  test("goes on where the connection broke", async () => {
    const scene = await openQdrantStage();
    scene.fake.padSnapshots(3 * MEGABYTE);
    const fault = { kind: "truncate", afterBytes: MEGABYTE } as const;
    scene.fake.fault({ fault, method: "GET", node: 1, path: file });
    await scene.done("apply --yes");
    expect(downloads(scene, 1)).toEqual([
      ["from the start", MEGABYTE],
      [`bytes=${MEGABYTE}-`, 2 * MEGABYTE],
    ]);
    await whole(scene);
  });

  test("of what is no snapshot is refused, whatever the server calls it", async () => {
    const scene = await openQdrantStage({ storage: "s3" });
    const body = "<html><body>Sign in to go on</body></html>";
    const fault = { kind: "answer", status: 200, body, contentType: "text/html" } as const;
    scene.fake.fault({ fault, method: "GET", path: file, times: 99 });
    const ended = await scene.snapform("apply --yes");
    expect([ended.status, plain(ended.stdout)]).toEqual([
      3,
      expect.stringMatching(/127\.0\.0\.1:\d+: .*\(corrupt\)/),
    ]);
    expect([scene.copies(), scene.unfinished()]).toEqual([[], []]);
  });

  test.skipIf(noMounts !== null)("that does not fit the vault leaves it readable", async () => {
    const scene = await openQdrantStage({}, { policy: "    keepOnCluster: 0" });
    mountSmall(scene.stage, "vault");
    scene.fake.padSnapshots(3 * MEGABYTE);
    const ended = await scene.snapform("apply --yes");
    expect([ended.status, plain(ended.stdout)]).toEqual([
      3,
      expect.stringMatching(/repository vault: .*\(resource-exhausted\)/),
    ]);
    expect([scene.copies(), await scene.counts()]).toEqual([[], [1, 1, 1]]);
    growSmall(scene.stage, "vault");
    const again = await scene.done("apply --yes");
    expect(again).toContain("0 to create, 1 to copy");
    expect([scene.copies().length, await scene.counts()]).toEqual([1, [0, 0, 0]]);
    await whole(scene);
  });

  test("is checked again when it is restored: an altered one is left for the nodes' own", async () => {
    const scene = await openQdrantStage();
    await scene.done("apply --yes");
    const [object = ""] = scene.stage.files("vault/objects", /[0-9a-f]{64}$/);
    alter(scene.stage.path(object), 1000);
    const before = await scene.disks();
    const ended = await scene.snapform(back);
    expect(ended.status).toBe(3);
    expect(plain(ended.stdout)).toMatch(/repository vault: objects\/.* does not fit its hash/);
    expect([scene.fake.points("again"), await scene.disks()]).toEqual([null, before]);
    expect((await scene.snapform("repository check vault --read-data")).status).toBe(13);
    expect(await scene.done(back)).toContain("from prod/docs in cluster");
    expect(scene.fake.points("again")).toEqual(scene.fake.points("docs"));
  });
});

describe.concurrent("a full disk of a node", () => {
  test("fails the snapshot, whose other parts go, and the copies of before stay", async () => {
    const scene = await openQdrantStage();
    await scene.done("apply --yes");
    const before = [await scene.disks(), scene.copies()];
    const fault = { kind: "disk-full" } as const;
    const order = scene.fake.fault({
      fault,
      method: "POST",
      node: 1,
      path: /\/snapshots$/,
      times: 99,
    });
    const ended = await scene.snapform("run policy.nightly --yes");
    expect(ended.status).toBe(3);
    const told = plain(ended.stdout);
    expect(told).toContain(`the snapshot is incomplete; missing: ${nodeName(scene.fake, 1)}`);
    expect(told).toContain("No space left on device");
    expect(told).toContain("expire prod/docs");
    expect([await scene.disks(), scene.copies()]).toEqual(before);
    order.remove();
    expect(await scene.done("run policy.nightly --yes")).toContain(
      "1 created, 1 copied, 1 expired",
    );
  });

  test("fails the restore, of which nothing is left", async () => {
    const scene = await openQdrantStage();
    await scene.done("apply --yes");
    const before = await scene.disks();
    const fault = { kind: "disk-full" } as const;
    const order = scene.fake.fault({
      fault,
      method: "POST",
      node: 1,
      path: /\/upload$/,
      times: 99,
    });
    const ended = await scene.snapform(back);
    expect(ended.status).toBe(3);
    expect(plain(ended.stdout)).toMatch(/No space left on device .* \(resource-exhausted\)/);
    expect(plain(ended.stdout)).toContain(nodeName(scene.fake, 1));
    expect(await traces(scene)).toEqual([["docs"], []]);
    expect(await scene.disks()).toEqual(before);
    order.remove();
    await scene.done(back);
    expect(scene.fake.points("again")).toEqual(scene.fake.points("docs"));
  });
});

describe.concurrent("a process that is killed", () => {
  test("while a node takes its snapshot finds it there, and makes no second one", async () => {
    const scene = await openQdrantStage();
    const gate = Promise.withResolvers<void>();
    const fault = { kind: "delay-effect", until: gate.promise } as const;
    scene.fake.fault({ fault, method: "POST", node: 1, path: /\/snapshots$/ });
    await killWhen(scene, "apply --yes", () => creates(scene).length === 3);
    gate.resolve();
    await scene.fake.idle();
    const next = await scene.done("apply --yes");
    expect(next).toContain("1 copied");
    expect([creates(scene).length, await scene.counts()]).toEqual([3, [1, 1, 1]]);
    expect(scene.copies()).toHaveLength(1);
    await whole(scene);
  });

  test("in the middle of a copy goes on with the bytes that it has, and copies none twice", async () => {
    const scene = await openQdrantStage({}, { policy: "    keepOnCluster: 0" });
    scene.fake.padSnapshots(40 * MEGABYTE, "random");
    const gate = Promise.withResolvers<void>();
    const cut = { kind: "truncate", afterBytes: 30 * MEGABYTE } as const;
    scene.fake.fault({ fault: cut, method: "GET", node: 1, path: file });
    const wait = { kind: "delay-answer", until: gate.promise } as const;
    scene.fake.fault({ fault: wait, method: "GET", node: 1, path: file, from: 2 });
    await killWhen(scene, "apply --yes", () => {
      const others = [...downloads(scene, 0), ...downloads(scene, 2)];
      const isThere = others.length === 2 && others.every(([, bytes]) => bytes === 40 * MEGABYTE);
      return isThere && downloads(scene, 1).length === 2;
    });
    gate.resolve();
    expect([scene.copies(), await scene.counts()]).toEqual([[], [1, 1, 1]]);
    const next = await scene.done("apply --yes");
    expect(next).toContain("1 copied");
    const [, , resumed] = downloads(scene, 1);
    const from = Number(/^bytes=(\d+)-$/.exec(resumed?.[0] ?? "")?.[1] ?? 0);
    expect(from).toBeGreaterThan(0);
    expect([scene.copies().length, await scene.counts()]).toEqual([1, [0, 0, 0]]);
    expect(scene.unfinished()).toEqual([]);
    expect(creates(scene)).toHaveLength(3);
    await whole(scene);
  });

  test("in the middle of a restore leaves nothing for good, and the next one is whole", async () => {
    const scene = await openQdrantStage();
    await scene.done("apply --yes");
    const before = await scene.disks();
    const gate = Promise.withResolvers<void>();
    const fault = { kind: "delay-effect", until: gate.promise } as const;
    scene.fake.fault({ fault, method: "POST", node: 1, path: /\/upload$/ });
    await killWhen(scene, back, () => uploads(scene, 1) === 1);
    gate.resolve();
    await scene.fake.idle();
    const next = await scene.snapform("apply --yes");
    expect([next.status, next.stderr]).toEqual([0, ""]);
    expect(await traces(scene)).toEqual([["docs"], []]);
    expect(await scene.disks()).toEqual(before);
    await scene.done(back);
    expect(scene.fake.points("again")).toEqual(scene.fake.points("docs"));
    expect(await traces(scene)).toEqual([["again", "docs"], []]);
    expect(await scene.disks()).toEqual(before);
  });
});

describe.concurrent("a state that is lost", () => {
  test("is rebuilt with both places of each snapshot, and retention goes on in both", async () => {
    const scene = await openQdrantStage(
      {},
      { policy: "    keepOnCluster: 2", retention: "{ last: 2 }" },
    );
    await scene.done("apply --yes");
    await scene.done("run policy.nightly --yes");
    const mine = `docs-${scene.fake.nodes[0]?.peerId}-2020-01-01-00-00-00.snapshot`;
    await scene.fake.nodes[0]?.putFile("docs", mine, "made by hand");
    const listed = await places(scene);
    scene.stage.remove(".snapform");
    const planned = await scene.done("plan");
    expect(planned).toContain("2 snapshot(s) of project golden exist that the state does not know");
    expect(await scene.done("adopt --from-repository")).toContain("Took over 2 snapshots.");
    expect(await scene.done("plan --detailed-exitcode")).toContain("No changes");
    expect(await places(scene)).toEqual(listed);
    expect(listed.filter((each) => each.includes("cluster, repository.vault"))).toHaveLength(2);
    const run = await scene.done("run policy.nightly --yes");
    expect(run).toContain("1 created, 1 copied, 1 expired");
    expect(await scene.counts()).toEqual([3, 2, 2]);
    expect((await scene.disks())[0]).toContain(`docs/${mine}`);
    expect(scene.copies()).toHaveLength(2);
  });
});

/** Every byte of the vault is as its manifests say. */
async function whole(scene: QdrantStage): Promise<void> {
  expect(await scene.done("repository check vault --read-data")).toContain("No damage found");
  expect(await scene.done("plan --detailed-exitcode")).toContain("No changes");
}

/** Starts a command and kills it once that holds. */
async function killWhen(scene: QdrantStage, line: string, holds: () => boolean): Promise<void> {
  const running = scene.start(line);
  await expect.poll(holds, { timeout: 30_000, interval: 20 }).toBe(true);
  running.child.kill("SIGKILL");
  expect((await running.ended).status).toBe("SIGKILL");
}

/** What was asked of a node's files: from where, and how much of it went out. */
function downloads({ fake }: QdrantStage, node: number): readonly (readonly [string, number])[] {
  return (fake.nodes[node]?.requests ?? [])
    .filter(({ method, path }) => method === "GET" && file.test(path))
    .map(({ headers, sentBytes }) => [headers["range"] ?? "from the start", sentBytes] as const);
}

function creates({ fake }: QdrantStage): readonly unknown[] {
  return fake.requests.filter(
    ({ method, path }) => method === "POST" && path.endsWith("/snapshots"),
  );
}

function uploads({ fake }: QdrantStage, node: number): number {
  return (fake.nodes[node]?.requests ?? []).filter(({ path }) => path.endsWith("/upload")).length;
}

/** The collections and the aliases that there are: where a restore leaves its traces. */
async function traces({ fake }: QdrantStage): Promise<readonly unknown[]> {
  const { collections } = (await ask(fake, "GET", "/collections")) as {
    readonly collections: readonly { readonly name: string }[];
  };
  const { aliases } = (await ask(fake, "GET", "/aliases")) as { readonly aliases: unknown };
  return [collections.map(({ name }) => name).toSorted(), aliases];
}

/** Each snapshot with the places of its copies. */
async function places(scene: QdrantStage): Promise<readonly string[]> {
  const { stdout } = await scene.snapform("snapshots list --json");
  const { snapshots } = JSON.parse(stdout) as {
    readonly snapshots: readonly {
      readonly snapshot: {
        readonly id: string;
        readonly copies: readonly { readonly place: string; readonly status: string }[];
      };
    }[];
  };
  return snapshots.map(({ snapshot: { id, copies } }) => {
    const where = copies.map(({ place }) => place).toSorted();
    return `${id}: ${where.join(", ")}`;
  });
}

function alter(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}
