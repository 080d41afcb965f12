import { someText } from "../flags.ts";
import { command, group, type Route } from "./route.ts";

export interface SnapshotsListFlags {
  readonly cluster?: string;
  readonly collection?: string;
}

const list: Route = command<SnapshotsListFlags>({
  docs: {
    brief: "List the snapshots that exist",
    description:
      "Every snapshot on the clusters and in the repositories, newest first: when it was taken, " +
      "where it lies, whose it is, and why it stays or goes.",
    examples: [
      { line: "snapshots list", meaning: "List all." },
      { line: "snapshots list --cluster prod --collection docs", meaning: "Of one collection." },
    ],
  },
  parameters: {
    flags: {
      cluster: {
        kind: "parsed",
        parse: someText,
        optional: true,
        placeholder: "CLUSTER",
        brief: "Only of this cluster.",
      },
      collection: {
        kind: "parsed",
        parse: someText,
        optional: true,
        placeholder: "COLLECTION",
        brief: "Only of this collection.",
      },
    },
  },
  load: async () => (await import("../commands/snapshots.ts")).listSnapshots,
});

const show: Route = command<object, [id: string]>({
  docs: {
    brief: "Show everything about one snapshot",
    description: "The beginning of an id is enough where it is the only one.",
    examples: [{ line: "snapshots show 20261121T010000Z-4345f98d", meaning: "Show one." }],
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ parse: someText, placeholder: "ID", brief: "The snapshot's id." }],
    },
  },
  load: async () => (await import("../commands/snapshots.ts")).showSnapshot,
});

export const snapshots: Route = group(
  { brief: "List and show snapshots", description: "", examples: [] },
  { list, show },
);
