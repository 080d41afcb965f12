import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { fixture } from "./load.ts";

const root = join(import.meta.dirname, "..", "..", "..");

describe("what is generated", () => {
  test("is in step with the schemas and tables", () => {
    const script = join(root, "scripts", "generate.ts");
    const output = execFileSync(process.execPath, [script, "--check"], { encoding: "utf8" });
    expect(output).toMatch(/files are in step/);
  });

  test("loads no ajv at run time", () => {
    const code = readFileSync(join(root, "src/config/generated/validate.gen.ts"), "utf8");
    // The one mention in a string is ajv's note to itself.
    expect(/(?<!')\brequire\(|\bimport\b/.exec(code)?.[0]).toBeUndefined();
  });
});

describe("the schema for editors", () => {
  const path = join(root, "schemas", "config.editor.schema.json");
  const ajv = new Ajv2020({ strictTypes: false, strictRequired: false });
  const validate = ajv.compile(JSON.parse(readFileSync(path, "utf8")) as object);

  test("accepts shorthands, stands alone, and does not offer the engine for tests", () => {
    expect(validate(parse(fixture("complete.yaml")))).toBe(true);
    const cluster = { engine: "memory" };
    expect(validate({ version: 1, project: "demo", clusters: { c: cluster } })).toBe(false);
  });
});
