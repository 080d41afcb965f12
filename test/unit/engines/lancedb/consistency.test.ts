import { cp, link, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import { describe, expect, test } from "vitest";

import type { Capture } from "../../../../src/engine/driver.ts";
import type { LancedbOptions } from "../../../../src/engines/lancedb/driver.ts";
import { rowCountOf } from "../../../../src/engines/lancedb/lance-version.ts";
import { readNewest } from "../../../../src/engines/lancedb/table.ts";
import { driverOf, makeTable, newFolder, quietContext } from "./support.ts";
import { startWriter } from "./writer-process.ts";

/** Reads every row of a folder as a table of its own; what is torn gives a text. */
async function faultOf(folder: string, expected: number | null): Promise<string | null> {
  try {
    const { version } = await readNewest(folder, "copy");
    const table = await (await lancedb.connect(dirname(folder))).openTable("copy");
    let count = 0;
    for await (const batch of table.query().select(["id", "vector"])) count += batch.numRows;
    table.close();
    const wanted = expected ?? rowCountOf(version);
    return count === wanted ? null : `${count} rows instead of ${wanted}`;
  } catch (error) {
    return String(error);
  }
}

/** The files of a capture under their paths in a folder of their own, by links or by reading. */
async function layOut(capture: Capture, folder: string): Promise<void> {
  for (const file of capture.parts[0]?.files ?? []) {
    const to = join(folder, file.path);
    await mkdir(dirname(to), { recursive: true });
    if (file.localPath !== undefined) await link(file.localPath, to);
    else await writeFile(to, await file.open(0, new AbortController().signal));
  }
}

/** Takes `count` snapshots while the writer works; the torn ones by what is wrong with them. */
async function takeMany(
  mode: "append" | "churn",
  count: number,
  options: Partial<LancedbOptions> = {},
): Promise<{ torn: string[]; versions: Set<unknown>; rounds: number }> {
  const root = await newFolder();
  const uri = join(root, "data");
  await makeTable(uri);
  const driver = driverOf(uri, options);
  const writer = await startWriter(uri, mode);
  const torn: string[] = [];
  const versions = new Set<unknown>();
  for (let taken = 0; taken < count; taken += 1) {
    const request = { snapshotId: `s-${taken}`, collection: "docs", previous: [] };
    const capture = (await driver.capture?.(request, quietContext())) as Capture;
    versions.add((capture.draft.details as { version: number }).version);
    const folder = join(root, `out-${taken}`, "copy.lance");
    // The slow part of a snapshot: compaction and cleanup go on meanwhile.
    await new Promise((resolve) => setTimeout(resolve, taken % 10 === 0 ? 30 : 0));
    await layOut(capture, folder);
    await capture.close();
    const fault = await faultOf(folder, capture.draft.points?.after ?? null);
    if (fault !== null) torn.push(fault);
    await rm(dirname(folder), { recursive: true });
  }
  const rounds = writer.roundCount();
  await writer.stop();
  const staging = (await readdir(uri)).filter((name) => name === ".snapform-staging");
  const left = staging.length > 0 ? await readdir(join(uri, ".snapform-staging")) : [];
  expect(left).toEqual([]);
  return { torn, versions, rounds };
}

describe("snapshots while another process writes", { timeout: 180_000 }, () => {
  test.each([
    ["append", 60],
    ["churn", 60],
  ] as const)("%s: all of %d are consistent", async (mode, count) => {
    const { torn, versions, rounds } = await takeMany(mode, count);
    expect(torn).toEqual([]);
    // A canary: the writer was really at work.
    expect(versions.size).toBeGreaterThan(count / 4);
    expect(rounds).toBeGreaterThan(count / 4);
  });

  test("they are consistent without hard links, too", async () => {
    const { torn, versions } = await takeMany("churn", 25, { canLink: false });
    expect(torn).toEqual([]);
    expect(versions.size).toBeGreaterThan(5);
  });

  test("a plain recursive copy is torn: the test would see it", async () => {
    const root = await newFolder();
    const uri = join(root, "data");
    await makeTable(uri);
    const writer = await startWriter(uri, "churn");
    const endsAt = performance.now() + 8000;
    let fault: string | null = null;
    let count = 0;
    while (fault === null && performance.now() < endsAt) {
      const folder = join(root, `naive-${count}`, "copy.lance");
      count += 1;
      fault = await cp(join(uri, "docs.lance"), folder, { recursive: true }).then(
        () => faultOf(folder, null),
        (error: unknown) => String(error),
      );
    }
    await writer.stop();
    expect(fault, `none of ${count} copies was torn`).not.toBeNull();
  });
});
