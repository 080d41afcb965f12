// How long a LanceDB table is held up by a snapshot, and how restoring compares with importing the
// rows again: ratios within one run. Arguments: rows (default 200000), dimension (default 128).
import { rmSync } from "node:fs";
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import {
  Field,
  FixedSizeList,
  Float32,
  Int32,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  vectorFromArray,
} from "apache-arrow";

import { systemClock } from "../src/clock/system-clock.ts";
import type { Capture, EngineContext, EngineDriver } from "../src/engine/driver.ts";
import { openLancedbDriver } from "../src/engines/lancedb/driver.ts";
import { openFilesystemRepository } from "../src/repository/filesystem/index.ts";
import type { Repository } from "../src/repository/repository.ts";
import type { Manifest } from "../src/snapshot/manifest.ts";

const rowCount = Number(process.argv[2] ?? 200_000);
const dimension = Number(process.argv[3] ?? 128);
const batchCount = 10;
const context: EngineContext = { signal: new AbortController().signal, progress: () => undefined };

function makeBatch(from: number, count: number): Table {
  const values = new Float32Array(count * dimension);
  for (let at = 0; at < values.length; at += 1) values[at] = Math.random();
  const child = makeData({ type: new Float32(), data: values, length: values.length });
  const type = new FixedSizeList(dimension, new Field("item", new Float32(), true));
  const vectors = makeData({ type, child, length: count });
  const ids = vectorFromArray(Int32Array.from({ length: count }, (_, at) => from + at)).data[0];
  const schema = new Schema([new Field("id", new Int32(), true), new Field("vector", type, true)]);
  const children = [ids ?? makeData({ type: new Int32() }), vectors];
  const struct = makeData({ type: new Struct(schema.fields), children, length: count });
  return new Table(schema, new RecordBatch(schema, struct));
}

async function fill(uri: string): Promise<{ importMs: number; indexMs: number }> {
  const db = await lancedb.connect(uri);
  const size = rowCount / batchCount;
  const batches = Array.from({ length: batchCount }, (_, at) => makeBatch(at * size, size));
  const startedAt = performance.now();
  const [first, ...rest] = batches;
  const table = await db.createTable("docs", first ?? makeBatch(0, 1));
  for (const batch of rest) await table.add(batch);
  const importMs = performance.now() - startedAt;
  await table.createIndex("vector", { config: lancedb.Index.ivfPq({ numPartitions: 64 }) });
  return { importMs, indexMs: performance.now() - startedAt - importMs };
}

async function median(count: number, run: (at: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < count + 1; at += 1) {
    const startedAt = performance.now();
    await run(at);
    // The first one warms up.
    if (at > 0) times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}

async function capture(driver: EngineDriver, id: string, previous: Manifest[]): Promise<Capture> {
  const taken = await driver.capture?.({ snapshotId: id, collection: "docs", previous }, context);
  return taken as Capture;
}

async function store(
  driver: EngineDriver,
  vault: Repository,
  id: string,
  previous: Manifest[] = [],
): Promise<Manifest> {
  const taken = await capture(driver, id, previous);
  try {
    const draft = {
      ...taken.draft,
      id,
      owner: { project: "bench", lineage: "l", address: "snapshot.bench" },
      cluster: "local",
      collection: "docs",
      engine: "lancedb",
      startedAt: "2026-01-01T00:00:00.000Z",
      scheduledFor: null,
      description: null,
      keepUntil: null,
    };
    return await vault.write({ draft, parts: taken.parts }, context);
  } finally {
    await taken.close();
  }
}

function tell(what: string, ms: number, base?: number): void {
  const ratio = base === undefined ? "" : `  ${(base / ms).toFixed(1)}x`;
  console.log(`${what.padEnd(52)} ${ms.toFixed(1).padStart(9)} ms${ratio}`);
}

const root = await mkdtemp(join(tmpdir(), "snapform-bench-"));
try {
  const uri = join(root, "data");
  const { importMs, indexMs } = await fill(uri);
  const importedMs = importMs + indexMs;
  const driver = openLancedbDriver({ cluster: "local", uri, clock: systemClock });
  const vault = await openFilesystemRepository({
    name: "vault",
    path: join(root, "vault"),
    undoMs: 0,
    clock: systemClock,
    expectedId: null,
    create: true,
  });
  const observeMs = await median(9, () => driver.observe(context));
  const captureMs = await median(9, async (at) => (await capture(driver, `c-${at}`, [])).close());
  const copyMs = await median(3, (at) =>
    cp(join(uri, "docs.lance"), join(root, `copy-${at}`), { recursive: true }),
  );
  const startedAt = performance.now();
  const first = await store(driver, vault, "s-first");
  const firstMs = performance.now() - startedAt;
  const againMs = await median(5, (at) => store(driver, vault, `s-${at}`, [first]));
  const key = { cluster: "local", collection: "docs", id: "s-first" };
  const reader = await vault.reader(key);
  const source = { kind: "repository", reader } as const;
  const { collections } = await driver.observe(context);
  const expectedIdentity = collections[0]?.identity ?? null;
  const restoreMs = await median(3, (at) =>
    driver.restore(
      {
        runId: `n-${at}`,
        source,
        target: `copy-${at}`,
        procedure: "new",
        expectedIdentity: null,
        check: "hashes",
      },
      context,
    ),
  );
  const deepMs = await median(3, (at) => driver.check(`copy-${at}`, first, "deep", context));
  const table = await (await lancedb.connect(uri)).openTable("docs");
  const inPlaceMs = await median(3, async (at) => {
    await table.checkoutLatest();
    await table.delete(`id % 100 = ${at}`);
    await driver.restore(
      {
        runId: `i-${at}`,
        source,
        target: "docs",
        procedure: "in-place",
        expectedIdentity,
        check: "hashes",
      },
      context,
    );
  });
  const files = first.parts[0]?.files.length ?? 0;
  console.log(
    `${rowCount} rows of ${dimension}, ${files} files, ${(first.bytes / 1e6).toFixed(0)} MB`,
  );
  tell("import through the library, with its index", importedMs);
  tell("observe", observeMs);
  tell("capture: the table is held still", captureMs, copyMs);
  tell("recursive copy, not consistent (= 1x above)", copyMs);
  tell("first snapshot into a repository (sha256, synced)", firstMs);
  tell("second snapshot, nothing changed", againMs, firstMs);
  tell("restore to a new table (hashes)", restoreMs, importedMs);
  tell("deep check of a table", deepMs);
  tell("restore in place, all files there (hashes)", inPlaceMs, importedMs);
  await vault.close();
} finally {
  rmSync(root, { recursive: true, force: true });
}
