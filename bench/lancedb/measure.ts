// Small tools of the LanceDB benchmark: medians, commands, sizes and a table of results.

import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

export const runs = Number(process.env["RUNS"] ?? 5);
const WARM_UPS = 1;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The median of several runs after a warm-up, in milliseconds; `tidy` is not measured. */
export async function timed(
  work: (run: number) => unknown,
  tidy: (run: number) => unknown = () => undefined,
): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs + WARM_UPS; run += 1) {
    const startedAt = performance.now();
    await work(run);
    const ms = performance.now() - startedAt;
    await tidy(run);
    if (run >= WARM_UPS) times.push(ms);
  }
  return median(times);
}

export function command(name: string, args: readonly string[], env: object = {}): void {
  execFileSync(name, args, { stdio: "ignore", env: { ...process.env, ...env } });
}

export function has(name: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" }).status === 0;
}

export function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

export interface Row {
  readonly name: string;
  readonly ms: number;
  readonly bytes: number;
  /** What the ratio is to, and the ratio that is wanted, e.g. `<= 1.6`. */
  readonly ratio?: { readonly to: string; readonly value: number; readonly want: string };
}

export function print(row: Row): void {
  const rate = row.bytes > 0 ? `${Math.round(row.bytes / 1e3 / row.ms)} MB/s` : "";
  const ms = row.ms < 100 ? row.ms.toFixed(1) : row.ms.toFixed(0);
  const ratio = row.ratio
    ? `${row.ratio.value.toFixed(2)} x ${row.ratio.to} (want ${row.ratio.want})`
    : "";
  console.log(`  ${row.name.padEnd(44)} ${ms.padStart(8)} ms ${rate.padStart(11)}  ${ratio}`);
}
