import { command, type Route } from "./route.ts";

export const status: Route = command({
  docs: {
    brief: "Show how well everything is protected now",
    description:
      "For every collection of every policy: the newest and oldest point that can be restored, " +
      "the number of snapshots, the next run, and what is wrong. Then the repositories, the " +
      "collections that no policy protects, and snapshots that nothing declares. Exits with 1 " +
      "when a collection has a problem, its last run failed, or it has no snapshot.",
    examples: [
      { line: "status", meaning: "Look at everything." },
      { line: "status --json", meaning: "The same for a monitor." },
    ],
  },
  parameters: {},
  load: async () => (await import("../commands/status.ts")).status,
});
