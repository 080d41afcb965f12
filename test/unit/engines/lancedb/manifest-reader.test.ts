import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import * as arrow from "apache-arrow";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { rowCountOf } from "../../../../src/engines/lancedb/lance-version.ts";
import { parseManifestFile } from "../../../../src/engines/lancedb/manifest-file.ts";
import { schemaOf } from "../../../../src/engines/lancedb/schema.ts";
import { readNewest } from "../../../../src/engines/lancedb/table.ts";
import { contentFiles } from "../../../../src/engines/lancedb/version-files.ts";
import {
  listVersions,
  manifestPath,
  parseManifestName,
} from "../../../../src/engines/lancedb/versions.ts";
import { isSnapformError } from "../../../../src/errors/index.ts";
import { filesBelow, makeRows, makeTable, newFolder } from "./support.ts";

const seed = Number(process.env["SNAPFORM_SEED"] ?? 20260101);

/** What the library itself says of the newest version, beside what the reader says. */
async function compare(table: lancedb.Table, folder: string): Promise<void> {
  const latest = (await table.listVersions()).at(-1);
  const { version } = await readNewest(folder, "docs");
  const totals = latest?.metadata as Record<string, string>;
  const dataFiles = version.fragments.flatMap((fragment) => fragment.dataFiles);
  expect({
    version: version.version,
    total_rows: String(rowCountOf(version)),
    total_data_files: String(dataFiles.length),
    total_fragments: String(version.fragments.length),
    total_deletion_files: String(version.fragments.filter((each) => each.deletionFile).length),
  }).toEqual({
    version: latest?.version,
    total_rows: totals["total_rows"],
    total_data_files: totals["total_data_files"],
    total_fragments: totals["total_fragments"],
    total_deletion_files: totals["total_deletion_files"],
  });
  expect(rowCountOf(version)).toBe(await table.countRows());
  const indexes = await table.listIndices();
  const ours = version.indexes.filter((index) => !index.name.startsWith("__lance"));
  expect(new Set(ours.map((index) => index.name))).toEqual(new Set(indexes.map((i) => i.name)));
  const there = await filesBelow(folder);
  for (const path of await contentFiles(folder, version)) expect(there).toHaveProperty([path]);
  for (const file of dataFiles) expect(there[file.path]).toBe(file.size);
}

describe("the manifest reader", () => {
  test("agrees with LanceDB after every kind of change", async () => {
    const root = await newFolder();
    const folder = join(root, "docs.lance");
    const table = await makeTable(root, "docs", 400);
    await compare(table, folder);
    const changes: (() => Promise<unknown>)[] = [
      () => table.add(makeRows(400, 50)),
      () => table.delete("id % 7 = 0"),
      () => table.update({ where: "id < 20", values: { text: "changed" } }),
      () =>
        table
          .mergeInsert("id")
          .whenMatchedUpdateAll()
          .whenNotMatchedInsertAll()
          .execute(makeRows(440, 30)),
      () => table.addColumns([{ name: "twice", valueSql: "id * 2" }]),
      () => table.alterColumns([{ path: "text", rename: "label" }]),
      () => table.createIndex("id"),
      () => table.createIndex("label", { config: lancedb.Index.bitmap() }),
      () =>
        table.createIndex("vector", {
          config: lancedb.Index.ivfPq({ numPartitions: 2, numSubVectors: 4 }),
        }),
      () =>
        table.createIndex("vector", {
          config: lancedb.Index.hnswSq({ numPartitions: 1 }),
          replace: true,
        }),
      () => table.dropColumns(["twice"]),
      () => table.optimize(),
      () => table.delete("id < 100"),
      () => table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true }),
      () => table.dropIndex("label_idx"),
      () => table.delete("true"),
      () => table.add(makeRows(0, 5).map(({ text, ...row }) => ({ ...row, label: text }))),
    ];
    for (const change of changes) {
      await change();
      await compare(table, folder);
    }
  });

  test("reads a table without rows, and columns of many types", async () => {
    const root = await newFolder();
    const db = await lancedb.connect(root);
    const point = new arrow.Struct([new arrow.Field("x", new arrow.Float64(), true)]);
    const item = new arrow.Field("item", new arrow.Float32(), true);
    await db.createEmptyTable(
      "docs",
      new arrow.Schema([
        new arrow.Field("id", new arrow.Int64(), false),
        new arrow.Field("where", point, true),
        new arrow.Field(
          "tags",
          new arrow.List(new arrow.Field("item", new arrow.Utf8(), true)),
          true,
        ),
        new arrow.Field("vector", new arrow.FixedSizeList(8, item), true),
      ]),
    );
    const { version } = await readNewest(join(root, "docs.lance"), "docs");
    expect(rowCountOf(version)).toBe(0);
    expect(version.writer).toMatch(/^lance \d+\.\d+\.\d+/);
    expect(version.format).toMatch(/^lance \d/);
    expect(schemaOf(version)).toEqual({
      fields: [
        { name: "id", type: "int64", nullable: false },
        {
          name: "where",
          type: "struct",
          nullable: true,
          fields: [{ name: "x", type: "double", nullable: true }],
        },
        {
          name: "tags",
          type: "list",
          nullable: true,
          fields: [{ name: "item", type: "string", nullable: true }],
        },
        { name: "vector", type: "fixed_size_list:float:8", nullable: true, dimension: 8 },
      ],
    });
  });

  test("answers garbage with corrupt, naming table and file, and never with another error", async () => {
    const root = await newFolder();
    const table = await makeTable(root, "docs", 50);
    await table.createIndex("id");
    const folder = join(root, "docs.lance");
    const [newest] = await listVersions(folder);
    const whole = await readFile(join(folder, newest?.path ?? ""));
    expect(parseManifestFile(whole, "docs", "m").version).toBe(2);
    const flips = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 });
    const damages = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.nat(whole.length).map((length) => whole.subarray(0, length)),
      flips.map((changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(damages, (bytes) => {
        try {
          parseManifestFile(bytes, "docs", "_versions/1.manifest");
        } catch (error) {
          expect(isSnapformError(error) && error.code).toBe("corrupt");
          expect((error as Error).message).toMatch(/^table "docs": _versions\/1\.manifest: /);
        }
      }),
      { seed, numRuns: 3000 },
    );
  });
});

describe("names of manifests", () => {
  test("are read in both ways of naming, and nothing else is", () => {
    expect(parseManifestName("18446744073709551610.manifest")).toEqual({
      version: 5,
      path: "_versions/18446744073709551610.manifest",
      isReversed: true,
    });
    expect(parseManifestName("12.manifest")?.version).toBe(12);
    for (const name of [
      "latest_version_hint.json",
      ".tmp_5.manifest_8b1c",
      "5.manifest#1",
      "d5.manifest",
      "0.manifest",
      "99999999999999999999.manifest",
      "-5.manifest",
    ]) {
      expect(parseManifestName(name)).toBeNull();
    }
    expect(manifestPath(5, true)).toBe("_versions/18446744073709551610.manifest");
    expect(manifestPath(5, false)).toBe("_versions/5.manifest");
  });
});
