import { buildChoiceParser } from "@stricli/core";
import { command, type Route } from "./route.ts";

export type Shell = "bash" | "zsh" | "fish";

export const completion: Route = command<object, [shell: Shell]>({
  docs: {
    brief: "Print a script that completes commands and flags in a shell",
    description: "Load it where your shell loads such scripts.",
    examples: [
      { line: "completion bash", meaning: 'eval "$(snapform completion bash)" in ~/.bashrc.' },
      { line: "completion zsh", meaning: 'eval "$(snapform completion zsh)" in ~/.zshrc.' },
      {
        line: "completion fish",
        meaning: "snapform completion fish | source in ~/.config/fish/config.fish.",
      },
    ],
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        {
          parse: buildChoiceParser<Shell>(["bash", "zsh", "fish"]),
          proposeCompletions: () => ["bash", "zsh", "fish"],
          placeholder: "bash|zsh|fish",
          brief: "Your shell.",
        },
      ],
    },
  },
  load: async () => (await import("../commands/completion.ts")).completion,
});
