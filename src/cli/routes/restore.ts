import { parseRestorePoint } from "../../desired/restore-point.ts";
import { SnapformError } from "../../errors/index.ts";
import type { CheckLevel } from "../../snapshot/capabilities.ts";
import { consentFlags, someText, type ConsentFlags } from "../flags.ts";
import { command, type Route } from "./route.ts";

export interface RestoreFlags extends ConsentFlags {
  readonly policy?: string;
  readonly snapshot?: string;
  readonly repository?: string;
  readonly cluster?: string;
  readonly collection?: string;
  readonly at: string;
  readonly to?: string;
  readonly ifExists: "fail" | "replace";
  readonly check: CheckLevel;
}

function parsePoint(input: string): string {
  if (parseRestorePoint(input) !== null) return input;
  throw new SnapformError(
    "usage",
    `expected latest, a time such as 2026-11-21T04:00:00Z or a snapshot's id, got ${input}`,
  );
}

function named(placeholder: string, brief: string) {
  return { kind: "parsed", parse: someText, optional: true, placeholder, brief } as const;
}

export const restore: Route = command<RestoreFlags>({
  docs: {
    brief: "Restore by hand, in a disaster",
    description:
      "Puts a snapshot back without declaring it in a file. Where it comes from is told by " +
      "--policy and --collection, by --snapshot, or, with the source cluster down and no state " +
      "left, by --repository, --cluster and --collection. Without --to it goes back to where it " +
      "was taken.\n\n" +
      "Never overwrites by itself: --if-exists replace first takes a snapshot of what is there, " +
      "and is held back until it is acknowledged. Shows a plan and asks first, as apply does.",
    examples: [
      {
        line: "restore --policy nightly --collection docs --to prod/docs-restored",
        meaning: "The newest snapshot of a policy, beside what is there.",
      },
      {
        line: "restore --policy nightly --collection docs --at 2026-11-20T12:00:00Z",
        meaning: "As it was at noon, into the place that it came from.",
      },
      {
        line: "restore --repository vault --cluster prod --collection docs --to spare/docs",
        meaning: "From the repository alone, into another cluster.",
      },
    ],
  },
  parameters: {
    flags: {
      policy: named("NAME", "Take a snapshot of this policy."),
      snapshot: named("NAME", "Take this named snapshot."),
      repository: named("NAME", "Take a snapshot from this repository."),
      cluster: named("CLUSTER", "The cluster that it was taken of."),
      collection: named("COLLECTION", "The collection that it was taken of."),
      at: {
        kind: "parsed",
        parse: parsePoint,
        default: "latest",
        placeholder: "latest|TIME|ID",
        brief: "Which one: the newest, the newest that was finished by then, or this one.",
      },
      to: named("CLUSTER/COLLECTION", "Where to restore to; by default where it was taken."),
      ifExists: {
        kind: "enum",
        values: ["fail", "replace"],
        default: "fail",
        brief: "What to do when the target exists.",
      },
      check: {
        kind: "enum",
        values: ["hashes", "count", "deep"],
        default: "count",
        brief: "How deeply to check before it counts as done.",
      },
      ...consentFlags,
    },
    aliases: { y: "yes" },
  },
  load: async () => (await import("../commands/restore.ts")).restore,
});
