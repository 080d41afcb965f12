import { lockFlags, someText, type LockFlags } from "../flags.ts";
import { command, type Route } from "./route.ts";

export interface PurgeFlags extends LockFlags {
  readonly confirm: string;
}

export const purge: Route = command<PurgeFlags, [collection: string]>({
  docs: {
    brief: "Remove every snapshot of a collection, the newest included",
    description:
      "The only command that removes the newest snapshot of a collection. Works only when " +
      "nothing in the configuration declares the collection any more, and removes only what this " +
      "project made. Copies in repositories can be brought back until their undo window ends.",
    examples: [
      { line: "purge prod/old-docs --confirm prod/old-docs", meaning: "Give a collection up." },
    ],
  },
  parameters: {
    flags: {
      confirm: {
        kind: "parsed",
        parse: someText,
        placeholder: "CLUSTER/COLLECTION",
        brief: "The same name again.",
      },
      ...lockFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [
        { parse: someText, placeholder: "CLUSTER/COLLECTION", brief: "What to give up." },
      ],
    },
  },
  load: async () => (await import("../commands/purge.ts")).purge,
});
