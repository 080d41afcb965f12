import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, open, readdir, rm, stat } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as lancedb from "@lancedb/lancedb";
import { onTestFinished } from "vitest";

import { systemClock } from "../../../../src/clock/system-clock.ts";
import type {
  Capture,
  CapturedPart,
  EngineContext,
  EngineDriver,
  RestoreRequest,
  RestoreResult,
  SnapshotReader,
} from "../../../../src/engine/driver.ts";
import { openLancedbDriver, type LancedbOptions } from "../../../../src/engines/lancedb/driver.ts";
import type { Manifest, ManifestFile } from "../../../../src/snapshot/manifest.ts";

/** A context that nothing stops and nobody watches. */
export function quietContext(signal: AbortSignal = new AbortController().signal): EngineContext {
  return { signal, progress: () => undefined };
}

/** A new folder for one test; the name has a space and letters beyond ASCII on purpose. */
export async function newFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "snapform lancedb ü-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** A driver of the folder `uri`. */
export function driverOf(uri: string, options: Partial<LancedbOptions> = {}): EngineDriver {
  return openLancedbDriver({ cluster: "local", uri, clock: systemClock, ...options });
}

export interface Row extends Record<string, unknown> {
  readonly id: number;
  readonly text: string;
  readonly vector: number[];
}

/** Rows whose vectors all differ and depend on nothing but the id. */
export function makeRows(from: number, count: number): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const id = from + index;
    const vector = Array.from({ length: 16 }, (_each, at) => Math.sin(id * 17 + at * 3));
    return { id, text: `row ${id}`, vector };
  });
}

/** A new table `docs` with `count` rows in the folder. */
export async function makeTable(uri: string, name = "docs", count = 300): Promise<lancedb.Table> {
  const db = await lancedb.connect(uri);
  return db.createTable(name, makeRows(0, count));
}

export async function openTable(uri: string, name = "docs"): Promise<lancedb.Table> {
  return (await lancedb.connect(uri, { readConsistencyInterval: 0 })).openTable(name);
}

/** Counts by reading a column, as countRows() answers from the manifest alone. */
export async function scanCount(table: lancedb.Table): Promise<number> {
  let count = 0;
  for await (const batch of table.query().select(["id"])) count += batch.numRows;
  return count;
}

/** All ids of a table in order. */
export async function idsOf(table: lancedb.Table): Promise<number[]> {
  const rows = (await table.query().select(["id"]).toArray()) as { id: number }[];
  return rows.map((row) => Number(row.id)).toSorted((a, b) => a - b);
}

/** The smallest repository: copies of the files in one folder per snapshot. */
export interface CopiedSnapshot {
  readonly manifest: Manifest;
  readonly folder: string;
  readonly reader: SnapshotReader;
}

/** Captures a table and copies its files into `vault`. */
export async function copySnapshot(
  driver: EngineDriver,
  vault: string,
  options: { id?: string; collection?: string; previous?: readonly Manifest[] } = {},
): Promise<CopiedSnapshot> {
  const id = options.id ?? "20260101T000000Z-00000000";
  const collection = options.collection ?? "docs";
  const { previous = [] } = options;
  const request = { snapshotId: id, collection, previous };
  const capture = await (driver.capture as NonNullable<typeof driver.capture>)(
    request,
    quietContext(),
  );
  try {
    const folder = join(vault, id);
    const files = await copyFiles(capture.parts[0] as CapturedPart, folder);
    const manifest = manifestOf(capture, { id, collection, files });
    return { manifest, folder, reader: readerOf(manifest, folder) };
  } finally {
    await capture.close();
  }
}

async function copyFiles(part: CapturedPart, folder: string): Promise<ManifestFile[]> {
  const files: ManifestFile[] = [];
  for (const file of part.files) {
    const to = join(folder, file.path);
    await mkdir(dirname(to), { recursive: true });
    const hash = createHash("sha256");
    const target = await open(to, "w");
    for await (const chunk of await file.open(0, new AbortController().signal)) {
      hash.update(chunk);
      await target.write(chunk);
    }
    await target.close();
    files.push({ path: file.path, size: file.size, hash: hash.digest("hex") });
  }
  return files;
}

function manifestOf(
  capture: Capture,
  made: { id: string; collection: string; files: readonly ManifestFile[] },
): Manifest {
  const bytes = made.files.reduce((sum, file) => sum + file.size, 0);
  return {
    ...capture.draft,
    formatVersion: 1,
    id: made.id,
    owner: { project: "test", lineage: "l", address: "snapshot.test" },
    cluster: "local",
    collection: made.collection,
    engine: "lancedb",
    startedAt: "2026-01-01T00:00:00Z",
    finishedAt: "2026-01-01T00:00:01Z",
    scheduledFor: null,
    description: null,
    keepUntil: null,
    native: null,
    hash: "sha256",
    parts: [{ name: "data", files: made.files, details: null }],
    bytes,
    newBytes: bytes,
    writer: "test",
  };
}

/** Reads a copied snapshot back. */
export function readerOf(manifest: Manifest, folder: string): SnapshotReader {
  return {
    manifest,
    open: (file) => Promise.resolve(createReadStream(join(folder, file.path))),
    async materialize(files, directory) {
      let copiedBytes = 0;
      for (const file of files) {
        const to = join(directory, file.path);
        await mkdir(dirname(to), { recursive: true });
        await copyFile(join(folder, file.path), to);
        copiedBytes += file.size;
      }
      return { copiedBytes };
    },
  };
}

/** A restore of `snapshot` with everything else as tests mostly want it. */
export function requestOf(
  snapshot: CopiedSnapshot,
  request: Partial<RestoreRequest> = {},
): RestoreRequest {
  return {
    runId: "run-1",
    source: { kind: "repository", reader: snapshot.reader },
    target: "docs-restored",
    procedure: "new",
    expectedIdentity: null,
    check: "deep",
    route: [],
    aliases: false,
    earlier: null,
    record: () => Promise.resolve(),
    ...request,
  };
}

export function restore(driver: EngineDriver, request: RestoreRequest): Promise<RestoreResult> {
  return driver.restore(request, quietContext());
}

/** The identity of a table as the driver sees it. */
export async function identityOf(driver: EngineDriver, name = "docs"): Promise<string | null> {
  const { collections } = await driver.observe(quietContext());
  return collections.find((each) => each.name === name)?.identity ?? null;
}

/** Every file below a folder with its size, for comparing before and after. */
export async function filesBelow(folder: string): Promise<Record<string, number>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files: Record<string, number> = {};
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = (await stat(path)).size;
  }
  return files;
}
