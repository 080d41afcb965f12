// Runs every benchmark (bench/*.ts), or those named: `npm run bench -- hash plan`.
// Each is a program of its own in a process of its own, so that none warms up another.

import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename, join } from "node:path";

const folder = join(import.meta.dirname, "..", "bench");
const names = globSync("*.ts", { cwd: folder })
  .map((file) => basename(file, ".ts"))
  .toSorted();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(", ")} (there are: ${names.join(", ")})`);
  process.exit(64);
}
for (const name of wanted.length > 0 ? wanted : names) {
  console.log(`\n== ${name}`);
  const file = join(folder, `${name}.ts`);
  const run = spawnSync(process.execPath, [file], { stdio: "inherit" });
  if (run.status !== 0) process.exitCode = 1;
}
