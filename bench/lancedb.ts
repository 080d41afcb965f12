// Snapshots and restores of real LanceDB tables against cp, rsync, tar, restic and importing the
// rows anew, all in one run, warm, medians. Each ratio says what it is to. Slow: about ten minutes.
//
//   node bench/lancedb.ts            tables of about 0.5 GB and 1.5 GB
//   SCALE=0.1 RUNS=3 SHAPES=half,compacted node bench/lancedb.ts

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { command, folderBytes, has, print, timed } from "./lancedb/measure.ts";

const scale = Number(process.env["SCALE"] ?? 1);
const root = mkdtempSync(join(process.env["BENCH_DIR"] ?? tmpdir(), "snapform-lancedb-"));

interface Shape {
  readonly name: string;
  readonly rows: number;
  readonly dimensions: number;
  readonly fragments: number;
  readonly isCompacted: boolean;
  /** How much faster than importing a restore has to be, by hash. */
  readonly faster: Readonly<Record<"sha256" | "blake3", number>>;
}

const shapes: readonly Shape[] = [
  {
    name: "half",
    rows: 1_000_000,
    dimensions: 128,
    fragments: 20,
    isCompacted: false,
    faster: { sha256: 30, blake3: 45 },
  },
  {
    name: "large",
    rows: 500_000,
    dimensions: 768,
    fragments: 25,
    isCompacted: false,
    faster: { sha256: 50, blake3: 95 },
  },
  {
    name: "compacted",
    rows: 500_000,
    dimensions: 768,
    fragments: 25,
    isCompacted: true,
    faster: { sha256: 50, blake3: 95 },
  },
];

interface Ours {
  readonly snapshotMs: number;
  readonly unchangedMs: number;
  readonly checkMs: number;
  readonly restoreMs: number;
  readonly inPlaceMs: number;
  readonly peakBytes: number;
  readonly bytes: number;
}

function child<T>(file: string, args: readonly string[]): T {
  const path = join(import.meta.dirname, "lancedb", file);
  const out = execFileSync(process.execPath, [path, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(out.trim().split("\n").at(-1) ?? "") as T;
}

/** Bytes per millisecond of SHA-256 over memory on one core: the physical limit of a check. */
function hashSpeed(): number {
  const block = Buffer.alloc(64 * 1024 * 1024, 7);
  const times: number[] = [];
  for (let run = 0; run < 4; run += 1) {
    const startedAt = performance.now();
    createHash("sha256").update(block).digest();
    times.push(performance.now() - startedAt);
  }
  return block.length / Math.min(...times);
}

async function peers(
  source: string,
  bytes: number,
): Promise<{ copySyncMs: number; resticBackupMs: number; resticRestoreMs: number }> {
  const to = join(root, "peer");
  const tidy = (): void => rmSync(to, { recursive: true, force: true });
  const show = async (name: string, work: () => void): Promise<number> => {
    const ms = await timed(work, tidy);
    print({ name, ms, bytes });
    return ms;
  };
  await show("cp -r", () => command("cp", ["-r", source, to]));
  const copySyncMs = await show("cp -r + sync -f (hashes nothing)", () => {
    command("cp", ["-r", source, to]);
    command("sync", ["-f", to]);
  });
  if (has("rsync")) await show("rsync -a", () => command("rsync", ["-a", `${source}/`, to]));
  else console.log("  rsync: skipped, not installed");
  await show("tar cf", () => command("tar", ["cf", to, source]));
  if (!has("restic")) {
    console.log("  restic: skipped, not installed");
    return { copySyncMs, resticBackupMs: NaN, resticRestoreMs: NaN };
  }
  const env = { RESTIC_REPOSITORY: to, RESTIC_PASSWORD: "bench", RESTIC_COMPRESSION: "off" };
  const backup = (): void => {
    command("restic", ["init"], env);
    command("restic", ["backup", source], env);
  };
  const resticBackupMs = await show("restic init + backup, compression off", backup);
  backup();
  const out = join(root, "restic-out");
  const resticRestoreMs = await timed(
    () => command("restic", ["restore", "latest", "--target", out], env),
    () => rmSync(out, { recursive: true }),
  );
  print({ name: "restic restore", ms: resticRestoreMs, bytes });
  tidy();
  return { copySyncMs, resticBackupMs, resticRestoreMs };
}

async function measure(shape: Shape): Promise<void> {
  const database = join(root, shape.name);
  mkdirSync(database);
  const rows = Math.round(shape.rows * scale);
  const sizes = [rows, shape.dimensions, shape.fragments, shape.isCompacted ? 1 : 0];
  const made = child<{ importMs: number; indexMs: number }>("tables.ts", [
    database,
    "docs",
    ...sizes.map(String),
  ]);
  const source = join(database, "docs.lance");
  const bytes = folderBytes(source);
  const importMs = made.importMs + made.indexMs;
  const mb = Math.round(bytes / 1e6);
  console.log(`\n${shape.name}: ${rows} rows x ${shape.dimensions}, ${mb} MB on disk`);
  print({ name: "import the rows and build the index", ms: importMs, bytes: 0 });
  const { copySyncMs, resticBackupMs } = await peers(source, bytes);
  for (const hash of ["sha256", "blake3"] as const) {
    const scratch = join(root, `${shape.name}-${hash}`);
    mkdirSync(scratch);
    const ours = child<Ours>("ours.ts", [database, "docs", hash, scratch]);
    rmSync(scratch, { recursive: true });
    report(shape, hash, ours, { copySyncMs, resticBackupMs, importMs });
  }
  rmSync(database, { recursive: true });
}

function report(
  shape: Shape,
  hash: "sha256" | "blake3",
  ours: Ours,
  base: { readonly copySyncMs: number; readonly resticBackupMs: number; readonly importMs: number },
): void {
  const { bytes } = ours;
  const ratio = (to: string, value: number, want: string) => ({ to, value, want });
  const limit = hash === "sha256" ? "<= 1.6" : "<= 1.0";
  const name = (what: string): string => `snapform ${what}, ${hash}`;
  const ms = ours.snapshotMs;
  const copied = ratio("cp -r + sync", ms / base.copySyncMs, limit);
  print({ name: name("durable snapshot"), ms, bytes, ratio: copied });
  const restic = ratio("faster than restic backup", base.resticBackupMs / ms, ">= 3");
  print({ name: name("durable snapshot"), ms, bytes, ratio: restic });
  print({ name: name("unchanged snapshot (want < 20 ms)"), ms: ours.unchangedMs, bytes: 0 });
  const isSha = hash === "sha256";
  const check = ratio(
    "raw hash on one core",
    bytes / ours.checkMs / hashSpeed(),
    ">= 0.8 per core",
  );
  const checked = { name: name("full check"), ms: ours.checkMs, bytes };
  print(isSha ? { ...checked, ratio: check } : checked);
  const faster = ratio(
    "faster than importing",
    base.importMs / ours.restoreMs,
    `>= ${shape.faster[hash]}`,
  );
  print({ name: name("durable, verified restore"), ms: ours.restoreMs, bytes, ratio: faster });
  print({ name: name("in-place restore (want < 50 ms)"), ms: ours.inPlaceMs, bytes: 0 });
  const peak = Math.round(ours.peakBytes / 1024 / 1024);
  console.log(`  ${name("peak memory").padEnd(44)} ${String(peak).padStart(8)} MiB (want < 150)`);
}

try {
  const build = join(import.meta.dirname, "..", "scripts", "build.ts");
  execFileSync(process.execPath, [build], { stdio: "ignore" });
  const wanted = process.env["SHAPES"]?.split(",");
  for (const shape of shapes) {
    if (wanted === undefined || wanted.includes(shape.name)) await measure(shape);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
