import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import { describe, expect, test } from "vitest";

import {
  copySnapshot,
  driverOf,
  idsOf,
  identityOf,
  makeRows,
  makeTable,
  newFolder,
  openTable,
  quietContext,
  requestOf,
  restore,
} from "./support.ts";

describe("restoring to a new table", () => {
  test("gives the rows and indexes of the snapshot, whatever the source has become", async () => {
    const root = await newFolder();
    const uri = join(root, "data");
    const table = await makeTable(uri, "docs", 1000);
    await table.delete("id < 10");
    await table.createIndex("id");
    await table.createIndex("vector", {
      config: lancedb.Index.ivfPq({ numPartitions: 2, numSubVectors: 4 }),
    });
    const driver = driverOf(uri);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    expect(snapshot.manifest.points).toEqual({ before: 990, after: 990 });
    await table.delete("id < 500");
    await table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });

    const result = await restore(driver, requestOf(snapshot));

    expect(result.check.level).toBe("deep");
    expect(result.check.limitation).toBeNull();
    expect(result.check.findings).toEqual([
      expect.stringMatching(/^All \d+ files were compared with their sha256 hashes\.$/),
      "Reading all rows gave 990, as many as the snapshot recorded.",
      "The indexes of the snapshot are there: id_idx, vector_idx.",
      "3 stored vectors of column vector were found again: 3 by its index.",
    ]);
    expect(result.copiedBytes).toBe(snapshot.manifest.bytes);
    expect(result.targetIdentity).toBe(await identityOf(driver, "docs-restored"));
    expect(result.undo).toContain("Drop the table");
    const restored = await openTable(uri, "docs-restored");
    expect(await idsOf(restored)).toEqual(makeRows(10, 990).map((row) => row.id));
    expect((await restored.listIndices()).length).toBe(2);
    expect((await readdir(join(uri, ".snapform-staging"))).toSorted()).toEqual([
      "restore-run-1.json",
    ]);
  });

  test("makes the folder of the tables where there is none yet", async () => {
    const root = await newFolder();
    await makeTable(join(root, "data"));
    const snapshot = await copySnapshot(driverOf(join(root, "data")), join(root, "vault"));
    const uri = join(root, "new", "place");
    await restore(driverOf(uri), requestOf(snapshot, { target: "docs" }));
    expect(await (await openTable(uri)).countRows()).toBe(300);
  });

  test("overwrites nothing: not a table, not one that appears meanwhile", async () => {
    const root = await newFolder();
    await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const existing = requestOf(snapshot, { target: "docs" });
    await expect(restore(driver, existing)).rejects.toMatchObject({ code: "already-exists" });
    const reader = {
      ...snapshot.reader,
      materialize: async (...args: Parameters<typeof snapshot.reader.materialize>) => {
        await makeTable(root, "docs-restored", 7);
        return snapshot.reader.materialize(...args);
      },
    };
    const raced = requestOf({ ...snapshot, reader });
    await expect(restore(driver, raced)).rejects.toMatchObject({ code: "already-exists" });
    expect(await (await openTable(root, "docs-restored")).countRows()).toBe(7);
    expect(
      await driver.recoverRestore(
        { runId: "run-1", target: "docs-restored", earlier: null },
        quietContext(),
      ),
    ).toEqual({
      kind: "none",
    });
  });

  test("the same run again finds what it has made, also after rows were added", async () => {
    const root = await newFolder();
    await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const first = await restore(driver, requestOf(snapshot));
    const second = await restore(driver, requestOf(snapshot));
    expect(second.targetIdentity).toBe(first.targetIdentity);
    expect(second.copiedBytes).toBe(0);
    expect(second.check.level).toBe("deep");
    await (await openTable(root, "docs-restored")).add(makeRows(1000, 5));
    const third = await restore(driver, requestOf(snapshot));
    expect(third.check.level).toBe("hashes");
    expect(third.check.limitation).toMatch(/written to since/);
    const other = requestOf(snapshot, { runId: "run-2" });
    await expect(restore(driver, other)).rejects.toMatchObject({ code: "already-exists" });
  });

  test("a damaged snapshot never becomes a table", async () => {
    const root = await newFolder();
    await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const file = snapshot.manifest.parts[0]?.files.find((each) => each.path.startsWith("data/"));
    // Verifying bytes is the repository's part; what it lets through must still not be placed.
    await writeFile(join(snapshot.folder, file?.path ?? ""), Buffer.alloc(file?.size ?? 0));
    await expect(restore(driver, requestOf(snapshot))).rejects.toThrow();
    expect(await identityOf(driver, "docs-restored")).toBeNull();
    expect(await readdir(join(root, ".snapform-staging"))).toEqual([]);
  });

  test("without the native library it checks hashes, and refuses to promise more", async () => {
    const root = await newFolder();
    await makeTable(root);
    const loadNative = (): Promise<never> => Promise.reject(new Error("not installed"));
    const driver = driverOf(root, { loadNative });
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    await expect(restore(driver, requestOf(snapshot))).rejects.toMatchObject({
      code: "unimplemented",
      hint: expect.stringMatching(/^Install "@lancedb\/lancedb"/),
    });
    expect(await identityOf(driver, "docs-restored")).toBeNull();
    const { check } = await restore(driver, requestOf(snapshot, { check: "hashes" }));
    expect(check.level).toBe("hashes");
    const identity = await identityOf(driver);
    const request = requestOf(snapshot, {
      runId: "run-2",
      target: "docs",
      procedure: "in-place",
      expectedIdentity: identity,
    });
    await expect(restore(driver, request)).rejects.toMatchObject({
      code: "unimplemented",
      hint: expect.stringContaining("@lancedb/lancedb") as string,
    });
  });

  test("stops when it is cancelled, and leaves nothing", async () => {
    const root = await newFolder();
    await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const stop = new AbortController();
    const reader = {
      ...snapshot.reader,
      materialize: async (...args: Parameters<typeof snapshot.reader.materialize>) => {
        const done = await snapshot.reader.materialize(...args);
        stop.abort();
        return done;
      },
    };
    const request = requestOf({ ...snapshot, reader });
    const stopped = driver.restore(request, quietContext(stop.signal));
    await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
    expect(await readdir(join(root, ".snapform-staging"))).toEqual([]);
  });

  test("refuses names and paths that lead out of the folder", async () => {
    const root = await newFolder();
    await makeTable(join(root, "data"));
    const driver = driverOf(join(root, "data"));
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    for (const target of ["../x", "a/b", ".x", "", "a\\b", "a\0b"]) {
      await expect(restore(driver, requestOf(snapshot, { target }))).rejects.toMatchObject({
        code: "invalid-argument",
      });
    }
    const [part] = snapshot.manifest.parts;
    const files = [...(part?.files ?? []), { path: "../evil", size: 1, hash: "00" }];
    const manifest = { ...snapshot.manifest, parts: [{ name: "data", files, details: null }] };
    const reader = { ...snapshot.reader, manifest };
    await expect(restore(driver, requestOf({ ...snapshot, reader }))).rejects.toMatchObject({
      code: "corrupt",
    });
    await mkdir(join(root, "still-empty"));
  });
});

describe("the deep check", () => {
  test("is not misled by metrics and vectors for which a row is not its own neighbour", async () => {
    const root = await newFolder();
    const db = await lancedb.connect(root);
    // Fifty equal vectors, then ever longer ones, which an inner product likes better.
    const rows = Array.from({ length: 600 }, (_, id) => ({
      id,
      "my vector": [1, 1, id < 50 ? 1 : id, 1],
      "other vector": [Math.sin(id), Math.cos(id), 0, 0],
    }));
    const table = await db.createTable("docs", rows);
    for (const [column, distanceType] of [
      ["my vector", "dot"],
      ["other vector", "cosine"],
    ] as const) {
      const options = { numPartitions: 1, distanceType };
      await table.createIndex(column, { config: lancedb.Index.ivfFlat(options) });
    }
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const { check } = await restore(driver, requestOf(snapshot));
    expect(check.findings.slice(-2)).toEqual([
      "3 stored vectors of column my vector were found again: 3 by an exact search.",
      "3 stored vectors of column other vector were found again: 3 by its index.",
    ]);
  });

  test("fails where an index cannot be read", async () => {
    const root = await newFolder();
    const table = await makeTable(root, "docs", 600);
    await table.createIndex("vector", { config: lancedb.Index.ivfFlat({ numPartitions: 2 }) });
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const index = snapshot.manifest.parts[0]?.files.find((each) => each.path.endsWith("index.idx"));
    await writeFile(join(snapshot.folder, index?.path ?? ""), Buffer.alloc(index?.size ?? 0));
    await expect(restore(driver, requestOf(snapshot))).rejects.toMatchObject({ code: "corrupt" });
    expect(await identityOf(driver, "docs-restored")).toBeNull();
  });
});

describe("checking a live table against a manifest", () => {
  test("says that it is the same, that it has changed, or that it is damaged", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    await table.createIndex("id");
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const check = (level: "hashes" | "count" | "deep") =>
      driver.check("docs", snapshot.manifest, level, quietContext());
    expect((await check("hashes")).findings).toHaveLength(1);
    expect((await check("deep")).findings).toHaveLength(4);
    await table.add(makeRows(300, 1));
    await expect(check("hashes")).rejects.toMatchObject({ code: "failed-precondition" });
    await table.checkout(2);
    await table.restore();
    expect((await check("count")).level).toBe("count");
    const data = snapshot.manifest.parts[0]?.files.find((each) => each.path.startsWith("data/"));
    await writeFile(join(root, "docs.lance", data?.path ?? ""), Buffer.alloc(data?.size ?? 0));
    await expect(check("hashes")).rejects.toMatchObject({ code: "corrupt" });
  });

  test("takes hashes of another kind from whoever knows them", async () => {
    const root = await newFolder();
    await makeTable(root);
    const { manifest } = await copySnapshot(driverOf(root), join(root, "vault"));
    const foreign = { ...manifest, hash: "blake3" as const };
    const unknown = await driverOf(root).check("docs", foreign, "count", quietContext());
    expect(unknown).toMatchObject({ level: "hashes", findings: [] });
    expect(unknown.limitation).toMatch(/blake3 cannot be computed/);
    const { createHash } = await import("node:crypto");
    const startHash = () => {
      const hash = createHash("sha256");
      return Promise.resolve({
        update: (bytes: Uint8Array) => hash.update(bytes),
        digest: () => hash.digest("hex"),
      });
    };
    const known = await driverOf(root, { startHash }).check(
      "docs",
      foreign,
      "count",
      quietContext(),
    );
    expect(known).toMatchObject({ level: "count", limitation: null });
  });
});
