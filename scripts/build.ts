// Builds dist/: the library (tsc), the constructs once more for their second engine, then the
// command line as one bundle and the Terraform provider as one file (esbuild).
//
// The bundle is split into chunks so that a command loads only what it needs. Every file of it,
// workers included, lies flat in dist/cli/: that is what lets `new URL("./x-worker.js",
// import.meta.url)` find its worker from whichever chunk the code ended up in.

import { spawnSync } from "node:child_process";
import { chmodSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { build, type Metafile } from "esbuild";

import { bundledLicenses } from "./build/licenses.ts";
import { buildProvider, writeProvider } from "./build/provider/build-provider.ts";
import { copyForSecondEngine } from "./build/second-engine.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");
const cli = join(dist, "cli");
const mainFile = join(cli, "main.js");

/** Loaded at run time from the user's installation, or optional: never part of the bundle. */
const external = ["@lancedb/lancedb", "apache-arrow", "@napi-rs/blake-hash"];

/** Bundled CommonJS packages call `require` for Node's own modules. */
const requireBanner =
  'import { createRequire as createRequireOfBundle } from "node:module";\n' +
  "const require = createRequireOfBundle(import.meta.url);";

/** Runs one step and prints one line for it. What the action returns is added to the line. */
async function step(name: string, action: () => string | void | Promise<string>): Promise<void> {
  const startedAt = performance.now();
  const detail = await action();
  const elapsed = `${Math.round(performance.now() - startedAt)} ms`;
  console.log(`build: ${name} (${[detail, elapsed].filter(Boolean).join(", ")})`);
}

function compileLibrary(): void {
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const run = spawnSync(tsc, ["-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
  if (run.error) throw run.error;
  if (run.status !== 0) process.exit(run.status ?? 1);
}

/** Output name (without extension) to source file: main, and each worker under its own name. */
function entryPoints(): Record<string, string> {
  const entries: Record<string, string> = { main: join(root, "src/cli/main.ts") };
  for (const file of globSync("src/**/*-worker.ts", { cwd: root }).toSorted()) {
    const name = basename(file, ".ts");
    const taken = entries[name];
    if (taken !== undefined) {
      throw new Error(`two workers are named ${name}: ${relative(root, taken)} and ${file}`);
    }
    entries[name] = join(root, file);
  }
  return entries;
}

async function bundleCli(): Promise<string> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: entryPoints(),
    outdir: cli,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node22",
    chunkNames: "[name]-[hash]",
    // A CommonJS package would lose its names where it is imported late.
    mainFields: ["module", "main"],
    external,
    // The engine that is maintained, and the smaller one. Source is written against the other.
    alias: { cdktf: "cdktn" },
    banner: { js: requireBanner },
    legalComments: "none",
    // Less to read at each start; names stay, so that a stack of ours can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
    logLevel: "warning",
  });
  writeFileSync(join(cli, "THIRD-PARTY-LICENSES.txt"), bundledLicenses(root, result.metafile));
  makeExecutable();
  return bundleSize(result.metafile);
}

function makeExecutable(): void {
  const text = readFileSync(mainFile, "utf8");
  if (!text.startsWith("#!")) {
    writeFileSync(mainFile, `#!/usr/bin/env node\n${text}`);
  }
  chmodSync(mainFile, 0o755);
}

function bundleSize(metafile: Metafile): string {
  const outputs = Object.values(metafile.outputs);
  const byteCount = outputs.reduce((sum, output) => sum + output.bytes, 0);
  return `${outputs.length} files, ${Math.round(byteCount / 1024)} KiB`;
}

await step("clean dist/", () => rmSync(dist, { recursive: true, force: true }));
await step("library", compileLibrary);
await step("second engine of constructs", () => copyForSecondEngine(dist));
await step("command line", bundleCli);
await step("Terraform provider", async () => {
  const built = await buildProvider(root);
  writeProvider(join(dist, "terraform"), built);
  return `${Math.round(built.program.length / 1024)} KiB`;
});
