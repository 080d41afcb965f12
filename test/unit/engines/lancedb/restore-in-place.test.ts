import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import { describe, expect, test } from "vitest";

import type { RestoreRequest } from "../../../../src/engine/driver.ts";
import { realFs } from "../../../../src/engines/lancedb/fs.ts";
import { loadInstalledNative } from "../../../../src/engines/lancedb/native.ts";
import { listVersions, manifestPath } from "../../../../src/engines/lancedb/versions.ts";
import {
  copySnapshot,
  driverOf,
  filesBelow,
  idsOf,
  identityOf,
  makeRows,
  makeTable,
  newFolder,
  openTable,
  quietContext,
  requestOf,
  restore,
  scanCount,
  type CopiedSnapshot,
} from "./support.ts";
import { startWriter } from "./writer-process.ts";

async function inPlace(
  driver: ReturnType<typeof driverOf>,
  snapshot: CopiedSnapshot,
  more: Partial<RestoreRequest> = {},
): Promise<RestoreRequest> {
  const expectedIdentity = await identityOf(driver);
  const target = "docs";
  return requestOf(snapshot, { target, procedure: "in-place", expectedIdentity, ...more });
}

/** Removes every file that only old versions name. */
async function cleanUp(table: lancedb.Table): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("restoring onto the live table", () => {
  test("brings back rows and indexes although all their files were cleaned up", async () => {
    const root = await newFolder();
    const table = await makeTable(root, "docs", 1000);
    await table.createIndex("vector", {
      config: lancedb.Index.ivfPq({ numPartitions: 2, numSubVectors: 4 }),
    });
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const held = await openTable(root);
    await table.delete("id >= 100");
    await cleanUp(table);
    const before = await filesBelow(join(root, "docs.lance"));
    const left = (snapshot.manifest.parts[0]?.files ?? []).filter((file) => before[file.path]);
    expect(left).toEqual([]);
    const versionBefore = await table.version();

    const result = await restore(driver, await inPlace(driver, snapshot));

    expect(result.check.level).toBe("deep");
    expect(result.copiedBytes).toBe(snapshot.manifest.bytes);
    expect(await scanCount(held)).toBe(1000);
    const after = await filesBelow(join(root, "docs.lance"));
    const { "_versions/latest_version_hint.json": _hint, ...kept } = before;
    expect(after).toMatchObject(kept);
    // The old handle goes on writing, on top of what was restored.
    await table.checkoutLatest();
    await table.add(makeRows(5000, 1));
    expect(await scanCount(held)).toBe(1001);
    // The sentence of the undo holds.
    expect(result.undo).toContain(`checkout(${versionBefore})`);
    await table.checkout(versionBefore);
    await table.restore();
    expect(await scanCount(held)).toBe(100);
    await cleanUp(table);
    expect(await scanCount(await openTable(root))).toBe(100);
  });

  test("copies only what is missing, and nothing when all is there", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    await table.delete("id < 100");
    const result = await restore(driver, await inPlace(driver, snapshot));
    expect(result.copiedBytes).toBe(0);
    expect(await scanCount(await openTable(root))).toBe(300);
    const version = await (await openTable(root)).version();
    const again = await restore(driver, await inPlace(driver, snapshot));
    expect(again.check.findings[0]).toMatch(/earlier attempt/);
    expect(await (await openTable(root)).version()).toBe(version);
  });

  test("knows unchanged files by inode and time, and reads those that were put there", async () => {
    const root = await newFolder();
    const table = await makeTable(root, "docs", 300);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    await table.delete("id >= 100");
    const result = await restore(driver, await inPlace(driver, snapshot));
    expect(result.check.findings.join(" ")).toMatch(/^\d+ files are the very ones .* 0 files were/);
    // The same bytes as another file: they are read again.
    const [file] =
      snapshot.manifest.parts[0]?.files.filter((f) => f.path.startsWith("data/")) ?? [];
    const place = join(root, "docs.lance", file?.path ?? "");
    const bytes = await readFile(place);
    await rm(place);
    await writeFile(place, bytes);
    const again = await restore(driver, await inPlace(driver, snapshot, { runId: "again" }));
    expect(again.check.findings.join(" ")).toContain("; 1 files were compared");
  });

  test("is exact under a writer that appends all the time", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    let isDone = false;
    const writer = (async () => {
      let failureCount = 0;
      for (let id = 1000; !isDone; id += 1) {
        try {
          await table.add(makeRows(id, 1));
        } catch {
          failureCount += 1;
        }
      }
      return failureCount;
    })();
    for (let run = 0; run < 5; run += 1) {
      const request = await inPlace(driver, snapshot, { runId: `run-${run}`, check: "deep" });
      await restore(driver, request).catch((error: unknown) => {
        expect(error).toMatchObject({ code: "aborted", retryable: true });
      });
    }
    isDone = true;
    await writer;
    const ids = await idsOf(await openTable(root));
    expect(ids.slice(0, 300)).toEqual(makeRows(0, 300).map((row) => row.id));
    expect(new Set(ids).size).toBe(ids.length);
    // Everything after the last roll is there, without gaps.
    const added = ids.slice(300);
    expect(added).toEqual(added.map((_, index) => (added[0] ?? 0) + index));
  });

  test("leaves the open handle of a writer in another process right", async () => {
    const root = await newFolder();
    await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const writer = await startWriter(root, "append");
    const later = async (): Promise<void> => {
      const count = writer.roundCount();
      while (writer.roundCount() < count + 3) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await later();
    const { check } = await restore(driver, await inPlace(driver, snapshot));
    await later();
    await writer.stop();
    expect(check.findings.at(-1)).toMatch(/conflict until they call checkoutLatest\(\)/);
    expect(writer.refusedCount()).toBe(1);
    const ids = await idsOf(await openTable(root));
    expect(ids.slice(0, 300)).toEqual(makeRows(0, 300).map((row) => row.id));
    // What it had written before is gone, what it wrote afterwards is there.
    const added = ids.slice(300);
    expect(added.length).toBeGreaterThan(0);
    expect(added[0]).toBeGreaterThan(1_000_020);
    expect(new Set(added).size).toBe(added.length);
  });

  test("refuses a table that was dropped and made anew, and names the way out", async () => {
    const root = await newFolder();
    await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const db = await lancedb.connect(root);
    await db.dropTable("docs");
    const table = await makeTable(root, "docs", 7);
    const attempt = async (runId: string): Promise<unknown> =>
      restore(driver, await inPlace(driver, snapshot, { runId }));
    await expect(attempt("a")).rejects.toMatchObject({
      code: "failed-precondition",
      message: expect.stringContaining("dropped and recreated") as string,
      hint: expect.stringContaining("ifExists: replace") as string,
    });
    // Also once the version that would tell has been cleaned up.
    for (let more = 0; more < 3; more += 1) await table.add(makeRows(10 + more, 1));
    await cleanUp(table);
    expect((await listVersions(join(root, "docs.lance"))).at(-1)?.version).toBeGreaterThan(1);
    await expect(attempt("b")).rejects.toMatchObject({ code: "failed-precondition" });
    expect(await (await openTable(root)).countRows()).toBe(10);
  });

  test("knows the table by other versions when the snapshot's own is gone", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    for (let more = 0; more < 5; more += 1) await table.add(makeRows(300 + more, 1));
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const own = (snapshot.manifest.details as { manifestPath: string }).manifestPath;
    await table.add(makeRows(400, 1));
    await rm(join(root, "docs.lance", own));
    const details = { ...(snapshot.manifest.details as object), datasetIdentity: "dir-other" };
    const reader = { ...snapshot.reader, manifest: { ...snapshot.manifest, details } };
    await restore(driver, await inPlace(driver, { ...snapshot, reader }));
    expect(await scanCount(await openTable(root))).toBe(305);
  });

  test("puts a manifest back under the way of naming that the table has by now", async () => {
    const root = await newFolder();
    await makeTable(root);
    const folder = join(root, "docs.lance");
    await rename(join(folder, manifestPath(1, true)), join(folder, manifestPath(1, false)));
    await rm(join(folder, "_versions", "latest_version_hint.json"), { force: true });
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const { manifestPath: path } = snapshot.manifest.details as { manifestPath: string };
    expect(path).toBe("_versions/1.manifest");
    const copy = await restore(driver, requestOf(snapshot, { runId: "copy" }));
    expect(copy.check.level).toBe("deep");
    await rename(join(folder, manifestPath(1, false)), join(folder, manifestPath(1, true)));
    await (await openTable(root)).delete("id < 100");
    await rm(join(folder, manifestPath(1, true)));
    await restore(driver, await inPlace(driver, snapshot));
    expect(await scanCount(await openTable(root))).toBe(300);
    expect(Object.keys(await filesBelow(folder))).not.toContain("_versions/1.manifest");
  });

  test("does not roll back to what fails its check", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    await table.delete("id < 100");
    const manifest = { ...snapshot.manifest, points: { before: 5, after: 5 } };
    const reader = { ...snapshot.reader, manifest };
    const request = await inPlace(driver, { ...snapshot, reader });
    await expect(restore(driver, request)).rejects.toMatchObject({
      code: "corrupt",
      outcomeUnknown: false,
    });
    expect(await scanCount(await openTable(root))).toBe(200);
    expect(await (await openTable(root)).version()).toBe(2);
  });

  test("says that the outcome is unknown when it failed after the roll", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    const snapshot = await copySnapshot(driverOf(root), join(root, "vault"));
    await table.delete("id < 100");
    let isRolled = false;
    const loadNative = async () => {
      isRolled = true;
      return loadInstalledNative();
    };
    const sync = (path: string): Promise<void> =>
      isRolled && path.endsWith(".manifest")
        ? Promise.reject(Object.assign(new Error("I/O error"), { code: "EIO" }))
        : realFs.sync(path);
    const driver = driverOf(root, { fs: { ...realFs, sync }, loadNative });
    const request = await inPlace(driver, snapshot);
    await expect(restore(driver, request)).rejects.toMatchObject({ outcomeUnknown: true });
    const again = await restore(driverOf(root), request);
    expect(again.check.findings[0]).toMatch(/earlier attempt/);
    expect(await scanCount(await openTable(root))).toBe(300);
  });

  test("refuses when the plan saw another table", async () => {
    const root = await newFolder();
    await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const request = await inPlace(driver, snapshot, { expectedIdentity: "dir-other" });
    await expect(restore(driver, request)).rejects.toMatchObject({ code: "failed-precondition" });
  });

  test("never touches a file that is damaged, but says which one", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    await table.delete("id < 5");
    const file = snapshot.manifest.parts[0]?.files.find((each) => each.path.startsWith("data/"));
    const path = join(root, "docs.lance", file?.path ?? "");
    const whole = await readFile(path);
    for (const bytes of [Buffer.alloc(whole.length), whole.subarray(10)]) {
      await writeFile(path, bytes);
      await expect(restore(driver, await inPlace(driver, snapshot))).rejects.toMatchObject({
        code: "corrupt",
        message: expect.stringContaining(file?.path ?? "?") as string,
      });
      expect(await readFile(path)).toEqual(bytes);
    }
    expect(await readdir(join(root, ".snapform-staging"))).toEqual([]);
    expect(
      await driver.recoverRestore(
        { runId: "run-1", target: "docs", earlier: null },
        quietContext(),
      ),
    ).toEqual({ kind: "none" });
  });

  test("compares with the repository's bytes where it does not know the hash", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    await table.delete("id < 5");
    const manifest = { ...snapshot.manifest, hash: "blake3" as const };
    const reader = { ...snapshot.reader, manifest };
    await restore(driver, await inPlace(driver, { ...snapshot, reader }));
    expect(await scanCount(await openTable(root))).toBe(300);
  });
});
