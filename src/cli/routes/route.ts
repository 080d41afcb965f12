// Routes: what each command is called, which flags and arguments it takes, and what its help says.
// Plain declarations; the code of a command is loaded only when it is run, because the command line
// has to start fast. Invariant: every flag and argument that a command reads is declared here.
import {
  buildCommand,
  buildRouteMap,
  type Aliases,
  type BaseArgs,
  type Command,
  type FlagParametersForType,
  type RouteMap,
  type TypedCommandParameters,
  type TypedPositionalParameters,
} from "@stricli/core";
import { EXIT_STATUS, type ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import { showFailure } from "../failure.ts";
import { globalFlags, type GlobalFlags } from "../flags.ts";

/** The code of a command; what it throws is shown as a failure. */
export type CommandBody<FLAGS, ARGS extends BaseArgs> = (
  scope: CommandScope,
  flags: FLAGS & GlobalFlags,
  ...args: ARGS
) => Promise<ExitName>;

export interface Example {
  /** The line behind `snapform `. */
  readonly line: string;
  /** What it does; a sentence. */
  readonly meaning: string;
}

export interface Docs {
  /** One line without a full stop. */
  readonly brief: string;
  /** Paragraphs; wrapped where they are shown. */
  readonly description: string;
  readonly examples: readonly Example[];
}

/** A command or a group of commands with its documentation. */
export type Documented<TARGET> = TARGET & { readonly docs: Docs };

export type Route = Documented<Command<CommandScope>> | Documented<RouteMap<CommandScope>>;

/** Declarations of flags and arguments, held against the types that the command's code takes. */
interface Parameters<FLAGS, ARGS extends BaseArgs> {
  readonly flags?: FlagParametersForType<FLAGS, CommandScope>;
  readonly aliases?: Aliases<keyof FLAGS & string>;
  readonly positional?: TypedPositionalParameters<ARGS, CommandScope>;
}

/** A command: the flags of every command are added to its own. */
export function command<FLAGS = object, ARGS extends BaseArgs = []>(route: {
  readonly docs: Docs;
  readonly parameters: Parameters<FLAGS, ARGS>;
  readonly load: () => Promise<CommandBody<FLAGS, ARGS>>;
}): Documented<Command<CommandScope>> {
  const { docs, load, parameters } = route;
  const flags = bare({ ...parameters.flags, ...globalFlags });
  const aliases = bare({ f: "file", ...parameters.aliases });
  const built = buildCommand<Record<string, unknown>, ARGS, CommandScope>({
    docs: { brief: docs.brief, fullDescription: docs.description },
    // The declarations were checked against FLAGS and ARGS above; here only their keys matter.
    parameters: { ...parameters, flags, aliases } as unknown as Checked<ARGS>,
    func: async function run(this: CommandScope, given, ...args) {
      const all = given as unknown as FLAGS & GlobalFlags;
      this.process.exitCode = EXIT_STATUS[await guarded(this, all, args, load)].status;
    },
  });
  return Object.assign(built, { docs });
}

type Checked<ARGS extends BaseArgs> = TypedCommandParameters<
  Record<string, unknown>,
  ARGS,
  CommandScope
>;

async function guarded<FLAGS, ARGS extends BaseArgs>(
  scope: CommandScope,
  flags: FLAGS & GlobalFlags,
  args: ARGS,
  load: () => Promise<CommandBody<FLAGS, ARGS>>,
): Promise<ExitName> {
  try {
    const body = await load();
    return await body(scope, flags, ...args);
  } catch (error) {
    return showFailure(scope, flags, error);
  }
}

/** A group of commands. */
export function group<NAME extends string>(
  docs: Docs,
  routes: Readonly<Record<NAME, Route>>,
): Documented<RouteMap<CommandScope>> {
  const built = buildRouteMap<string, CommandScope>({
    docs: { brief: docs.brief, fullDescription: docs.description },
    routes: bare(routes),
    aliases: bare({}),
  });
  return Object.assign(built, { docs });
}

/** Without a prototype, so that `constructor` and the like are no command, flag or alias. */
function bare<T extends object>(entries: T): T {
  return Object.assign(Object.create(null) as T, entries);
}
