import { buildApplication, type Application, type StricliIntegration } from "@stricli/core";
import type { CommandScope } from "./context.ts";
import { root } from "./routes/root.ts";
import type { Route } from "./routes/route.ts";
import { screenOf } from "./screen.ts";
import { usageText } from "./usage-text.ts";
import { VERSION } from "./version.ts";
import { helpHuman } from "./views/help-human.ts";

const help: StricliIntegration<CommandScope> = {
  flag: {
    brief: "Show this help.",
    aliases: ["h"],
    global: true,
    defaultForRouteMap: true,
    complete: true,
    run(_app, { result }) {
      const scope = this as unknown as CommandScope;
      const screen = screenOf(scope, false);
      scope.stdout.write(helpHuman(result.target as Route, result.prefix, screen));
    },
  },
};

const version: StricliIntegration<CommandScope> = {
  flag: {
    brief: "Show the version.",
    complete: true,
    run() {
      (this as unknown as CommandScope).stdout.write(`${VERSION}\n`);
    },
  },
};

/** The whole command line: its routes, its help, its texts. */
export const app: Application<CommandScope> = buildApplication<CommandScope>(
  root,
  {
    name: "snapform",
    scanner: {
      caseStyle: "allow-kebab-for-camel",
      allowArgumentEscapeSequence: true,
      distanceOptions: {
        threshold: 4,
        weights: { insertion: 1, deletion: 2, substitution: 2, transposition: 0 },
      },
    },
    documentation: { disableAnsiColor: true },
    localization: { text: usageText },
  },
  { help, version },
);
