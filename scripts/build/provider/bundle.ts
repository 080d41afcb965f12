// Builds the Terraform provider as one file of JavaScript that a system runs by its first line.
// It lies in folders of Terraform, below a `package.json` of anybody: the file means the same as a
// CommonJS and as an ECMAScript module. Invariant: it reads nothing beside itself.

import { basename, join } from "node:path";
import { build, transform, type BuildOptions, type Metafile, type OutputFile } from "esbuild";

import { embeddedWorkers } from "./embedded-workers.ts";
import { installedPackages } from "./installed-packages.ts";
import { oneFile, type Chunk } from "./one-file.ts";

export interface ProviderBundle {
  /** Without the first line by which a system runs it. */
  readonly text: string;
  readonly metafile: Metafile;
}

/** Native code, or loaded only where it is installed. */
const notBundled = ["@lancedb/lancedb", "apache-arrow", "@napi-rs/blake-hash"];

/** Terraform shows the first line of what a provider prints when that is no handshake. */
const head = `(function () {
  var found = process.versions.node, parts = found.split(".").map(Number);
  if (parts[0] > 22 || (parts[0] === 22 && parts[1] >= 18)) return;
  console.log("snapform needs Node 22.18 or later; \`node\` on the path of Terraform is " + found);
  process.exit(1);
})();
var node = process.getBuiltinModule("node:module").createRequire(process.execPath);`;

const output = {
  platform: "node",
  target: "node22",
  legalComments: "none",
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Bundles the process that begins in `main`, a path from `root`. */
export async function bundleProvider(root: string, main: string): Promise<ProviderBundle> {
  const plugins = [installedPackages(notBundled)];
  const bundled: BuildOptions = { ...output, absWorkingDir: root, bundle: true };
  const { outputFiles, metafile } = await build({
    ...bundled,
    entryPoints: [join(root, main)],
    outdir: join(root, "dist"),
    format: "esm",
    splitting: true,
    entryNames: "provider",
    chunkNames: "[name]-[hash]",
    plugins: [...plugins, embeddedWorkers({ ...bundled, plugins })],
    metafile: true,
    write: false,
  });
  const eager = eagerChunks(metafile, "dist/provider.js");
  const chunks = await Promise.all(outputFiles.map((file) => chunkOf(file, eager)));
  return { text: oneFile(head, chunks, "./provider.js"), metafile };
}

async function chunkOf({ path, text }: OutputFile, eager: ReadonlySet<string>): Promise<Chunk> {
  const name = `./${basename(path)}`;
  const { code } = await transform(text, {
    ...output,
    format: "cjs",
    sourcefile: name,
    // Written as `require`, which only finds chunks.
    supported: { "dynamic-import": false },
    // A file has a place of its own only beside others: whatever asks for it would be wrong.
    logOverride: { "empty-import-meta": "error" },
  });
  return { name, code: code.replace(/^#!.*\n/, ""), isEager: eager.has(name) };
}

/** The names of the chunks that a chunk cannot be run without, itself included. */
function eagerChunks({ outputs }: Metafile, entry: string): ReadonlySet<string> {
  const found = new Set([entry]);
  for (const path of found) {
    for (const { kind, path: imported } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && imported in outputs) found.add(imported);
    }
  }
  return new Set([...found].map((path) => `./${basename(path)}`));
}
