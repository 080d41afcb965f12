import { apply } from "./apply.ts";
import { plan } from "./plan.ts";
import { group, type Route } from "./route.ts";
import { run } from "./run.ts";
import { validate } from "./validate.ts";

export const root: Extract<Route, { getAllEntries: unknown }> = group(
  {
    brief: "Backups of vector databases as code",
    description:
      "Declare backup policies, snapshots and restores in snapform.yaml; look at the plan; apply " +
      "exactly that.",
    examples: [
      { line: "init", meaning: "Write a first snapform.yaml." },
      { line: "plan", meaning: "Show what would be done." },
      { line: "apply", meaning: "Do it, after asking." },
    ],
  },
  { validate, plan, apply, run },
);
