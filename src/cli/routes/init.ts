import { someText, switchFlag } from "../flags.ts";
import { command, type Route } from "./route.ts";

export interface InitFlags {
  readonly engine: "lancedb";
  readonly uri: string;
  readonly withSchema: boolean;
}

export const init: Route = command<InitFlags>({
  docs: {
    brief: "Write a first configuration",
    description:
      "Writes snapform.yaml (or the file of -f) with one cluster, one repository and one nightly " +
      "policy, and comments that say what to change. Never overwrites. When snapform is " +
      "installed in node_modules the file points editors to its schema there; elsewhere " +
      "--with-schema writes the schema beside it.",
    examples: [
      { line: "init", meaning: "Start with a LanceDB folder in ./data." },
      { line: "init --uri /srv/lancedb --with-schema", meaning: "With completion in editors." },
    ],
  },
  parameters: {
    flags: {
      engine: {
        kind: "enum",
        values: ["lancedb"],
        default: "lancedb",
        brief: "The kind of database.",
      },
      uri: {
        kind: "parsed",
        parse: someText,
        default: "./data",
        placeholder: "PATH",
        brief: "Where the database is.",
      },
      withSchema: switchFlag("Write snapform.schema.json beside it, for editors."),
    },
  },
  load: async () => (await import("../commands/init.ts")).init,
});
