import { describe, expect, test } from "vitest";

import { findBinary } from "../../examples/terraform/support/terraform.ts";
import { expectSuccess, runExample } from "./run-example.ts";

const hasTerraform = findBinary() !== null;

describe("cdktf", () => {
  test("synthesizes two stacks, and Terraform applies both", async () => {
    const run = await runExample(["cdktf"]);
    expectSuccess(run, "cdktf");
    expect(run.stdout).toContain("✓ no two begin at the same minute");
    expect(run.stdout).toContain("✓ the same YAML gives the same project");
    // The example says itself what it leaves out where there is no Terraform.
    expect(run.stdout.includes("✓ staging has every passage")).toBe(hasTerraform);
    expect(run.stdout.includes("No Terraform is on the path")).toBe(!hasTerraform);
  });

  test("notices when nothing fails the synthesis", async () => {
    const run = await runExample(["cdktf", "--spoil"]);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("FAILED: not true: the aspect names the table");
  });
});
