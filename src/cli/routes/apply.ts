import {
  consentFlags,
  selectFlags,
  someText,
  type ConsentFlags,
  type SelectFlags,
} from "../flags.ts";
import { command, type Route } from "./route.ts";

export type ApplyFlags = ConsentFlags & SelectFlags;

export const apply: Route = command<ApplyFlags, [planFile?: string]>({
  docs: {
    brief: "Carry a plan out",
    description:
      "Shows the plan and asks before it is carried out. Where nobody can answer it needs --yes " +
      "or a saved plan. A saved plan is carried out as it was reviewed: what is done already is " +
      "skipped, a snapshot that should no longer expire stays, and if anything else has moved, " +
      "nothing at all is done (exit status 12).\n\n" +
      "Dangerous actions are held back until --acknowledge names the hash that the plan shows. " +
      "When it is interrupted, run it again: it goes on where it was.",
    examples: [
      { line: "apply", meaning: "Show the plan, ask, do it." },
      { line: "apply tonight.plan", meaning: "Carry out exactly what was reviewed." },
      { line: "apply --yes --lock-timeout 10m", meaning: "From cron or a pipeline." },
      {
        line: "apply --yes --acknowledge 0123456789ab",
        meaning: "Do the dangerous actions of the plan as well.",
      },
    ],
  },
  parameters: {
    flags: { ...consentFlags, ...selectFlags },
    aliases: { y: "yes" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: someText,
          optional: true,
          placeholder: "PLANFILE",
          brief: "A plan that was saved with `snapform plan --out`.",
        },
      ],
    },
  },
  load: async () => (await import("../commands/apply.ts")).apply,
});
