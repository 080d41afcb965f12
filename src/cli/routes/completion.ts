import { SnapformError } from "../../errors/index.ts";
import { command, type Route } from "./route.ts";

export type Shell = "bash" | "zsh" | "fish";

const shells: readonly Shell[] = ["bash", "zsh", "fish"];

function parseShell(input: string): Shell {
  const shell = shells.find((each) => each === input);
  if (shell !== undefined) return shell;
  throw new SnapformError("usage", `expected one of ${shells.join(", ")}, got ${input}`);
}

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
          parse: parseShell,
          proposeCompletions: (partial) => shells.filter((shell) => shell.startsWith(partial)),
          placeholder: "SHELL",
          brief: "bash, zsh or fish.",
        },
      ],
    },
  },
  load: async () => (await import("../commands/completion.ts")).completion,
});
