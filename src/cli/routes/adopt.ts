import { lockFlags, someText, switchFlag, type LockFlags } from "../flags.ts";
import { command, type Route } from "./route.ts";

export interface AdoptFlags extends LockFlags {
  readonly fromRepository: boolean;
  readonly as?: string;
  readonly dryRun: boolean;
}

export const adopt: Route = command<AdoptFlags, string[]>({
  docs: {
    brief: "Take snapshots over into this project and state",
    description:
      "Only what this project made or took over is ever expired. Adopt snapshots that somebody " +
      "else made, or, after the state was lost, with --from-repository all that the repositories " +
      "hold of this project.",
    examples: [
      { line: "adopt --from-repository", meaning: "Rebuild a lost state." },
      {
        line: "adopt 20261121T010000Z-4345f98d --as policy.nightly",
        meaning: "Let a policy manage this one from now on.",
      },
    ],
  },
  parameters: {
    flags: {
      fromRepository: switchFlag("Take over everything of this project that repositories hold."),
      as: {
        kind: "parsed",
        parse: someText,
        optional: true,
        placeholder: "ADDRESS",
        brief: "The policy or snapshot that they belong to from now on.",
      },
      dryRun: switchFlag("Show what would be taken over."),
      ...lockFlags,
    },
    positional: {
      kind: "array",
      parameter: { parse: someText, placeholder: "ID", brief: "Snapshots to take over." },
    },
  },
  load: async () => (await import("../commands/adopt.ts")).adopt,
});
