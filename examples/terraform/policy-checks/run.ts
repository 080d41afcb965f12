// What a team forbids, checked before anything is done: by `terraform test` on the configuration,
// and by a policy in Rego on the plan.
import { spawnSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";

import { PassageCollection } from "../../passages/collection.ts";
import type { Session } from "../../support/session.ts";
import { installTerraform, type Terraform } from "../support/terraform.ts";

export const keepIn: string | null = null;

export async function run(session: Session): Promise<void> {
  session.chapter("1. A policy that keeps six snapshots, and there are six");
  for (const name of ["main.tf", "tests", "policy", "snapform.yaml"]) {
    cpSync(join(import.meta.dirname, name), session.path(name), { recursive: true });
  }
  await new PassageCollection(session.path("data")).create();
  const terraform = await installTerraform(session);
  await terraform(["apply", "-auto-approve"], { quiet: true });
  for (let count = 1; count < 6; count++) {
    await session.snapform(["run", "policy.nightly", "--yes"], { quiet: true });
  }
  session.show("tests/retention.tftest.hcl");
  const tested = await terraform(["test"]);
  session.check.shows("its tests pass", tested.stdout, /3 passed, 0 failed/);

  session.chapter("2. A pull request keeps two only");
  const failed = await terraform(["test", "-var=keep=2"], { status: 1 });
  session.check.shows("the tests say what is wrong", failed.output, /At least three snapshots/);
  session.say("");
  const denied = await judge(session, terraform, 2);
  session.check.isTrue("the plan is denied, if it was judged", denied !== "allowed");

  session.chapter("3. The author keeps four; two expire, which is allowed");
  await terraform(["test", "-var=keep=4"]);
  const allowed = await judge(session, terraform, session.isSpoiled ? 1 : 4);
  session.check.isTrue("the plan is allowed, if it was judged", allowed !== "denied");
  const applied = await terraform(["apply", "reviewed.tfplan"]);
  session.check.shows("it is carried out", applied.stdout, /1 changed/);
  const asked = await terraform(["output", "-raw", "protected"]);
  session.check.equals("everything is protected", asked.stdout, "true");
  const list = await session.snapform(["snapshots", "list", "--json"], { quiet: true });
  const { snapshots } = JSON.parse(list.stdout) as { readonly snapshots: readonly unknown[] };
  session.check.equals("four snapshots are left", snapshots.length, 4);
}

type Judgement = "allowed" | "denied" | "not judged";

/** Plans, and asks conftest or OPA about it. */
async function judge(session: Session, terraform: Terraform, keep: number): Promise<Judgement> {
  await terraform(["plan", `-var=keep=${keep}`, "-out=reviewed.tfplan"]);
  const shown = await terraform(["show", "-json", "reviewed.tfplan"], { quiet: true });
  session.write("plan.json", shown.stdout);
  const expected = keep < 3 ? 1 : 0;
  if (isThere("conftest")) {
    const args = ["test", "--no-color", "--policy", "policy", "plan.json"];
    const { status } = await session.tool("conftest", args, { status: expected });
    return status === 0 ? "allowed" : "denied";
  }
  if (isThere("opa")) {
    const args = ["eval", "-d", "policy", "-i", "plan.json", "-f", "pretty", "data.main.deny"];
    const { stdout } = await session.tool("opa", args);
    return stdout.trim() === "[]" ? "allowed" : "denied";
  }
  session.say("(neither conftest nor opa is on the path: the plan is not judged)\n");
  return "not judged";
}

function isThere(name: string): boolean {
  return spawnSync(name, ["version"]).error === undefined;
}
