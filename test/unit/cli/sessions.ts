import { resolve } from "node:path";
import { EXIT_STATUS } from "../../../src/errors/index.ts";
import type { CliContext } from "../../../src/cli/context.ts";
import { runCli } from "../../../src/cli/run.ts";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import type { LoadedWorkspace, Workspace } from "../../../src/workspace/workspace.ts";
import { desiredOf, now } from "./made-plans.ts";

export interface SessionOptions {
  readonly isTTY?: boolean;
  readonly machine?: CliContext["machine"];
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Path to text, absolute or below the working directory. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is typed, question after question. */
  readonly answers?: readonly string[];
  readonly workspace?: Partial<Workspace>;
  readonly loaded?: Partial<LoadedWorkspace>;
  readonly signal?: AbortSignal;
  readonly clock?: FakeClock;
}

export interface Session {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly files: ReadonlyMap<string, string>;
  /** Paths of the files that can be run. */
  readonly programs: readonly string[];
  readonly questions: readonly string[];
}

const cwd = "/project";

/** Runs one command line in memory. */
export async function session(
  args: readonly string[],
  options: SessionOptions = {},
): Promise<Session> {
  const out = { stdout: "", stderr: "" };
  const given = Object.entries(options.files ?? {});
  const files = new Map(given.map(([path, text]) => [resolve(cwd, path), text]));
  const questions: string[] = [];
  const programs: string[] = [];
  const answers = [...(options.answers ?? [])];
  const context: CliContext = {
    stdout: { write: (text) => void (out.stdout += text) },
    stderr: { write: (text) => void (out.stderr += text) },
    isTTY: options.isTTY ?? false,
    canAsk: options.isTTY ?? false,
    columns: () => options.columns ?? 80,
    env: options.env ?? {},
    cwd,
    nodeVersion: "24.0.0, test",
    machine: options.machine ?? { platform: "linux", arch: "x64" },
    packageRoot: "/package",
    clock: options.clock ?? new FakeClock({ at: now.toISOString() }),
    signal: options.signal ?? new AbortController().signal,
    readFile: async (path) => files.get(resolve(cwd, path)) ?? null,
    writeFile: async (path, text, isNew) => {
      if (isNew && files.has(resolve(cwd, path))) return false;
      files.set(resolve(cwd, path), text);
      return true;
    },
    writeProgram: async (path, text) => {
      files.set(resolve(cwd, path), text);
      programs.push(resolve(cwd, path));
    },
    ask: async (question) => {
      questions.push(question);
      out.stdout += question;
      const answer = answers.shift() ?? null;
      if (answer !== null && options.isTTY) out.stdout += `${answer}\n`;
      return answer;
    },
    load: async () => ({
      workspace: workspaceOf(options.workspace ?? {}),
      diagnostics: [],
      sources: {},
      ...options.loaded,
    }),
  };
  const exitCode = await runCli(args, context);
  return { ...out, exitCode, files, programs, questions };
}

/** A workspace that does what is given, and complains about anything else. */
function workspaceOf(given: Partial<Workspace>): Workspace {
  const known: Partial<Workspace> = {
    desired: desiredOf(),
    stateLocation: "/project/.snapform/state",
    close: async () => undefined,
    ...given,
  };
  return new Proxy(known, {
    get(target, name) {
      const value = target[name as keyof Workspace];
      if (value !== undefined) return value;
      throw new TypeError(`the test gives no ${String(name)}`);
    },
  }) as Workspace;
}

/** A session as a file shows it: the command, what it wrote where, and how it ended. */
export function transcript(args: readonly string[], result: Session): string {
  const { stdout, stderr, exitCode } = result;
  const name = Object.entries(EXIT_STATUS).find(([, { status }]) => status === exitCode)?.[0];
  const parts = [
    `$ snapform ${args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg}'`)).join(" ")}`,
    ...(stdout === "" ? [] : [`--- stdout\n${stdout}`]),
    ...(stderr === "" ? [] : [`--- stderr\n${stderr}`]),
    `--- exit ${exitCode} (${name ?? "unknown"})\n`,
  ];
  // What moves the cursor is shown, so that the file stays text.
  return parts.join("\n").replaceAll("\u001b", "<ESC>").replaceAll("\r", "<CR>");
}
