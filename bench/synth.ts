// How long synthesis takes, in processes of their own, in turns and in medians: an app with 1,000
// policies above an empty one (want at most 600 ms), and `snapform synth` of the quickstart above
// `node -e 0` (want at most 300 ms). Builds first. RUNS changes how often.
//
//   node bench/synth.ts

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { median } from "./median.ts";

const root = join(import.meta.dirname, "..");
const runs = Number(process.env["RUNS"] ?? 9);
const app = join(root, "bench", "synth", "app.ts");
const folder = mkdtempSync(join(tmpdir(), "snapform-synth-"));

const programs = [
  ["node -e 0", "-e", "0"],
  ["an empty app", app, "0", join(folder, "out")],
  ["one policy", app, "1", join(folder, "out")],
  ["1,000 policies", app, "1000", join(folder, "out")],
  ["snapform synth", join(root, "dist", "cli", "main.js"), "synth", "--out", join(folder, "infra")],
] as const;

function run(args: readonly string[]): number {
  rmSync(join(folder, "infra"), { recursive: true, force: true });
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder });
  const ms = performance.now() - startedAt;
  if (status !== 0) throw new Error(`${args.join(" ")} failed: ${stderr.toString()}`);
  return ms;
}

try {
  const build = spawnSync(process.execPath, [join(root, "scripts", "build.ts")], { cwd: root });
  if (build.status !== 0) throw new Error(`${build.stdout.toString()}${build.stderr.toString()}`);
  copyFileSync(
    join(root, "examples", "quickstart", "snapform.yaml"),
    join(folder, "snapform.yaml"),
  );
  const times = programs.map((): number[] => []);
  for (let turn = 0; turn < runs + 1; turn += 1) {
    programs.forEach(([, ...args], index) => {
      const ms = run(args);
      if (turn > 0) times[index]?.push(ms);
    });
  }
  const [nothing = 0, empty = 0, , many = 0, synth = 0] = times.map(median);
  programs.forEach(([name], index) => {
    console.log(
      `  ${name.padEnd(16)} ${median(times[index] ?? [])
        .toFixed(0)
        .padStart(6)} ms`,
    );
  });
  const above = (ms: number, base: number, want: number): string =>
    `${(ms - base).toFixed(0)} ms (want <= ${want})`;
  console.log(`  1,000 policies above an empty app: ${above(many, empty, 600)}`);
  console.log(`  snapform synth above node -e 0: ${above(synth, nothing, 300)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
