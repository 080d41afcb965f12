// Makes test/golden/cdktf/official.json: what the official generator's bindings synthesize for the
// program beside it. That generator is large and comes with an archived project, so that it is no
// dependency; to make the file anew, install it anywhere, with what it asks for and does not name,
// and name the folder:
//
//   npm install --prefix DIR @cdktf/provider-generator@0.21.0 jsii@5.8.9 jsii-pacmak@1.112.0
//   node scripts/cdktf-official.ts DIR

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

import { PROVIDER_SOURCE, PROVIDER_VERSION } from "../src/cdktf/l1/provider-version.gen.ts";
import { formatted } from "./generate/format.ts";
import { providersSchema } from "./generate/cdktf/providers-schema.ts";

interface Official {
  readonly CodeMaker: new () => object;
  readonly TerraformProviderConstraint: new (constraint: string) => object;
  readonly TerraformProviderGenerator: new (
    code: object,
    schema: object,
  ) => { generate(constraint: object): void; save(folder: string): Promise<void> };
}

const root = join(import.meta.dirname, "..");
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder in which the generator is installed");
const official = createRequire(join(resolve(folder), "package.json"))(
  "@cdktf/provider-generator",
) as Official;

// Below the project, so that the bindings find its cdktf.
const scratch = mkdtempSync(join(root, "node_modules", ".official-"));
try {
  const schema = providersSchema(`registry.terraform.io/${PROVIDER_SOURCE}`);
  const generator = new official.TerraformProviderGenerator(new official.CodeMaker(), schema);
  const constraint = `${PROVIDER_SOURCE}@${PROVIDER_VERSION}`;
  generator.generate(new official.TerraformProviderConstraint(constraint));
  await generator.save(scratch);
  const index = join(scratch, "providers", "snapform", "index.ts");
  const source = `
    import { synthesized } from ${JSON.stringify(join(root, "test/golden/cdktf/program.ts"))};
    import * as official from ${JSON.stringify(index)};
    const all = Object.values(official).map((each) => typeof each === "object" ? each : {});
    export const text = synthesized(Object.assign({}, ...all));
  `;
  const outfile = join(scratch, "program.mjs");
  await build({
    stdin: { contents: source, resolveDir: root, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["cdktf", "constructs"],
    outfile,
    logLevel: "warning",
  });
  const { text } = (await import(pathToFileURL(outfile).href)) as { readonly text: string };
  const golden = join(root, "test", "golden", "cdktf", "official.json");
  writeFileSync(golden, formatted("official.json", text));
  console.log(`wrote ${golden.slice(root.length + 1)}, ${text.length} characters`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
