import { expect, test } from "vitest";
import type { NativeSnapshot, RestoreResult } from "../../../../../src/engine/driver.ts";
import type { FaultRule } from "../../../../../src/testing/index.ts";
import {
  contextOf,
  copyOut,
  failureOf,
  Ledger,
  native,
  pointsFrom,
  requestOf,
  startCluster,
  take,
  type Cluster,
} from "./cluster.ts";
import { openMortal } from "./mortal.ts";

const POINTS = pointsFrom(1, 45);
const UPLOAD = /\/snapshots\/upload$/;

async function snapshotOf(cluster: Cluster, config: object = {}): Promise<NativeSnapshot> {
  await cluster.create("docs", POINTS, config);
  return take(cluster, "docs");
}

function restore(
  cluster: Cluster,
  snapshot: NativeSnapshot,
  ledger = new Ledger(),
): Promise<RestoreResult> {
  const request = requestOf(cluster, native(snapshot), "again", ledger);
  return cluster.driver.restore(request, contextOf());
}

/** Fails once, leaves nothing, and succeeds when it is run again. */
async function failsAndConverges(rule: FaultRule, config: object = {}) {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster, config);
  const handle = cluster.fake.fault(rule);
  const ledger = new Ledger();
  const failure = await failureOf(restore(cluster, snapshot, ledger));
  expect(handle.firedCount).toBeGreaterThan(0);
  handle.remove();
  await cluster.fake.idle();
  const trace = await cluster.driver.recoverRestore(
    { runId: "run0001", target: "again", earlier: ledger.details },
    contextOf(),
  );
  expect(trace.kind).not.toBe("finished");
  expect(await cluster.read("again")).toBeNull();
  expect(await cluster.leftovers()).toEqual([]);
  await restore(cluster, snapshot, ledger);
  expect(await cluster.read("again")).toEqual(POINTS);
  expect(await cluster.leftovers()).toEqual([]);
  return { failure, names: cluster.names };
}

test.each([
  ["cut before the server did anything", "drop-before"],
  ["lost after the server had restored", "drop-after"],
] as const)("an upload whose connection is %s is made once more", async (_title, kind) => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  for (const from of [1, 2, 3]) {
    const rule = { fault: { kind }, path: UPLOAD, from } as const;
    const handle = cluster.fake.fault(rule);
    await restore(cluster, snapshot);
    expect(handle.firedCount).toBe(1);
    expect(await cluster.read("again")).toEqual(POINTS);
    expect(await cluster.leftovers()).toEqual([]);
    await cluster.rest("DELETE", "/collections/again");
    handle.remove();
  }
});

test("a proxy that gives up while the server works is waited out", async () => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  const body = "<html><head><title>504 Gateway Time-out</title></head></html>";
  const fault = { kind: "answer", status: 504, body, contentType: "text/html" } as const;
  cluster.fake.fault({ fault, path: UPLOAD, from: 2 });
  await restore(cluster, snapshot);
  expect(await cluster.read("again")).toEqual(POINTS);
});

test("a server that restores something else at the moment is waited for", async () => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  cluster.fake.fault({ fault: { kind: "locked" }, path: UPLOAD, times: 2 });
  await restore(cluster, snapshot);
  expect(await cluster.read("again")).toEqual(POINTS);
});

test("a full disk fails with the node's name, and leaves nothing", async () => {
  const fault = { kind: "disk-full" } as const;
  const { failure, names } = await failsAndConverges({ fault, path: UPLOAD, node: 1, times: 9 });
  expect(failure.code).toBe("resource-exhausted");
  expect(failure.message).toContain(names[1]);
});

test("a proxy that takes no big bodies is named as such", async () => {
  const fault = { kind: "answer", status: 413, body: "too large" } as const;
  const { failure } = await failsAndConverges({ fault, path: UPLOAD, from: 2, times: 9 });
  expect(failure.code).toBe("resource-exhausted");
  expect(failure.hint).toContain("proxy");
});

test.each(["Partial", "Dead"])("a replica that stays %s is told with its node", async (state) => {
  const fault = { kind: "replicas", state } as never;
  const config = { shard_number: 3, replication_factor: 2 };
  const { failure, names } = await failsAndConverges({ fault, path: UPLOAD, from: 2 }, config);
  expect(failure.code).toBe("failed-precondition");
  expect(failure.message).toContain(`is ${state}`);
  expect(names.some((name) => failure.message.includes(name))).toBe(true);
});

test("a snapshot whose bytes are damaged on the way is not restored", async () => {
  const fault = { kind: "corrupt", atByte: 1500 } as const;
  const path = /\/snapshots\/docs-[^/]*$/;
  const { failure } = await failsAndConverges({ fault, path, method: "GET", from: 2 });
  expect(failure.code).toBe("corrupt");
});

test("a download that breaks off goes on where it was", async () => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  const fault = { kind: "truncate", afterBytes: 1000 } as const;
  const path = /\/snapshots\/docs-[^/]*$/;
  const handle = cluster.fake.fault({ fault, path, method: "GET", times: 3 });
  await restore(cluster, snapshot);
  expect(handle.firedCount).toBe(3);
  expect(await cluster.read("again")).toEqual(POINTS);
});

test("what is no snapshot is not sent at all", async () => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  const reader = await copyOut(cluster, snapshot);
  const page = Buffer.from("<html>not found</html>".padEnd(2048));
  const source = {
    kind: "repository",
    reader: {
      ...reader,
      open: () =>
        Promise.resolve(
          (async function* () {
            yield await Promise.resolve(page);
          })(),
        ),
    },
  } as const;
  const request = requestOf(cluster, source, "again", new Ledger());
  const failure = await failureOf(cluster.driver.restore(request, contextOf()));
  expect(failure.code).toBe("corrupt");
  expect(failure.message).toContain("nothing was sent");
  expect(cluster.fake.requests.filter(({ path }) => UPLOAD.test(path))).toEqual([]);
  expect(await cluster.read("again")).toBeNull();
});

test.each(["fails its hash at the end", "is shorter than its manifest says"])(
  "a file of a repository that %s never completes its upload",
  async (title) => {
    await using cluster = await startCluster();
    const snapshot = await snapshotOf(cluster);
    const whole = await copyOut(cluster, snapshot);
    const { SnapformError } = await import("../../../../../src/errors/index.ts");
    async function* damaged(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      let count = 0;
      for await (const chunk of bytes) {
        count += 1;
        if (count === 2 && title.includes("shorter")) return;
        yield chunk;
      }
      throw new SnapformError("corrupt", "the bytes do not fit the hash");
    }
    const reader: typeof whole = {
      ...whole,
      open: async (file, signal) => damaged(await whole.open(file, signal)),
    };
    const source = { kind: "repository", reader } as const;
    const request = requestOf(cluster, source, "again", new Ledger());
    const failure = await failureOf(cluster.driver.restore(request, contextOf()));
    expect(failure.code).toBe("corrupt");
    expect(await cluster.read("again")).toBeNull();
    expect(await cluster.leftovers()).toEqual([]);
  },
);

test("a checksum that the server finds wrong is told, and nothing is restored", async () => {
  await using cluster = await startCluster();
  const whole = await copyOut(cluster, await snapshotOf(cluster));
  async function* altered(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let count = 0;
    for await (const chunk of bytes) {
      count += 1;
      const copy = Buffer.from(chunk);
      if (count === 3) copy[0] = (copy[0] ?? 0) ^ 1;
      yield copy;
    }
  }
  const reader: typeof whole = {
    ...whole,
    open: async (file, signal) => altered(await whole.open(file, signal)),
  };
  const source = { kind: "repository", reader } as const;
  const request = requestOf(cluster, source, "again", new Ledger());
  const failure = await failureOf(cluster.driver.restore(request, contextOf()));
  expect(failure.message).toContain("Checksum mismatch");
  expect(await cluster.read("again")).toBeNull();
});

test("a node that dies midway is named, and the run converges when it is back", async () => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  cluster.fake.fault({ fault: { kind: "node-down" }, path: UPLOAD, from: 2 });
  const ledger = new Ledger();
  const failure = await failureOf(restore(cluster, snapshot, ledger));
  expect(failure.code).toBe("unavailable");
  expect(cluster.names.some((name) => failure.message.includes(name))).toBe(true);
  for (const node of cluster.fake.nodes) await node.start();
  await restore(cluster, snapshot, ledger);
  expect(await cluster.read("again")).toEqual(POINTS);
  expect(await cluster.leftovers()).toEqual([]);
});

test("points that the servers lose fail the restore, and the collection is taken back", async () => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  const more = { ...snapshot, points: { before: 46, after: 50 } };
  const failure = await failureOf(restore(cluster, more));
  expect(failure.code).toBe("corrupt");
  expect(failure.message).toContain("has 45 points");
  expect(failure.message).toContain("46 to 50");
  expect(await cluster.read("again")).toBeNull();
  expect(await cluster.leftovers()).toEqual([]);
});

test("a collection that turns red is not taken for good", async () => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  const body = { result: { status: "red", optimizer_status: "ok", config: {} }, status: "ok" };
  const fault = { kind: "answer", status: 200, body } as const;
  cluster.fake.fault({ fault, method: "GET", path: /\/collections\/again$/, from: 2 });
  const failure = await failureOf(restore(cluster, snapshot));
  expect(failure.message).toContain("red");
  expect(await cluster.read("again")).toBeNull();
});

test("snapshots of an earlier collection of the target's name outlive a failed restore", async () => {
  await using cluster = await startCluster();
  await cluster.create("again", POINTS);
  const old = await take(cluster, "again");
  await cluster.rest("DELETE", "/collections/again");
  const snapshot = await snapshotOf(cluster);
  cluster.fake.fault({ fault: { kind: "disk-full" }, path: UPLOAD, from: 3, times: 9 });
  expect((await failureOf(restore(cluster, snapshot))).code).toBe("resource-exhausted");
  expect(await cluster.read("again")).toBeNull();
  expect(await cluster.leftovers()).toEqual([]);
  const files = (await Promise.all(cluster.fake.nodes.map((node) => node.files()))).flat();
  for (const { nativeName } of old.parts) expect(files).toContain(`snapshots/again/${nativeName}`);
});

test("a snapshot of which nobody recorded the configuration is restored all the same", async () => {
  await using cluster = await startCluster();
  await using other = await startCluster();
  const snapshot = { ...(await snapshotOf(cluster)), details: null };
  await restore(cluster, snapshot);
  expect(await cluster.read("again")).toEqual(POINTS);
  const reader = await copyOut(cluster, snapshot);
  const source = { kind: "repository", reader } as const;
  const ledger = new Ledger();
  await other.driver.restore(requestOf(other, source, "docs", ledger), contextOf());
  expect(await other.read("docs")).toEqual(POINTS);
  expect(await other.leftovers()).toEqual([]);
});

const PUT_AGAIN = { method: "PUT", path: /^\/collections\/again$/ } as const;

test.each([400, 422])(
  "a configuration that the servers refuse with %i is left to them, and that is told",
  async (status) => {
    await using cluster = await startCluster();
    await cluster.create("docs", POINTS);
    const index = { field_name: "text", field_schema: "keyword" };
    await cluster.rest("PUT", "/collections/docs/index?wait=true", index);
    const snapshot = await take(cluster, "docs");
    const body = {
      status: { error: "Validation error: hnsw_config.m: must be 8 or larger" },
      time: 0,
    };
    cluster.fake.fault({ ...PUT_AGAIN, fault: { kind: "answer", status, body } });
    const { check } = await restore(cluster, snapshot);
    expect(check.findings.join(" ")).toContain("made by them from the snapshot itself");
    expect(check.findings.join(" ")).toContain("must be 8 or larger");
    expect(await cluster.read("again")).toEqual(POINTS);
    expect(await cluster.leftovers()).toEqual([]);
  },
);

test("a collection that is there already is not restored over, however the servers say so", async () => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  const others = pointsFrom(700, 3);
  const body = { status: { error: "Wrong input: Collection `again` already exists!" }, time: 0 };
  cluster.fake.fault({ ...PUT_AGAIN, from: 2, fault: { kind: "answer", status: 400, body } });
  const ledger = new Ledger();
  const record: Ledger["record"] = async (details) => {
    await ledger.record(details);
    if ((await cluster.read("again")) === null) await cluster.create("again", others);
  };
  const request = requestOf(cluster, native(snapshot), "again", ledger, { record });
  const failure = await failureOf(cluster.driver.restore(request, contextOf()));
  expect(failure.code).toBe("already-exists");
  expect(await cluster.read("again")).toEqual(others);
});

test("an index of which a later version tells more is the same index", async () => {
  await using cluster = await startCluster();
  await cluster.create("docs", POINTS);
  const index = { field_name: "text", field_schema: "keyword" };
  await cluster.rest("PUT", "/collections/docs/index?wait=true", index);
  const snapshot = await take(cluster, "docs");
  const [params, points] = [{ type: "keyword", on_disk: null, lookup: true }, POINTS.length];
  await cluster.create("model", []);
  const model = (await cluster.rest("GET", "/collections/model")) as object;
  const result = { ...model, payload_schema: { text: { data_type: "keyword", params, points } } };
  const fault = { kind: "answer", status: 200, body: { result, status: "ok", time: 0 } } as const;
  cluster.fake.fault({ method: "GET", path: /^\/collections\/again$/, fault, times: 99 });
  const { check } = await restore(cluster, snapshot);
  expect(check.findings.join(" ")).toContain("1 payload index(es)");
});

test("a collection that the server made without a mark is never dropped by a recovery", async () => {
  await using cluster = await startCluster();
  await using other = await startCluster();
  const snapshot = { ...(await snapshotOf(cluster)), details: null };
  const source = { kind: "repository", reader: await copyOut(cluster, snapshot) } as const;
  const ledger = new Ledger();
  const mortal = openMortal(other, 2);
  void mortal.driver.restore(requestOf(other, source, "docs", ledger), contextOf());
  await mortal.died;
  const run = { runId: "run0001", target: "docs", earlier: ledger.details };
  const failure = await failureOf(other.driver.recoverRestore(run, contextOf()));
  expect(failure.code).toBe("failed-precondition");
  expect(failure.hint).toContain("Delete the collection");
  await other.rest("DELETE", "/collections/docs");
  expect(await other.driver.recoverRestore(run, contextOf())).toEqual({ kind: "none" });
});

test("an empty collection that somebody makes of that name before we do is left alone", async () => {
  await using cluster = await startCluster();
  const snapshot = await snapshotOf(cluster);
  const ledger = new Ledger();
  const record: Ledger["record"] = async (details) => {
    await ledger.record(details);
    const isThere = (await cluster.read("again")) !== null;
    if (!isThere) await cluster.create("again", []);
  };
  const request = requestOf(cluster, native(snapshot), "again", ledger, { record });
  const failure = await failureOf(cluster.driver.restore(request, contextOf()));
  expect(failure.code).toBe("already-exists");
  const run = { runId: "run0001", target: "again", earlier: ledger.details };
  expect(await cluster.driver.recoverRestore(run, contextOf())).toEqual({ kind: "none" });
  expect(await cluster.read("again")).toEqual([]);
});
