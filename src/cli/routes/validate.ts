import { command, type Route } from "./route.ts";

export const validate: Route = command({
  docs: {
    brief: "Check the configuration",
    description:
      "Reads the configuration files and reports every mistake with its place. Looks at no " +
      "cluster and no repository.",
    examples: [
      { line: "validate", meaning: "Check snapform.yaml." },
      { line: "validate -f base.yaml -f prod.yaml", meaning: "Check two files as one." },
    ],
  },
  parameters: {},
  load: async () => (await import("../commands/validate.ts")).validate,
});
