import { command, type Route } from "./route.ts";

export const version: Route = command({
  docs: {
    brief: "Show the version",
    description: "",
    examples: [{ line: "version", meaning: "Show the version." }],
  },
  parameters: {},
  load: async () => (await import("../commands/version.ts")).version,
});
