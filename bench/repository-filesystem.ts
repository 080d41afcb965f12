// Durable snapshots, checks and restores of a filesystem repository, as ratios to `cp -r` with
// `sync -f` of the same files in the same run. Everything is in the page cache and is done in turn,
// so that a busy machine slows all of them. `SIZE_MB`, `FILES` and `RUNS`
// change the size, the counts of files and the number of runs.
//
//   node bench/repository-filesystem.ts

import { execFileSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  readdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../src/clock/system-clock.ts";
import type { SourceFile } from "../src/engine/driver.ts";
import { createHasher } from "../src/repository/filesystem/hasher.ts";
import { openFilesystemRepository } from "../src/repository/filesystem/index.ts";
import type { Repository } from "../src/repository/repository.ts";
import type { HashName, Manifest, ManifestDraft } from "../src/snapshot/manifest.ts";
import { median } from "./median.ts";

const sizeMb = Number(process.env["SIZE_MB"] ?? 1500);
const runs = Number(process.env["RUNS"] ?? 7);
const warmups = 2;
const root = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "snapform-bench-"));
const context = { signal: new AbortController().signal, progress: (): void => undefined };

interface Shape {
  readonly name: string;
  readonly fileCount: number;
}

function makeSource(shape: Shape): string {
  const folder = join(root, `source-${shape.fileCount}`);
  mkdirSync(folder);
  const block = Buffer.alloc(1024 * 1024);
  const perFile = Math.floor(sizeMb / shape.fileCount);
  for (let index = 0; index < shape.fileCount; index++) {
    const fd = openSync(join(folder, `file-${index}`), "w");
    for (let mb = 0; mb < perFile; mb++) writeSync(fd, randomFillSync(block));
    closeSync(fd);
  }
  execFileSync("sync", ["-f", folder]);
  return folder;
}

function sourceFiles(folder: string, known?: Manifest): SourceFile[] {
  const hashes = new Map(known?.parts[0]?.files.map((file) => [file.path, file.hash]));
  return readdirSync(folder).map((path): SourceFile => {
    const knownHash = hashes.get(path);
    return {
      path,
      size: statSync(join(folder, path)).size,
      localPath: join(folder, path),
      ...(knownHash === undefined ? {} : { knownHash }),
      open: () => Promise.reject(new Error("not a stream")),
    };
  });
}

let count = 0;

function draft(): ManifestDraft {
  return {
    id: `20260101T000000Z-${(++count).toString(16).padStart(8, "0")}`,
    owner: { project: "bench", lineage: "bench", address: "manual" },
    cluster: "local",
    collection: "docs",
    engine: "memory",
    engineVersion: null,
    clusterIdentity: null,
    collectionIdentity: null,
    startedAt: "2026-01-01T00:00:00.000Z",
    scheduledFor: null,
    description: null,
    keepUntil: null,
    points: null,
    layout: null,
    native: null,
    schema: null,
    details: null,
  };
}

function write(repository: Repository, files: readonly SourceFile[]): Promise<Manifest> {
  return repository.write(
    { draft: draft(), parts: [{ name: "data", files, details: null }] },
    context,
  );
}

async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Hashes the files one after another: what one core can do at most. */
async function rawHash(folder: string, hash: HashName): Promise<void> {
  const buffer = Buffer.alloc(1024 * 1024);
  for (const name of readdirSync(folder)) {
    const hasher = await createHasher(hash);
    const fd = openSync(join(folder, name), "r");
    for (;;) {
      const length = readSync(fd, buffer, 0, buffer.length, null);
      if (length === 0) break;
      hasher.update(buffer.subarray(0, length));
    }
    closeSync(fd);
    hasher.digest();
  }
}

type Case = readonly [name: string, prepare: () => unknown, work: () => unknown];

async function cases(source: string, hash: HashName): Promise<Case[]> {
  const path = join(root, `repository-${hash}`);
  const out = join(root, `out-${hash}`);
  const open = (): Promise<Repository> =>
    openFilesystemRepository({
      name: hash,
      path,
      hash,
      undoMs: 0,
      clock: systemClock,
      expectedId: null,
      create: true,
    });
  let repository = await open();
  let manifest: Manifest | undefined;
  const fresh = async (): Promise<void> => {
    await repository.close();
    rmSync(path, { recursive: true, force: true });
    execFileSync("sync", ["-f", root]);
    repository = await open();
    // Threads of a process that goes on for a while are there already.
    await repository.write(
      { draft: draft(), parts: [{ name: "data", files: sourceFiles(warm), details: null }] },
      context,
    );
  };
  const snapshot = async (): Promise<void> => {
    manifest = await write(repository, sourceFiles(source));
  };
  const clearOut = (): void => {
    rmSync(out, { recursive: true, force: true });
    execFileSync("sync", ["-f", root]);
  };
  const restore = async (): Promise<void> => {
    const reader = await repository.reader(manifest as Manifest);
    const files = reader.manifest.parts[0]?.files ?? [];
    await reader.materialize(files, out, { keepExisting: false }, context);
  };
  return [
    [`${hash} snapshot`, fresh, snapshot],
    [`${hash} unchanged`, () => undefined, () => write(repository, sourceFiles(source, manifest))],
    [`${hash} check`, () => undefined, () => repository.check({ readData: true }, context)],
    [`${hash} raw hash, one core`, () => undefined, () => rawHash(source, hash)],
    [`${hash} restore`, clearOut, restore],
  ];
}

const warm = join(root, "warm");

async function bench(shape: Shape): Promise<void> {
  const source = makeSource(shape);
  const copy = join(root, "copy");
  const clearCopy = (): void => {
    rmSync(copy, { recursive: true, force: true });
    execFileSync("sync", ["-f", root]);
  };
  const cp = (): void => {
    execFileSync("cp", ["-r", source, copy]);
    execFileSync("sync", ["-f", copy]);
  };
  const all: Case[] = [["cp -r; sync -f", clearCopy, cp]];
  for (const hash of ["sha256", "blake3"] as const) all.push(...(await cases(source, hash)));
  const times = new Map<string, number[]>();
  for (let run = 0; run < runs + warmups; run++) {
    for (const [name, prepare, work] of all) {
      await prepare();
      const ms = await timed(work);
      if (run >= warmups) times.set(name, [...(times.get(name) ?? []), ms]);
    }
    clearCopy();
  }
  const base = median(times.get("cp -r; sync -f") ?? []);
  console.log(`\n${shape.name}, ${sizeMb} MiB, median of ${runs}`);
  for (const [name, values] of times) {
    const ms = median(values);
    const rate = Math.round(sizeMb / (ms / 1000));
    const [min, max] = [Math.min(...values), Math.max(...values)].map(Math.round);
    console.log(
      `${name.padEnd(26)} ${ms.toFixed(1).padStart(8)} ms  ${(ms / base).toFixed(2)}x  ` +
        `${rate} MiB/s  [${min}..${max}]`,
    );
  }
  for (const name of readdirSync(root)) {
    if (name !== "warm") rmSync(join(root, name), { recursive: true, force: true });
  }
}

try {
  mkdirSync(warm);
  for (const name of ["a", "b"]) {
    const fd = openSync(join(warm, name), "w");
    writeSync(fd, randomFillSync(Buffer.alloc(2 * 1024 * 1024)));
    closeSync(fd);
  }
  const counts = (process.env["FILES"] ?? "28,1").split(",").map(Number);
  for (const fileCount of counts) await bench({ name: `${fileCount} files`, fileCount });
} finally {
  rmSync(root, { recursive: true, force: true });
}
