import { someText } from "../flags.ts";
import { command, type Route } from "./route.ts";

export const schema: Route = command<object, [name?: string]>({
  docs: {
    brief: "Print a published JSON Schema",
    description:
      "Without a name: lists them. `config.editor` is the one for editors, with the short forms " +
      "that YAML may use.",
    examples: [
      { line: "schema", meaning: "List the schemas." },
      { line: "schema plan", meaning: "The format of `plan --json`." },
      {
        line: "schema config.editor > snapform.schema.json",
        meaning: "For completion in an editor.",
      },
    ],
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { parse: someText, optional: true, placeholder: "NAME", brief: "Which schema." },
      ],
    },
  },
  load: async () => (await import("../commands/schema.ts")).schema,
});
