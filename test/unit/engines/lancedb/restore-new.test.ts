import { mkdir, readdir } from "node:fs/promises";
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
      "3 stored vectors of column vector were found again by its index.",
    ]);
    expect(result.copiedBytes).toBe(snapshot.manifest.bytes);
    expect(result.targetIdentity).toBe(await identityOf(driver, "docs-restored"));
    expect(result.undo).toContain("Drop the table");
    const restored = await openTable(uri, "docs-restored");
    expect(await idsOf(restored)).toEqual(makeRows(10, 990).map((row) => row.id));
    expect((await restored.listIndices()).length).toBe(2);
  });
});
