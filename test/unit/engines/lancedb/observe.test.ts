import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import type * as Arrow from "apache-arrow";
import { describe, expect, test } from "vitest";

import type { EngineDriver } from "../../../../src/engine/driver.ts";
import { manifestPath } from "../../../../src/engines/lancedb/versions.ts";
import type { ObservedCollection } from "../../../../src/snapshot/inventory.ts";
import {
  copySnapshot,
  driverOf,
  makeTable,
  newFolder,
  quietContext,
  requestOf,
  restore,
  openTable,
  scanCount,
} from "./support.ts";

// The classes that LanceDB itself uses: it does not know large types of another copy.
const arrow = createRequire(import.meta.url)("apache-arrow") as typeof Arrow;

async function see(driver: EngineDriver, name: string): Promise<ObservedCollection | undefined> {
  const { collections } = await driver.observe(quietContext());
  return collections.find((each) => each.name === name);
}

/** Sets the reader feature flags in a manifest (field 9, a varint below 128 in its own tag). */
async function setReaderFlags(folder: string, version: number, flags: number): Promise<void> {
  const path = join(folder, manifestPath(version, true));
  const bytes = await readFile(path);
  const footer = bytes.subarray(bytes.length - 16);
  const position = Number(footer.readBigInt64LE(0));
  const length = bytes.readUInt32LE(position);
  const message = bytes.subarray(position + 4, position + 4 + length);
  const extended = Buffer.concat([message, Buffer.from([9 << 3, flags])]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(extended.length);
  await writeFile(path, Buffer.concat([bytes.subarray(0, position), size, extended, footer]));
}

describe("observing a folder of tables", () => {
  test("shows names, identities, points, bytes and the writer", async () => {
    const root = await newFolder();
    const table = await makeTable(root, "docs", 300);
    await table.delete("id < 10");
    await makeTable(root, "b-2", 5);
    await writeFile(join(root, "note.lance"), "a file is no table");
    await mkdir(join(root, ".hidden.lance"));
    const seen = await driverOf(root).observe(quietContext());
    expect(seen.identity).toMatch(/^dir-[0-9a-f]{16}$/);
    expect(seen.version).toMatch(/^lance \d+/);
    expect(seen.collections.map((each) => each.name)).toEqual(["b-2", "docs"]);
    const docs = seen.collections[1];
    expect(docs).toMatchObject({ points: 290, aliases: [], problem: null });
    expect(docs?.bytes).toBeGreaterThan(300 * 16 * 4);
    expect(docs?.identity).not.toBe(seen.collections[0]?.identity);
  });

  test("finds no tables and no identity where there is no folder", async () => {
    const root = await newFolder();
    expect(await driverOf(join(root, "none")).observe(quietContext())).toMatchObject({
      identity: null,
      version: null,
      collections: [],
    });
  });

  test("refuses a path that is a file", async () => {
    const root = await newFolder();
    await writeFile(join(root, "file"), "");
    await expect(driverOf(join(root, "file")).observe(quietContext())).rejects.toMatchObject({
      code: "failed-precondition",
    });
  });

  test("gives a table that was dropped and made anew another identity", async () => {
    const root = await newFolder();
    await makeTable(root);
    const driver = driverOf(root);
    const first = await see(driver, "docs");
    await (await lancedb.connect(root)).dropTable("docs");
    await makeTable(root);
    const second = await see(driver, "docs");
    expect(second?.identity).not.toBe(first?.identity);
    await (await lancedb.connect(root)).openTable("docs").then((table) => table.delete("id = 1"));
    expect((await see(driver, "docs"))?.identity).toBe(second?.identity);
  });

  test("shows a damaged manifest as a problem of its table alone", async () => {
    const root = await newFolder();
    await makeTable(root, "bad");
    await makeTable(root, "good");
    await writeFile(join(root, "bad.lance", manifestPath(9, true)), "garbage");
    await mkdir(join(root, "empty.lance"));
    const driver = driverOf(root);
    expect((await see(driver, "bad"))?.problem).toEqual({
      code: "corrupt",
      message: `table "bad": ${manifestPath(9, true)}: the file is too short`,
    });
    expect((await see(driver, "good"))?.problem).toBeNull();
    expect((await see(driver, "empty"))?.problem?.code).toBe("not-found");
  });

  test("counts and captures tables whose names LanceDB itself does not open", async () => {
    const root = await newFolder();
    await makeTable(root);
    await cp(join(root, "docs.lance"), join(root, "späte notes.lance"), { recursive: true });
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"), { collection: "späte notes" });
    const target = "Grüße an alle";
    const deep = restore(driver, requestOf(snapshot, { target }));
    await expect(deep).rejects.toMatchObject({ code: "unimplemented" });
    const result = await restore(driver, requestOf(snapshot, { target, check: "hashes" }));
    expect(result.check.level).toBe("hashes");
    expect((await see(driver, target))?.points).toBe(300);
  });
});

describe("what cannot be snapshotted", () => {
  const cases: readonly [string, RegExp, (root: string) => Promise<void>][] = [
    [
      "unknown reader features",
      /does not know \(64\)/,
      (root) => setReaderFlags(join(root, "docs.lance"), 1, 64),
    ],
    [
      "a branch",
      /branches/,
      async (root) => {
        await (await (await openTable(root)).branches()).create("try");
      },
    ],
    [
      "a write-ahead log",
      /write-ahead log/,
      async (root) => {
        await mkdir(join(root, "docs.lance", "_mem_wal", "shard"), { recursive: true });
      },
    ],
    [
      "a shallow clone",
      /shallow clone/,
      async (root) => {
        const db = await lancedb.connect(root);
        await rename(join(root, "docs.lance"), join(root, "source.lance"));
        await db.cloneTable("docs", join(root, "source.lance"));
      },
    ],
  ];

  test.each(cases)("%s is a problem by name, and capture refuses it", async (_, text, make) => {
    const root = await newFolder();
    await makeTable(root);
    await make(root);
    const driver = driverOf(root);
    const problem = (await see(driver, "docs"))?.problem;
    expect(problem?.code).toBe("unimplemented");
    expect(problem?.message).toMatch(text);
    await expect(copySnapshot(driver, join(root, "vault"))).rejects.toMatchObject({
      code: "unimplemented",
      message: expect.stringMatching(text) as string,
    });
    expect((await driver.observe(quietContext())).collections.length).toBeGreaterThan(0);
  });

  test("tags do not matter", async () => {
    const root = await newFolder();
    const table = await makeTable(root);
    await (await table.tags()).create("v1", 1);
    const driver = driverOf(root);
    expect((await see(driver, "docs"))?.problem).toBeNull();
    await copySnapshot(driver, join(root, "vault"));
  });
});

describe("unusual tables", () => {
  test("blob columns come with what they keep beside the data files", async () => {
    const root = await newFolder();
    const db = await lancedb.connect(root);
    const parts = [
      new arrow.Field("data", new arrow.LargeBinary(), true),
      new arrow.Field("uri", new arrow.Utf8(), true),
    ];
    const extension = new Map([["ARROW:extension:name", "lance.blob.v2"]]);
    const table = await db.createEmptyTable(
      "docs",
      new arrow.Schema([
        new arrow.Field("id", new arrow.Int32(), true),
        new arrow.Field("blob", new arrow.Struct(parts), true, extension),
      ]),
    );
    await table.add([{ id: 1, blob: { data: new Uint8Array(9_000_000).fill(7), uri: null } }]);
    const driver = driverOf(root);
    const snapshot = await copySnapshot(driver, join(root, "vault"));
    const paths = (snapshot.manifest.parts[0]?.files ?? []).map((file) => file.path);
    expect(paths.filter((path) => path.endsWith(".blob"))).toHaveLength(1);
    expect(snapshot.manifest.bytes).toBeGreaterThan(9_000_000);
    await db.dropTable("docs");
    await restore(driver, requestOf(snapshot));
    expect(await scanCount(await openTable(root, "docs-restored"))).toBe(1);
  });

  test("a table's folder may be a link to another one", async () => {
    const root = await newFolder();
    const elsewhere = await newFolder();
    await makeTable(elsewhere);
    await symlink(join(elsewhere, "docs.lance"), join(root, "docs.lance"));
    const snapshot = await copySnapshot(driverOf(root), join(root, "vault"));
    await rm(join(root, "docs.lance"));
    expect(snapshot.manifest.points?.after).toBe(300);
  });
});
