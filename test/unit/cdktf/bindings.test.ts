import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { engines } from "./engines.ts";
import { appOptions } from "./scratch.ts";

const golden = readFileSync("test/golden/cdktf/official.json", "utf8");

describe.each(engines)("the bindings on $name", ({ name, cdk, ours, program }) => {
  const { Testing, TerraformStack, TerraformVariable } = cdk;

  function stackOf(): InstanceType<typeof TerraformStack> {
    return new TerraformStack(Testing.app(appOptions), "stack");
  }

  const schedule = { cron: "0 2 * * *" };

  test("are really bound to that engine", () => {
    const elements = Object.keys(cdk).includes("TerraformEphemeralResource");
    expect(elements).toBe(name === "cdktn");
  });

  test("synthesize what the official generator's do", () => {
    expect(JSON.parse(program.synthesized(ours))).toEqual(JSON.parse(golden));
  });

  test("keep the names of clusters and repositories as they are", () => {
    const stack = stackOf();
    const provider = new ours.SnapformProvider(stack, "snapform", {
      project: "p",
      clusters: { "docs-EU": { engine: "lancedb", uri: "./data" } },
      repositories: { "vault-2": { type: "filesystem", path: "./vault" } },
    });
    provider.addOverride("clusters.docs-EU.concurrency", 3);
    provider.addOverride("repositories.vault-2.path", undefined);
    const made = JSON.parse(Testing.synth(stack)) as { provider: { snapform: object[] } };
    expect(made.provider.snapform).toEqual([
      {
        project: "p",
        clusters: { "docs-EU": { engine: "lancedb", uri: "./data", concurrency: 3 } },
        repositories: { "vault-2": { type: "filesystem" } },
      },
    ]);
    expect(String(Testing.synthHcl(stack))).toContain("docs-EU");
  });

  test("write counts as text, tokens of numbers as they are", () => {
    const stack = stackOf();
    const days = new TerraformVariable(stack, "days", { type: "number" });
    new ours.BackupPolicy(stack, "nightly", {
      name: "nightly",
      cluster: "local",
      collections: ["*"],
      schedule,
      retention: { last: 3, daily: days.numberValue, weekly: "all" },
    });
    expect(Testing.synth(stack)).toMatch(/"daily": "\$\{var\.days\}",\s+"last": "3"/);
  });

  test("let what was given be changed until synth, and be left out again", () => {
    const stack = stackOf();
    const policy = new ours.BackupPolicy(stack, "nightly", {
      name: "nightly",
      cluster: "local",
      collections: ["*"],
      schedule,
      retention: { last: 3 },
      description: "soon gone",
    });
    policy.input.retention = { keepAll: true };
    policy.input.description = undefined;
    const text = Testing.synth(stack);
    expect(text).toContain('"keep_all": true');
    expect(text).not.toContain("soon gone");
  });

  test("take tokens where there are choices", () => {
    const stack = stackOf();
    const choice = new TerraformVariable(stack, "choice", { type: "string" });
    new ours.Restore(stack, "restore", {
      name: "restore",
      from: { repository: "vault", cluster: "c", collection: "docs" },
      to: { cluster: "c", collection: "docs", ifExists: choice.stringValue },
    });
    expect(Testing.synth(stack)).toContain('"if_exists": "${var.choice}"');
  });

  test("write nested attributes as attributes and time limits as a block in HCL", () => {
    const stack = stackOf();
    new ours.BackupPolicy(stack, "nightly", {
      name: "nightly",
      cluster: "local",
      collections: ["*"],
      schedule,
      retention: { last: 3 },
      timeouts: { create: "30m" },
    });
    const text = String(Testing.synthHcl(stack));
    expect(text).toMatch(/schedule = \{/);
    expect(text).toMatch(/timeouts \{/);
  });
});
