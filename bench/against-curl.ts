// What the benchmarks share that take turns with curl: running it, timing a turn, and the line
// that says the ratio.

import { execFileSync, spawn } from "node:child_process";

import { median } from "./median.ts";

/** Quiet, and an error where the server refuses. */
export async function curl(args: readonly string[]): Promise<void> {
  const child = spawn("curl", ["-s", "-S", "-f", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`curl ended with ${String(code)}`);
}

/** Milliseconds that the work takes once what was written to `folder` before is on the disk. */
export async function timedOn(folder: string, work: () => Promise<unknown>): Promise<number> {
  execFileSync("sync", ["-f", folder]);
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** The median times of both, and the median and range of the ratios of their turns. */
export function ratioLine(name: string, ours: readonly number[], curls: readonly number[]): string {
  const ratios = ours.map((ms, index) => ms / (curls[index] ?? Number.NaN));
  const range = [Math.min(...ratios), Math.max(...ratios)].map((one) => one.toFixed(2)).join("..");
  return (
    `  ${name.padEnd(22)} ${median(ours).toFixed(0).padStart(6)} ms, curl ` +
    `${median(curls).toFixed(0).padStart(6)} ms: ${median(ratios).toFixed(2)} x [${range}]`
  );
}
