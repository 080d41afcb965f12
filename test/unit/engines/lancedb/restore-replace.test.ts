import { access, rename } from "node:fs/promises";
import { join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import { describe, expect, test } from "vitest";

import { systemClock } from "../../../../src/clock/system-clock.ts";
import {
  copySnapshot,
  driverOf,
  identityOf,
  makeTable,
  newFolder,
  openTable,
  quietContext,
  requestOf,
  restore,
  scanCount,
} from "./support.ts";

async function recreated(): Promise<{
  root: string;
  driver: ReturnType<typeof driverOf>;
  snapshot: Awaited<ReturnType<typeof copySnapshot>>;
}> {
  const root = await newFolder();
  await makeTable(root);
  const driver = driverOf(root);
  const snapshot = await copySnapshot(driver, join(root, "vault"));
  await (await lancedb.connect(root)).dropTable("docs");
  await makeTable(root, "docs", 7);
  return { root, driver, snapshot };
}

describe("restoring over another table of that name", () => {
  test("puts the snapshot in its place and keeps what was there for undo", async () => {
    const { root, driver, snapshot } = await recreated();
    const expectedIdentity = await identityOf(driver);
    const request = requestOf(snapshot, { target: "docs", procedure: "replace", expectedIdentity });
    const result = await restore(driver, request);
    expect(result.targetIdentity).not.toBe(expectedIdentity);
    expect(result.check.level).toBe("deep");
    expect(result.check.findings.at(-1)).toMatch(/must be reopened/);
    expect(await scanCount(await openTable(root))).toBe(300);
    const aside = join(root, ".snapform-replaced", "docs-run-1");
    expect(result.undo).toContain(aside);
    expect((await (await lancedb.connect(root)).tableNames()).toSorted()).toEqual(["docs"]);
    // The sentence of the undo holds.
    await (await lancedb.connect(root)).dropTable("docs");
    await rename(aside, join(root, "docs.lance"));
    expect(await scanCount(await openTable(root))).toBe(7);
    expect(await identityOf(driver)).toBe(expectedIdentity);
  });

  test("refuses when the table is not the one that the plan saw", async () => {
    const { root, driver, snapshot } = await recreated();
    for (const expectedIdentity of [null, "dir-other"]) {
      const request = requestOf(snapshot, {
        target: "docs",
        procedure: "replace",
        expectedIdentity,
      });
      await expect(restore(driver, request)).rejects.toMatchObject({ code: "failed-precondition" });
    }
    expect(await scanCount(await openTable(root))).toBe(7);
  });

  test("puts a table back that was swapped for another one while it was built", async () => {
    const { root, driver, snapshot } = await recreated();
    const expectedIdentity = await identityOf(driver);
    const reader = {
      ...snapshot.reader,
      materialize: async (...args: Parameters<typeof snapshot.reader.materialize>) => {
        await (await lancedb.connect(root)).dropTable("docs");
        await makeTable(root, "docs", 9);
        return snapshot.reader.materialize(...args);
      },
    };
    const request = requestOf(
      { ...snapshot, reader },
      { target: "docs", procedure: "replace", expectedIdentity },
    );
    await expect(restore(driver, request)).rejects.toMatchObject({ code: "failed-precondition" });
    expect(await scanCount(await openTable(root))).toBe(9);
  });

  test("the sweep forgets the replaced table after a week, and only then", async () => {
    const { root, driver, snapshot } = await recreated();
    const expectedIdentity = await identityOf(driver);
    const request = requestOf(snapshot, { target: "docs", procedure: "replace", expectedIdentity });
    await restore(driver, request);
    const aside = join(root, ".snapform-replaced", "docs-run-1");
    await driver.sweep(quietContext());
    await access(aside);
    const later = new Date(Date.now() + 8 * 24 * 3600 * 1000);
    const clock = { ...systemClock, now: () => later };
    await driverOf(root, { clock }).sweep(quietContext());
    await expect(access(aside)).rejects.toThrow();
    await expect(access(join(root, ".snapform-staging"))).rejects.toThrow();
    expect(await scanCount(await openTable(root))).toBe(300);
  });
});
