import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import { build } from "esbuild";

import { kinds, mapSchema, readSchema, without, type Schema } from "./schemas.ts";

const header = `// @ts-nocheck
// Written by scripts/generate.ts from schemas/ with ajv and esbuild. Do not edit.
/* oxlint-disable */
`;

const footer = `
/** What the canonical form breaks; empty when it fits the schemas. */
export function validateConfig(config: unknown): readonly {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
}[] {
  return compiled.default(config) ? [] : compiled.default.errors;
}
`;

/** The compiled validator of the canonical form: no ajv at run time. */
export async function validatorModule(): Promise<string> {
  const ajv = new Ajv2020({
    allErrors: true,
    messages: false,
    strict: true,
    code: { source: true, esm: true },
    schemas: [...kinds.map(({ kind }) => kind), "config"].map((name) => lean(readSchema(name))),
  });
  const validate = ajv.getSchema("config.schema.json");
  if (!validate) throw new Error("config.schema.json was not compiled");
  const source = standaloneCode.default(ajv, validate);
  return `${header}${await bundled(source)}${footer}`;
}

/** Only what decides; texts come from the shape. Which engines exist is decided after this. */
function lean(schema: Schema): Schema {
  return mapSchema(schema, (each) => {
    const rest = without(each, ["title", "description", "examples", "default", "format", "x-tf"]);
    return each.title === "engine" ? without(rest, ["enum"]) : rest;
  });
}

async function bundled(source: string): Promise<string> {
  const result = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    format: "iife",
    globalName: "compiled",
    minify: true,
    target: "node22",
    write: false,
    logLevel: "warning",
  });
  return result.outputFiles[0]?.text ?? "";
}
