import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";

import { findTerraform } from "../terraform/terraform-binary.ts";
import { expectSuccess, runExample } from "./run-example.ts";

const hasTerraform = findTerraform() !== null;
/** Seconds: each starts Terraform a dozen times, beside whatever else is tested. */
const limit = 110;

const judge = ["conftest", "opa"].find((name) => !spawnSync(name, ["version"]).error);
if (judge === undefined) {
  console.log("neither conftest nor opa is on the path: the policy in Rego is not run");
}

describe.skipIf(!hasTerraform)("terraform/quickstart", () => {
  test("installs, protects, expires, loses and restores with the real Terraform", async () => {
    const run = await runExample(["terraform/quickstart"]);
    expectSuccess(run, "terraform/quickstart", limit);
    expect(run.stdout.match(/✓ a second plan is empty/g)).toHaveLength(3);
    expect(run.stdout).toContain("✓ the plan names what expires, and why");
    expect(run.stdout).toContain("✓ all 207 passages are back");
    expect(run.stdout).toContain("No damage found: 2 snapshots");
  }, 120_000);

  test("notices a restore that brought something else back", async () => {
    const run = await runExample(["terraform/quickstart", "--spoil"]);
    expect(run.status).toBe(1);
    expect(run.stdout).toContain("✓ all 207 passages are back");
    expect(run.stderr).toMatch(/FAILED: not true: same neighbours, same distances/);
  }, 120_000);
});

describe.skipIf(!hasTerraform)("terraform/qdrant-cluster", () => {
  test("protects a cluster, takes it over with another one, and shows no key", async () => {
    const run = await runExample(["terraform/qdrant-cluster"]);
    expectSuccess(run, "terraform/qdrant-cluster", limit);
    expect(run.stdout).toContain("✓ same neighbours, same scores, query 5");
    expect(run.stdout).toContain("✓ a second plan is empty");
    expect(run.stdout).not.toContain("key-of-the-example");
  }, 120_000);
});

describe.skipIf(!hasTerraform)("terraform/policy-checks", () => {
  test("denies one change, and carries out the other", async () => {
    const run = await runExample(["terraform/policy-checks"]);
    expectSuccess(run, "terraform/policy-checks", limit);
    expect(run.stdout).toContain("✓ its tests pass");
    expect(run.stdout).toContain("✓ the tests say what is wrong");
    // The example says itself that nobody judged the plan.
    const isJudged = !run.stdout.includes("the plan is not judged");
    expect(isJudged).toBe(judge !== undefined);
    if (isJudged) expect(run.stdout).toContain("4 snapshots would expire, at most 3");
  }, 120_000);
});
