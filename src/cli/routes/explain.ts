import { someText } from "../flags.ts";
import { command, type Route } from "./route.ts";

export const explain: Route = command<object, [address: string]>({
  docs: {
    brief: "Explain why the snapshots of a resource stay or go, and when it runs",
    description:
      "Each snapshot with the rules that keep it, the next runs of the schedule, and the runs " +
      "around the next change of the clocks in its time zone.",
    examples: [
      { line: "explain policy.nightly", meaning: "Everything about a policy." },
      { line: "explain 'policy.nightly[\"prod/docs\"]'", meaning: "One collection of it." },
    ],
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ parse: someText, placeholder: "ADDRESS", brief: "What to explain." }],
    },
  },
  load: async () => (await import("../commands/explain.ts")).explain,
});
