// Somebody shortens a retention in a pull request: the plan is a comment, a check may deny it, and
// after the merge exactly the reviewed plan is carried out.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PassageCollection } from "../passages/collection.ts";
import type { Session } from "../support/session.ts";

export const keepIn: string | null = null;

const checkPlan = join(import.meta.dirname, "check-plan.ts");

export async function run(session: Session): Promise<void> {
  const text = readFileSync(join(import.meta.dirname, "snapform.yaml"), "utf8");
  session.write("snapform.yaml", text);
  await new PassageCollection(session.path("data")).create();

  session.chapter("On the main branch: six snapshots are kept, and there are six");
  await session.snapform(["apply", "--yes"], { quiet: true });
  for (let count = 1; count < 6; count++) {
    await session.snapform(["run", "policy.nightly", "--yes"], { quiet: true });
  }

  session.chapter("A pull request keeps two only; the check allows three expires at once");
  propose(session, text, 2);
  await session.snapform(["validate"]);
  await session.snapform(["plan", "--detailed-exitcode", "--markdown"], { status: 2 });
  const plan = await session.snapform(["plan", "--json"], { quiet: true });
  session.write("plan.json", plan.stdout);
  const denied = await session.script([checkPlan, "3"], { input: "plan.json", status: 1 });
  session.check.shows("the check denies it", denied.stdout, /denied: 4 snapshots would expire/);

  session.chapter("The author keeps four; one plan for the comment, the check and the apply");
  propose(session, text, 4);
  const comment = await session.snapform(["plan", "--markdown", "--out", "reviewed.plan"]);
  session.check.isTrue("the comment fits", comment.stdout.length < 65_536);
  session.check.shows("the deletions are in it", comment.stdout, /Deletions: 2 expires/);
  session.say("");
  const allowed = await session.script([checkPlan, "3"], { input: "reviewed.plan" });
  session.check.shows("the check allows it", allowed.stdout, /allowed: 2 of at most 3/);

  session.chapter("A nightly run comes between review and merge; the reviewed plan still holds");
  await session.snapform(["run", "policy.nightly", "--yes", "--no-expire"]);
  await session.snapform(["apply", "reviewed.plan"]);
  await refused(session, text);
  if (session.isSpoiled) await session.snapform(["run", "policy.nightly", "--yes"]);
  const list = await session.snapform(["snapshots", "list", "--json"], { quiet: true });
  const { snapshots } = JSON.parse(list.stdout) as { readonly snapshots: readonly unknown[] };
  session.check.equals("five are left: six, one more, two less", snapshots.length, 5);
}

function propose(session: Session, text: string, last: number): void {
  session.say(`retention: { last: ${last} }\n`);
  session.write("snapform.yaml", text.replace("last: 6", `last: ${last}`));
}

async function refused(session: Session, text: string): Promise<void> {
  session.chapter("A plan of another configuration than the merged one is refused");
  session.write("snapform.yaml", text.replace("last: 6", "last: 5"));
  const stale = await session.snapform(["apply", "reviewed.plan"], { status: 12 });
  session.check.shows("it says what moved", stale.output, /configuration has changed/);
  propose(session, text, 4);
}
