// The command line: reads arguments, calls the workspace, shows what it says. Holds no rules. Knows
// the words, the workspace and the types of apply; it touches the world only through the context
// below, which main.ts makes from the process and tests make from memory. Invariant: what is asked
// for goes to standard output, everything said about it to standard error, and the exit status is
// one of the table in errors/codes.ts.
import type { Clock } from "../clock/clock.ts";
import type { LoadedWorkspace, WorkspaceOptions } from "../workspace/workspace.ts";

/** A stream of text. */
export interface Output {
  write(text: string): void;
}

/** Everything that a command may touch. */
export interface CliContext {
  readonly stdout: Output;
  readonly stderr: Output;
  /** True when standard output is a terminal. */
  readonly isTTY: boolean;
  /** True when somebody can answer a question. */
  readonly canAsk: boolean;
  /** Width of the terminal now, or what to assume where there is none. */
  columns(): number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Of the runtime, for reports. */
  readonly nodeVersion: string;
  /** The kind of machine, as Node names it. */
  readonly machine: { readonly platform: string; readonly arch: string };
  /** The folder of the package: `schemas/` lies in it. */
  readonly packageRoot: string;
  readonly clock: Clock;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Reads a text file, relative to `cwd`; null when there is none. */
  readFile(path: string): Promise<string | null>;
  /** Writes a text file; `isNew` refuses, with false, to overwrite one that is there. */
  writeFile(path: string, text: string, isNew: boolean): Promise<boolean>;
  /** Writes a text file that everybody may run, over one that is there. */
  writeProgram(path: string, text: string): Promise<void>;
  /** What was typed, without the end of the line; null at the end of input. */
  ask(question: string): Promise<string | null>;
  load(options: WorkspaceOptions): Promise<LoadedWorkspace>;
}

/** What a command function gets as `this`: the context, and where it leaves its exit status. */
export interface CommandScope extends CliContext {
  readonly process: {
    readonly stdout: Output;
    /** Collects what the argument parser complains about. */
    readonly stderr: Output;
    readonly env: Readonly<Record<string, string | undefined>>;
    exitCode: number | null;
  };
}
