// A session at the command line, as a reader would have it: `$ snapform plan` is printed, then run
// as a process of its own in the folder of the example, and its real output follows. An example
// knows the command line and its own data, nothing else of snapform.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { Checks, ExampleFailure } from "./check.ts";

const root = join(import.meta.dirname, "..", "..");
const main = join(root, "src", "cli", "main.ts");

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both together, in the order of their arrival. */
  readonly output: string;
}

export interface CommandOptions {
  /** The exit status that the story expects; 0 unless said otherwise. */
  readonly status?: number;
  /** Runs it without showing what it prints (for long JSON). */
  readonly quiet?: boolean;
}

interface Place {
  readonly program: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export class Session {
  readonly folder: string;
  /** Asked to spoil the result, to show that the checks at the end notice. */
  readonly isSpoiled: boolean;
  readonly check: Checks;
  readonly #print: (text: string) => void;

  constructor(folder: string, isSpoiled: boolean, print: (text: string) => void) {
    this.folder = folder;
    this.isSpoiled = isSpoiled;
    this.#print = print;
    this.check = new Checks((line) => print(`${line}\n`));
  }

  /** A headline of the story. */
  chapter(title: string): void {
    this.#print(`\n== ${title}\n\n`);
  }

  say(text: string): void {
    this.#print(`${text}\n`);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  /** Deletes a folder of the session, as a mishap would. */
  lose(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  /** Shows a text file as a reader would look at it. */
  show(name: string): void {
    this.#print(`$ cat ${name}\n${this.read(name).trimEnd()}\n\n`);
  }

  snapform(args: readonly string[], options: CommandOptions = {}): Promise<Outcome> {
    return this.#command(`snapform ${args.map(quoted).join(" ")}`, [main, ...args], options);
  }

  /** Runs a script of the example with Node, its input from a file. */
  script(
    args: readonly [file: string, ...rest: string[]],
    options: CommandOptions & { readonly input: string },
  ): Promise<Outcome> {
    const [file, ...rest] = args;
    const line = `node ${[relativeName(file), ...rest].map(quoted).join(" ")}`;
    return this.#command(`${line} < ${options.input}`, [file, ...rest], options, options.input);
  }

  /** Runs a program of the example with Node. */
  program(args: readonly [file: string, ...rest: string[]]): Promise<Outcome> {
    const [file, ...rest] = args;
    const line = `node ${[relativeName(file), ...rest].map(quoted).join(" ")}`;
    return this.#command(line, [file, ...rest], {});
  }

  /** Runs another program, which has to be on the path, in a folder of the session. */
  tool(
    name: string,
    args: readonly string[],
    options: CommandOptions & {
      readonly in?: string;
      /** Added to the environment. */
      readonly env?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Outcome> {
    const line = `${name} ${args.map(quoted).join(" ")}`;
    const { in: folder = "", env = {} } = options;
    const place = { cwd: this.path(folder), env: { ...process.env, ...env } };
    const shown = folder === "" ? line : `cd ${quoted(folder)} && ${line}`;
    return this.#command(shown, args, options, undefined, { program: name, ...place });
  }

  async #command(
    line: string,
    args: readonly string[],
    { status: expected = 0, quiet = false }: CommandOptions,
    input?: string,
    place: Place = { program: process.execPath, cwd: this.folder, env: process.env },
  ): Promise<Outcome> {
    this.#print(`$ ${line}\n`);
    const outcome = await this.#spawn(args, quiet, input, place);
    if (quiet) this.#print(`(${outcome.stdout.length} characters, not shown)\n`);
    if (outcome.status !== 0) this.#print(`exit status ${outcome.status}\n`);
    this.#print("\n");
    if (outcome.status !== expected) {
      const error = quiet ? `\n${outcome.output}` : "";
      throw new ExampleFailure(
        `\`${line}\` ended with status ${outcome.status}, expected ${expected}${error}`,
      );
    }
    return outcome;
  }

  #spawn(
    args: readonly string[],
    quiet: boolean,
    input: string | undefined,
    { program, cwd, env }: Place,
  ): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd, env });
      const chunks: { readonly isError: boolean; readonly text: string }[] = [];
      const take = (isError: boolean) => (text: string) => {
        chunks.push({ isError, text });
        if (!quiet) this.#print(text);
      };
      child.stdout.setEncoding("utf8").on("data", take(false));
      child.stderr.setEncoding("utf8").on("data", take(true));
      child.stdin.end(input === undefined ? "" : this.read(input));
      child.on("error", reject);
      child.on("close", (code, signal) => {
        const joined = (some: typeof chunks): string => some.map(({ text }) => text).join("");
        resolve({
          status: code ?? (signal === null ? 1 : 128),
          stdout: joined(chunks.filter(({ isError }) => !isError)),
          stderr: joined(chunks.filter(({ isError }) => isError)),
          output: joined(chunks),
        });
      });
    });
  }
}

function quoted(arg: string): string {
  return /^[\w./:=@,+-]+$/.test(arg) ? arg : `'${arg}'`;
}

function relativeName(file: string): string {
  return file.startsWith(root) ? file.slice(root.length + 1) : file;
}
