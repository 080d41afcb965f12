// docs/three-ways.md: every snippet works, and all come to the same desired state.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { loadConfig } from "../../../src/config/load-config.ts";
import { hasTerraform, installTerraform } from "../../terraform/installed-terraform.ts";
import { resolveProject } from "./terraform-json.ts";

const page = readFileSync("docs/three-ways.md", "utf8");
const scratch = mkdtempSync(join(tmpdir(), "snapform-ways-"));
afterAll(() => rmSync(scratch, { recursive: true }));

function snippets(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, "gm");
  return [...page.matchAll(fence)].map(([, text = ""]) => text);
}

function write(name: string, text: string): string {
  const file = join(scratch, name);
  mkdirSync(resolve(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Runs a program of the page in a folder; gives what it synthesized. */
async function synthesized(program: string, folder: string, engine: string): Promise<string> {
  const outfile = join(scratch, folder, "main.mjs");
  await build({
    stdin: { contents: program, resolveDir: process.cwd(), loader: "ts" },
    alias: {
      "snapform/cdktf": resolve("src/cdktf/index.ts"),
      ...(engine === "cdktn" ? { cdktf: "cdktn" } : {}),
    },
    bundle: true,
    format: "esm",
    platform: "node",
    banner: {
      js: 'import { createRequire as r } from "node:module"; const require = r(import.meta.url);',
    },
    outfile,
    logLevel: "warning",
  });
  const options = { cwd: join(scratch, folder), encoding: "utf8" } as const;
  const run = spawnSync(process.execPath, [outfile], options);
  expect(run.status, run.stderr).toBe(0);
  return readFileSync(join(scratch, folder, "cdktf.out/stacks/backups/cdk.tf.json"), "utf8");
}

interface Expression {
  readonly constant_value?: unknown;
}

interface ShownPlan {
  readonly planned_values: {
    readonly root_module: {
      readonly resources: readonly {
        readonly type: string;
        readonly name: string;
        readonly values: object;
      }[];
    };
  };
  readonly configuration: {
    readonly provider_config: {
      readonly snapform: { readonly expressions: Readonly<Record<string, Expression>> };
    };
  };
}

/** What Terraform makes of HCL, as synthesized JSON would say it. */
function planned(folder: string): string {
  const terraform = installTerraform(join(scratch, folder));
  terraform("plan", "-out=plan");
  const plan = JSON.parse(terraform("show", "-json", "plan")) as ShownPlan;
  const { expressions } = plan.configuration.provider_config.snapform;
  const provider = Object.entries(expressions).map(([name, { constant_value: value }]) => {
    return [name, value] as const;
  });
  const resource: Record<string, Record<string, object>> = {};
  for (const { type, name, values } of plan.planned_values.root_module.resources) {
    resource[type] = { ...resource[type], [name]: values };
  }
  return JSON.stringify({ provider: { snapform: [Object.fromEntries(provider)] }, resource });
}

describe("the page of the three ways", () => {
  const [yaml = ""] = snippets("yaml");
  const [hcl = ""] = snippets("terraform");
  const [program = "", fromYaml = ""] = snippets("ts");

  /** Everything but what Terraform cannot know of. */
  function wanted(folder: string): object {
    const files = [{ path: "snapform.yaml", text: yaml }];
    const { desired } = loadConfig({ files, env: {}, workingDirectory: folder });
    const { fingerprint: _, ...rest } = desired ?? { fingerprint: "" };
    return rest;
  }

  test("has a valid YAML", () => {
    expect(wanted("/srv")).toMatchObject({ project: "search" });
  });

  test.each(["cdktf", "cdktn"])("says the same in TypeScript, on %s", async (engine) => {
    const folder = join(scratch, "program", engine);
    const text = await synthesized(program, join("program", engine), engine);
    expect(resolveProject(text, {}, folder).desired).toEqual(wanted(folder));
  });

  test.each(["cdktf", "cdktn"])("goes on from the YAML in TypeScript, on %s", async (engine) => {
    const name = join("from-yaml", engine);
    write(join(name, "snapform.yaml"), yaml);
    const text = await synthesized(fromYaml, name, engine);
    const folder = join(scratch, name);
    const stack = join(folder, "cdktf.out/stacks/backups");
    expect(resolveProject(text, {}, stack).desired).toEqual(wanted(folder));
    expect(text).toContain("${snapform_backup_policy.nightly.newest_restorable}");
  });

  // Only the real Terraform reads HCL.
  test.skipIf(!hasTerraform)("says the same in HCL", () => {
    const folder = join(scratch, "hcl");
    write("hcl/main.tf", hcl);
    mkdirSync(join(folder, "data"));
    expect(resolveProject(planned("hcl"), {}, folder).desired).toEqual(wanted(folder));
  });
});
