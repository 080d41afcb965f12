// Runs `synth` of both real command lines on cdktf.json and says whether they write what the app
// writes by itself. They are large and no dependency; install them anywhere and name the folder.
// That of CDKTF crashes on Node 24 and that of CDK Terrain on Node 20, so both get the Node 22 of
// that folder (`allowScripts` lets npm 11 unpack it):
//
//   mkdir DIR && echo '{ "allowScripts": { "node": true } }' > DIR/package.json
//   npm install --prefix DIR node@22 cdktf-cli@0.21.0 cdktn-cli@0.24.0
//   node scripts/cdktf-cli.ts DIR

import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const root = join(import.meta.dirname, "..");
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder in which both are installed");
const programs = join(resolve(folder), "node_modules", ".bin");
const scratch = mkdtempSync(join(tmpdir(), "snapform-cdktf-"));

interface Settings {
  readonly app: string;
  readonly context: object;
}

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const path = [programs, process.env["PATH"]].join(delimiter);
  const more = { PATH: path, CHECKPOINT_DISABLE: "1", CI: "1", ...env };
  const options = { cwd: root, encoding: "utf8", env: { ...process.env, ...more } } as const;
  const { status, error, stdout, stderr } = spawnSync(program, args, options);
  if (status !== 0) throw error ?? new Error(`${program} failed:\n${stdout}${stderr}`);
}

/** What was synthesized, by file; the manifest names folders and is left out. */
function projects(out: string): string {
  const files = globSync("stacks/*/cdk.tf.json", { cwd: out }).toSorted();
  if (files.length === 0) throw new Error(`nothing was written to ${out}`);
  return files.map((file) => `${file}\n${readFileSync(join(out, file), "utf8")}`).join("\n");
}

try {
  const text = readFileSync(join(root, "cdktf.json"), "utf8");
  const { app, context } = JSON.parse(text) as Settings;
  const alone = join(scratch, "alone");
  const given = { CDKTF_OUTDIR: alone, CDKTF_CONTEXT_JSON: JSON.stringify(context) };
  run("sh", ["-c", app], given);
  for (const name of ["cdktf", "cdktn"]) {
    const out = join(scratch, name);
    run(join(programs, name), ["synth", "--output", out], {});
    const isSame = projects(out) === projects(alone);
    console.log(`${name} synth: ${isSame ? "the same as the app alone" : "DIFFERS"}`);
    if (!isSame) process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
