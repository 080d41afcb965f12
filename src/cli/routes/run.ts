import { consentFlags, someText, switchFlag, type ConsentFlags } from "../flags.ts";
import { command, type Route } from "./route.ts";

export interface RunFlags extends ConsentFlags {
  readonly noExpire: boolean;
}

export const run: Route = command<RunFlags, [address: string]>({
  docs: {
    brief: "Do one thing now, whatever its schedule or its past says",
    description:
      "Makes the snapshot of a policy, takes a named snapshot again, or repeats a restore. " +
      "Plans, asks and works as apply does, for this address only.",
    examples: [
      { line: "run policy.nightly", meaning: "Take the snapshots of a policy now." },
      { line: "run 'policy.nightly[\"prod/docs\"]'", meaning: "The same for one collection." },
      { line: "run restore.staging --yes", meaning: "Restore again although it was done." },
    ],
  },
  parameters: {
    flags: {
      ...consentFlags,
      noExpire: switchFlag("Leave out everything that would delete a snapshot."),
    },
    aliases: { y: "yes" },
    positional: {
      kind: "tuple",
      parameters: [{ parse: someText, placeholder: "ADDRESS", brief: "What to do." }],
    },
  },
  load: async () => (await import("../commands/run.ts")).run,
});
