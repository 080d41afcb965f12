import { join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import { describe, expect, onTestFinished, test } from "vitest";

import { systemClock } from "../../../../src/clock/system-clock.ts";
import type { Capture, EngineDriver } from "../../../../src/engine/driver.ts";
import { openFilesystemRepository } from "../../../../src/repository/filesystem/index.ts";
import { createHasher } from "../../../../src/repository/filesystem/hasher.ts";
import type { Repository } from "../../../../src/repository/repository.ts";
import type { HashName, Manifest } from "../../../../src/snapshot/manifest.ts";
import {
  driverOf,
  identityOf,
  makeRows,
  makeTable,
  newFolder,
  openTable,
  quietContext,
  scanCount,
} from "../../../unit/engines/lancedb/support.ts";

async function openVault(path: string, hash: HashName): Promise<Repository> {
  const repository = await openFilesystemRepository({
    name: "vault",
    path,
    hash,
    undoMs: 0,
    clock: systemClock,
    expectedId: null,
    create: true,
  });
  onTestFinished(() => repository.close());
  return repository;
}

async function store(
  driver: EngineDriver,
  vault: Repository,
  id: string,
  previous: readonly Manifest[] = [],
): Promise<Manifest> {
  const request = { snapshotId: id, collection: "docs", previous };
  const capture = (await driver.capture?.(request, quietContext())) as Capture;
  try {
    const draft = {
      ...capture.draft,
      id,
      owner: { project: "test", lineage: "l", address: "snapshot.test" },
      cluster: "local",
      collection: "docs",
      engine: "lancedb",
      startedAt: "2026-01-01T00:00:00.000Z",
      scheduledFor: null,
      description: null,
      keepUntil: null,
      native: null,
    };
    return await vault.write({ draft, parts: capture.parts }, quietContext());
  } finally {
    await capture.close();
  }
}

describe("LanceDB tables in a filesystem repository", () => {
  test.each(["sha256", "blake3"] as const)(
    "are taken incrementally and come back in every way, hashed by %s",
    async (hash) => {
      const root = await newFolder();
      const uri = join(root, "data");
      const table = await makeTable(uri, "docs", 2000);
      await table.createIndex("vector", {
        config: lancedb.Index.ivfPq({ numPartitions: 2, numSubVectors: 4 }),
      });
      const startHash = (name: HashName) => createHasher(name);
      const driver = driverOf(uri, { startHash });
      const vault = await openVault(join(root, "vault"), hash);

      const first = await store(driver, vault, "s-1");
      await table.add(makeRows(2000, 10));
      const second = await store(driver, vault, "s-2", [first]);
      expect(second.newBytes).toBeLessThan(second.bytes / 5);
      expect((await driver.check("docs", second, "deep", quietContext())).limitation).toBeNull();

      const key = { cluster: "local", collection: "docs", id: "s-1" };
      const source = { kind: "repository", reader: await vault.reader(key) } as const;
      const plain = { route: [], aliases: false, earlier: null, record: () => Promise.resolve() };
      const base = { ...plain, source, target: "docs", check: "deep" } as const;
      const expectedIdentity = await identityOf(driver);
      await driver.restore(
        { ...base, runId: "a", procedure: "in-place", expectedIdentity },
        quietContext(),
      );
      expect(await scanCount(await openTable(uri))).toBe(2000);
      await driver.restore(
        { ...base, runId: "b", procedure: "replace", expectedIdentity },
        quietContext(),
      );
      expect(await scanCount(await openTable(uri))).toBe(2000);
      const result = await driver.restore(
        { ...base, runId: "c", target: "copy", procedure: "new", expectedIdentity: null },
        quietContext(),
      );
      expect(result.check.level).toBe("deep");
      expect(result.copiedBytes).toBe(first.bytes);
      expect(await scanCount(await openTable(uri, "copy"))).toBe(2000);
    },
  );
});
