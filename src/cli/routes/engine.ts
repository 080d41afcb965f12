import { someText } from "../flags.ts";
import { command, group, type Route } from "./route.ts";

const check: Route = command<object, [cluster: string]>({
  docs: {
    brief: "Try a cluster out against everything that snapform relies on",
    description:
      "Runs the contract that every engine is tested with against a cluster of yours, in " +
      "collections of its own, which it removes. Exits with 1 when a case fails.",
    examples: [{ line: "engine check prod", meaning: "Try the cluster `prod` out." }],
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ parse: someText, placeholder: "CLUSTER", brief: "A declared cluster." }],
    },
  },
  load: async () => (await import("../commands/engine.ts")).checkEngine,
});

export const engine: Route = group(
  { brief: "Try out what snapform relies on", description: "", examples: [] },
  { check },
);
