import { proposeCompletions, run } from "@stricli/core";
import { EXIT_STATUS } from "../errors/index.ts";
import { app } from "./app.ts";
import { orderedArgs } from "./args.ts";
import type { CliContext, CommandScope } from "./context.ts";
import { showFailure, usageError } from "./failure.ts";

/** Runs one command line; gives its exit status. Touches nothing but the context. */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const complaints: string[] = [];
  const process: CommandScope["process"] = {
    stdout: context.stdout,
    stderr: { write: (text) => void complaints.push(text) },
    env: context.env,
    exitCode: null,
  };
  const scope: CommandScope = { ...context, process };
  if (args[0] === "__complete") return await complete(args.slice(1), scope);
  const ordered = orderedArgs(args);
  await run(app, ordered, scope);
  // The parser has negative statuses for a wrong command line, which a process cannot have.
  const status = process.exitCode ?? 0;
  if (status >= 0 && complaints.length === 0) return status;
  const flags = { json: args.includes("--json"), noColor: args.includes("--no-color") };
  const message = complaints.join("").trimEnd().replaceAll("\n", "; ");
  const exit = showFailure(context, flags, usageError(message, hintFor(ordered)));
  return EXIT_STATUS[exit].status;
}

/** One proposal per line for the last of the words; asked for by the scripts of `completion`. */
async function complete(words: readonly string[], scope: CommandScope): Promise<number> {
  const proposals = await proposeCompletions(app, words.length === 0 ? [""] : words, scope);
  scope.stdout.write(proposals.map(({ completion }) => `${completion}\n`).join(""));
  return 0;
}

function hintFor(args: readonly string[]): string {
  const words = args.slice(
    0,
    Math.max(
      0,
      args.findIndex((arg) => arg.startsWith("-")),
    ),
  );
  const path = words.length === 0 ? args.slice(0, 1) : words;
  const known = knownPath(path);
  return `See \`snapform ${[...known, "--help"].join(" ")}\`.`;
}

/** The words at the beginning that lead to a command or a group. */
function knownPath(words: readonly string[]): readonly string[] {
  const known: string[] = [];
  let route: unknown = app.root;
  for (const word of words) {
    if (typeof route !== "object" || route === null || !("getRoutingTargetForInput" in route))
      break;
    route = (
      route as typeof app.root & { getRoutingTargetForInput(input: string): unknown }
    ).getRoutingTargetForInput(word);
    if (route === undefined) break;
    known.push(word);
  }
  return known;
}
