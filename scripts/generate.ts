// Writes what is derived from the schemas and tables, so that none of it is kept by hand.
// `--check` writes nothing and fails when a file is not in step. A generator is one line below.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { bindings, bindingsIndex } from "./generate/cdktf/bindings.ts";
import { referencePage } from "./generate/cdktf/reference-page.ts";
import { providerVersion } from "./generate/cdktf/provider-version.ts";
import { configurationPage } from "./generate/configuration-page.ts";
import { editorSchema } from "./generate/editor-schema.ts";
import { exitCodesPage } from "./generate/exit-codes-page.ts";
import { formatted } from "./generate/format.ts";
import { hazardsPage } from "./generate/hazards-page.ts";
import { canonicalTypes, filledTypes } from "./generate/canonical-types.ts";
import { shapeModule } from "./generate/shape.ts";
import { terraformPages } from "./generate/terraform-docs.ts";
import { terraformModule } from "./generate/terraform-provider.ts";
import { validatorModule } from "./generate/validator.ts";

interface Output {
  /** From the package root. */
  readonly path: string;
  content(): string | Promise<string>;
}

const root = join(import.meta.dirname, "..");

/** The formatter leaves `*.gen.ts` and `*.md` alone; the others are formatted here. */
const outputs: readonly Output[] = [
  {
    path: "schemas/config.editor.schema.json",
    content: () => formatted("schemas/config.editor.schema.json", editorSchema()),
  },
  {
    path: "src/desired/canonical.ts",
    content: () => formatted("src/desired/canonical.ts", canonicalTypes()),
  },
  { path: "src/desired/filled.gen.ts", content: filledTypes },
  { path: "src/desired/shape.gen.ts", content: shapeModule },
  { path: "src/config/generated/validate.gen.ts", content: validatorModule },
  { path: "src/terraform/schema/provider-schema.gen.ts", content: terraformModule },
  { path: "src/cdktf/l1/provider-version.gen.ts", content: providerVersion },
  { path: "src/cdktf/l1/bindings.gen.ts", content: bindingsIndex },
  ...bindings().map(({ file, text }) => ({
    path: `src/cdktf/l1/${file}.gen.ts`,
    content: () => text,
  })),
  { path: "docs/reference/configuration.md", content: configurationPage },
  { path: "docs/reference/cdktf.md", content: referencePage },
  { path: "docs/reference/exit-codes.md", content: exitCodesPage },
  { path: "docs/hazards.md", content: hazardsPage },
  ...terraformPages(),
];

function current(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

const checkOnly = process.argv.includes("--check");
const stale: string[] = [];
for (const output of outputs) {
  const path = join(root, output.path);
  const content = await output.content();
  if (current(path) === content) continue;
  stale.push(output.path);
  if (checkOnly) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

for (const path of stale) console.log(`generate: ${checkOnly ? "not in step:" : "wrote"} ${path}`);
if (stale.length === 0) console.log(`generate: ${outputs.length} files are in step`);
if (checkOnly && stale.length > 0) {
  console.log("generate: run `npm run generate` and commit the result");
  process.exitCode = 1;
}
