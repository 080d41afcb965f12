// The state is lost; the snapshots say themselves whose they are, so it can be rebuilt.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PassageCollection } from "../passages/collection.ts";
import type { Session } from "../support/session.ts";

export const keepIn: string | null = null;

export async function run(session: Session): Promise<void> {
  const file = "snapform.yaml";
  session.write(file, readFileSync(join(import.meta.dirname, file), "utf8"));
  await new PassageCollection(session.path("data")).create();

  session.chapter("Two snapshots, and a state that knows them");
  await session.snapform(["apply", "--yes"]);
  await session.snapform(["run", "policy.nightly", "--yes"]);

  session.chapter("The folder of the state is deleted");
  session.lose("state");
  const plan = await session.snapform(["plan"]);
  session.check.shows("the plan notices", plan.output, /not in the state/);
  session.check.shows("and says what to do", plan.output, /adopt --from-repository/);
  session.check.shows("it does not take the past for empty", plan.stdout, /No changes/);

  session.chapter("The state is rebuilt from the manifests in the repository");
  await session.snapform(["adopt", "--from-repository", "--dry-run"]);
  const adopted = await session.snapform(["adopt", "--from-repository"]);
  session.check.shows("both snapshots are taken over", adopted.stdout, /2 snapshots/);
  if (session.isSpoiled) session.lose("state");
  const again = await session.snapform(["plan", "--detailed-exitcode"]);
  session.check.shows("the plan is empty", again.stdout, /No changes/);
  session.check.isTrue("and has nothing to complain", !/not in the state/.test(again.output));

  session.chapter("The policy goes on where it was: the third snapshot lets the first go");
  const third = await session.snapform(["run", "policy.nightly", "--yes"]);
  session.check.shows("it is ours again, so it may expire", third.stdout, /1 created, 1 expired/);
}
