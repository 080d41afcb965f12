// How long the built command line takes to start, against a Node that does nothing, in turns and
// in medians: `version` (want at most 1.6 x), `validate` of the quickstart (want at most 3 x).
// Builds first. RUNS changes how often.
//
//   node bench/startup.ts

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, copyFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { median } from "./median.ts";

const root = join(import.meta.dirname, "..");
const runs = Number(process.env["RUNS"] ?? 25);
const cli = join(root, "dist", "cli", "main.js");
const folder = mkdtempSync(join(tmpdir(), "snapform-startup-"));

function run(args: readonly string[]): number {
  const startedAt = performance.now();
  const { status } = spawnSync(process.execPath, args, { cwd: folder, stdio: "ignore" });
  const ms = performance.now() - startedAt;
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${String(status)}`);
  return ms;
}

const programs: readonly { name: string; args: readonly string[]; want: string }[] = [
  { name: "node -e 0", args: ["-e", "0"], want: "" },
  { name: "snapform version", args: [cli, "version"], want: "<= 1.6" },
  { name: "snapform validate", args: [cli, "validate"], want: "<= 3" },
  { name: "snapform --help", args: [cli, "--help"], want: "none" },
];

try {
  const build = spawnSync(process.execPath, [join(root, "scripts", "build.ts")], { cwd: root });
  if (build.status !== 0) throw new Error(String(build.stderr));
  mkdirSync(join(folder, "data"));
  copyFileSync(
    join(root, "examples", "quickstart", "snapform.yaml"),
    join(folder, "snapform.yaml"),
  );
  const times = programs.map((): number[] => []);
  for (let turn = 0; turn < runs + 2; turn += 1) {
    programs.forEach(({ args }, index) => {
      const ms = run(args);
      if (turn >= 2) times[index]?.push(ms);
    });
  }
  const base = median(times[0] ?? []);
  programs.forEach(({ name, want }, index) => {
    const ms = median(times[index] ?? []);
    const ratio = index === 0 ? "" : `${(ms / base).toFixed(2)} x node -e 0 (want ${want})`;
    console.log(`  ${name.padEnd(20)} ${ms.toFixed(1).padStart(7)} ms  ${ratio}`);
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
