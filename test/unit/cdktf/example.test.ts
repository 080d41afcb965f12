// The stacks of examples/cdktf, as a team would test its own; and cdktf.json, as the command lines
// read it. scripts/cdktf-cli.ts runs the real ones.
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { Testing } from "cdktf";
import { describe, expect, test } from "vitest";
import { ProductionStack, StagingStack } from "../../../examples/cdktf/stacks.ts";
import { appOptions, scratch } from "./scratch.ts";

interface Settings {
  readonly app: string;
  readonly output: string;
  readonly context: { readonly data: string };
}

const folders = { data: "/srv/search", tenants: ["acme", "globex"] };

describe("the stacks of the example", () => {
  test("protect every table of production", () => {
    const text = Testing.synth(
      new ProductionStack(Testing.app(appOptions), "production", folders),
      true,
    );
    const { resource } = JSON.parse(text) as {
      resource: Record<string, Record<string, { name: string }>>;
    };
    const names = Object.values(resource["snapform_backup_policy"] ?? {}).map(({ name }) => name);
    expect(names.toSorted()).toEqual(["passages", "tenants-acme", "tenants-globex"]);
    expect(
      Testing.toHaveResourceWithProperties(text, "snapform_snapshot", { name: "before-go-live" }),
    ).toBe(true);
  });

  test("refresh staging from the repository of production, without its cluster", () => {
    const text = Testing.synth(new StagingStack(Testing.app(appOptions), "staging", folders), true);
    expect(
      Testing.toHaveResourceWithProperties(text, "snapform_restore", {
        from: { repository: "vault", cluster: "production", collection: "passages" },
      }),
    ).toBe(true);
    expect(text).not.toContain("/srv/search/production");
  });
});

describe("cdktf.json", () => {
  test("names the app, and a folder that the engine can make", () => {
    const { app, output, context } = JSON.parse(readFileSync("cdktf.json", "utf8")) as Settings;
    symlinkSync(resolve("examples"), join(scratch, "examples"));
    const given = { CDKTF_OUTDIR: output, CDKTF_CONTEXT_JSON: JSON.stringify(context) };
    const env = { ...process.env, ...given };
    const run = spawnSync("sh", ["-c", app], { cwd: scratch, encoding: "utf8", env });
    expect(run.status, run.stderr).toBe(0);
    const { stacks } = JSON.parse(readFileSync(join(scratch, output, "manifest.json"), "utf8")) as {
      readonly stacks: Readonly<Record<string, { readonly synthesizedStackPath: string }>>;
    };
    expect(Object.keys(stacks)).toEqual(["production", "staging"]);
    const project = stacks["production"]?.synthesizedStackPath ?? "";
    const data = join(scratch, context.data);
    expect(readFileSync(join(scratch, output, project), "utf8")).toContain(`${data}/production`);
  });
});
