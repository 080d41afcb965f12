import { adopt } from "./adopt.ts";
import { apply } from "./apply.ts";
import { completion } from "./completion.ts";
import { engine } from "./engine.ts";
import { explain } from "./explain.ts";
import { init } from "./init.ts";
import { forget, pin, undelete, unpin } from "./keeping.ts";
import { plan } from "./plan.ts";
import { purge } from "./purge.ts";
import { repository } from "./repository.ts";
import { restore } from "./restore.ts";
import { group, type Route } from "./route.ts";
import { run } from "./run.ts";
import { schema } from "./schema.ts";
import { snapshots } from "./snapshots.ts";
import { state, unlock } from "./state.ts";
import { status } from "./status.ts";
import { synth } from "./synth.ts";
import { terraform } from "./terraform.ts";
import { validate } from "./validate.ts";
import { version } from "./version.ts";

/** Every command, in the order in which the help shows them: the daily ones first. */
export const root: Extract<Route, { getAllEntries: unknown }> = group(
  {
    brief: "Backups of vector databases as code",
    description:
      "Declare backup policies, snapshots and restores in snapform.yaml; look at the plan; apply " +
      "exactly that.",
    examples: [
      { line: "init", meaning: "Write a first snapform.yaml." },
      { line: "plan", meaning: "Show what would be done, and why." },
      { line: "apply", meaning: "Do it, after asking." },
      { line: "status", meaning: "Show how well everything is protected." },
    ],
  },
  {
    init,
    validate,
    plan,
    apply,
    run,
    status,
    snapshots,
    explain,
    restore,
    pin,
    unpin,
    undelete,
    adopt,
    forget,
    purge,
    repository,
    state,
    unlock,
    engine,
    schema,
    synth,
    terraform,
    completion,
    version,
  },
);
