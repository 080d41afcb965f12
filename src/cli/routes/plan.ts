import { parseAt, selectFlags, someText, switchFlag, type SelectFlags } from "../flags.ts";
import { command, type Route } from "./route.ts";

export interface PlanFlags extends SelectFlags {
  readonly out?: string;
  readonly detailedExitcode: boolean;
  readonly markdown: boolean;
  readonly at?: Date;
  readonly verbose: boolean;
}

export const plan: Route = command<PlanFlags>({
  docs: {
    brief: "Show what apply would do",
    description:
      "Compares what the configuration asks for with the snapshots that exist, and shows every " +
      "snapshot that would be created, copied, restored, expired or kept, each with its reason. " +
      "Takes no lock and changes nothing.\n\n" +
      "With --out the plan is saved, and `snapform apply FILE` carries out that and nothing " +
      "else. Exits with 1 when something that is wanted could not be planned.",
    examples: [
      { line: "plan", meaning: "Show what is due, and what retention lets go." },
      { line: "plan --out tonight.plan", meaning: "Save it, so that this is what gets applied." },
      { line: "plan --markdown > comment.md", meaning: "Write a comment for a pull request." },
      {
        line: "plan --only 'policy.nightly[\"prod/docs\"]'",
        meaning: "Look at one collection of one policy.",
      },
      {
        line: "plan --at 2026-12-31T02:00:00Z --verbose",
        meaning: "Show what would be kept and why if it were then.",
      },
    ],
  },
  parameters: {
    flags: {
      out: {
        kind: "parsed",
        parse: someText,
        optional: true,
        placeholder: "PLANFILE",
        brief: "Save the plan to this file.",
      },
      detailedExitcode: switchFlag("Exit with 2 when there is something to do."),
      markdown: switchFlag("Write one comment for a pull request."),
      at: {
        kind: "parsed",
        parse: parseAt,
        optional: true,
        placeholder: "TIME",
        brief: "Plan as if it were then (RFC 3339); such a plan cannot be saved.",
      },
      verbose: switchFlag("List every kept snapshot with its reasons."),
      ...selectFlags,
    },
    aliases: { v: "verbose" },
  },
  load: async () => (await import("../commands/plan.ts")).plan,
});
