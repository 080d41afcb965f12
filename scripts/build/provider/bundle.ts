// Bundles the Terraform provider into one script, which is neither a CommonJS nor an ECMAScript
// module: it has no place of its own, and needs none. Invariant: it reads nothing beside itself,
// but packages of native code, which it looks for when they are needed.

import { basename, join } from "node:path";
import { build, transform, type BuildOptions, type Metafile, type OutputFile } from "esbuild";

import { bundleWorker, embeddedWorkers } from "./embedded-workers.ts";
import { installedPackages } from "./installed-packages.ts";
import { oneFile, type Chunk, type OneFile } from "./one-file.ts";
import { schemaReply } from "./schema-reply.ts";

export interface ProviderBundle {
  readonly file: OneFile;
  readonly metafile: Metafile;
}

/** Native code, or loaded only where it is installed. */
const notBundled = {
  "@lancedb/lancedb": ["connect"],
  "@napi-rs/blake-hash": ["Blake3Hasher"],
};

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
  const bundled: BuildOptions = {
    ...output,
    absWorkingDir: root,
    bundle: true,
    // A CommonJS package would lose its names where it is imported late.
    mainFields: ["module", "main"],
  };
  const found = new Map<string, string>();
  const { outputFiles, metafile } = await build({
    ...bundled,
    entryPoints: [join(root, main)],
    outdir: join(root, "dist"),
    format: "esm",
    splitting: true,
    entryNames: "provider",
    chunkNames: "[name]-[hash]",
    plugins: [...plugins, schemaReply(), embeddedWorkers(found)],
    metafile: true,
    write: false,
  });
  const eager = eagerChunks(metafile, "dist/provider.js");
  const chunks = await Promise.all(outputFiles.map((file) => chunkOf(file, eager)));
  const workers: Record<string, string> = {};
  for (const [name, source] of found) {
    workers[name] = await bundleWorker(source, { ...bundled, plugins });
  }
  return { file: oneFile(chunks, workers, "./provider.js"), metafile };
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
