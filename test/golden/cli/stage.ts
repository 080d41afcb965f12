// A stage for whole sessions at the command line: a temporary folder with a configuration and real
// LanceDB tables, and the real process in it. A test says what a person does and asserts what that
// person sees: standard output, standard error, exit status, and which files changed.
import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { connect, type Table } from "@lancedb/lancedb";
import { afterAll } from "vitest";

const main = join(import.meta.dirname, "..", "..", "..", "src", "cli", "main.ts");

/** How a command ended. `status` is a signal's name when that ended it. */
export interface Ended {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

export type Env = Readonly<Record<string, string>>;

/** A command that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once one of its outputs holds the text. */
  readonly says: (text: string) => Promise<void>;
}

/** What lies below a folder: the path of each entry, and what it is or a hash of what it holds. */
export type Tree = Readonly<Record<string, string>>;

export class Stage {
  readonly folder: string;
  /** What has to be let go before the folder is removed. */
  readonly releases: (() => void)[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  json<T = Record<string, unknown>>(name: string): T {
    return JSON.parse(this.read(name)) as T;
  }

  copy(from: string, to: string): void {
    cpSync(this.path(from), this.path(to), { recursive: true });
  }

  remove(name: string): void {
    rmSync(this.path(name), { recursive: true });
  }

  tree(under = ""): Tree {
    return treeOf(this.path(under));
  }

  /** The files below a folder whose names match, in the order of their names. */
  files(under: string, like: RegExp): readonly string[] {
    if (!existsSync(this.path(under))) return [];
    return Object.keys(this.tree(under))
      .map((name) => join(under, name))
      .filter((name) => like.test(name) && lstatSync(this.path(name)).isFile());
  }

  /** Starts a command; `env` is added to a bare environment. */
  start(args: readonly string[], env: Env = {}): Running {
    const { PATH = "", HOME = "" } = process.env;
    const child = spawn(process.execPath, [main, ...args], {
      cwd: this.folder,
      env: { PATH, HOME, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return runningOf(child);
  }

  /** Runs a command to its end. */
  snapform(...args: readonly string[]): Promise<Ended> {
    return this.start(args).ended;
  }

  /** Makes a table with `count` rows, ids from 0. */
  async makeTable(name: string, count: number, dimension = 2): Promise<void> {
    const database = await connect(this.path("data"));
    await database.createTable(name, rowsOf(0, count, dimension));
  }

  /** Makes a table of many bytes that do not compress, so that its snapshot takes a while. */
  async makeLargeTable(name: string, megabytes: number): Promise<void> {
    const database = await connect(this.path("data"));
    const rows = Array.from({ length: megabytes }, (_, id) => {
      return { id, vector: [id, 1], text: randomBytes(750_000).toString("base64") };
    });
    await database.createTable(name, rows);
  }

  async table(name: string): Promise<Table> {
    return (await connect(this.path("data"))).openTable(name);
  }

  async countRows(name: string): Promise<number> {
    return (await this.table(name)).countRows();
  }

  async tableNames(): Promise<readonly string[]> {
    return (await connect(this.path("data"))).tableNames();
  }

  async dropTable(name: string): Promise<void> {
    await (await connect(this.path("data"))).dropTable(name);
  }
}

export function rowsOf(from: number, count: number, dimension = 2): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    id: from + index,
    vector: Array.from({ length: dimension }, (_each, place) => (from + index) * 0.5 + place),
  }));
}

function treeOf(folder: string): Tree {
  if (!existsSync(folder)) return {};
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .map((entry): [string, string] => {
        const path = join(entry.parentPath, entry.name);
        const name = relative(folder, path);
        if (!entry.isFile()) return [name, entry.isDirectory() ? "folder" : "other"];
        return [name, createHash("sha256").update(readFileSync(path)).digest("hex")];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function runningOf(child: ChildProcess): Running {
  let [stdout, stderr] = ["", ""];
  const waiting: { readonly text: string; readonly done: () => void }[] = [];
  const has = (text: string): boolean => stdout.includes(text) || stderr.includes(text);
  const tell = (): void => waiting.filter(({ text }) => has(text)).forEach(({ done }) => done());
  child.stdout?.on("data", (piece: Buffer) => {
    stdout += piece.toString();
    tell();
  });
  child.stderr?.on("data", (piece: Buffer) => {
    stderr += piece.toString();
    tell();
  });
  const ended = new Promise<Ended>((done, failed) => {
    child.on("error", failed);
    child.on("close", (code, signal) => done({ status: code ?? signal ?? "none", stdout, stderr }));
  });
  const says = (text: string): Promise<void> =>
    new Promise((done, failed) => {
      if (has(text)) done();
      else waiting.push({ text, done });
      void ended.then((end) => failed(new Error(`never said ${text}: ${JSON.stringify(end)}`)));
    });
  return { child, ended, says };
}

export interface ConfigParts {
  readonly project?: string;
  readonly retention?: string;
  /** More lines of the policy. */
  readonly policy?: string;
  /** More sections. */
  readonly more?: string;
}

/** A configuration with one LanceDB cluster, one repository and the policy `nightly`. */
export function config({ project, retention, policy, more }: ConfigParts = {}): string {
  return `version: 1
project: ${project ?? "golden"}
clusters:
  local: { engine: lancedb, uri: ./data }
repositories:
  vault: { type: filesystem, path: ./vault }
policies:
  nightly:
    cluster: local
    collections: [docs]
    schedule: { cron: "0 2 * * *" }
    retention: ${retention ?? "{ last: 3 }"}
    repository: vault
${policy ?? ""}
${more ?? ""}`.trimEnd();
}

const stages: Stage[] = [];

/** A stage of its own; removed when all tests of the file have ended, as they run concurrently. */
export function openStage(yaml: string = config()): Stage {
  const stage = new Stage(mkdtempSync(join(tmpdir(), "snapform-golden-")));
  stage.write("snapform.yaml", `${yaml}\n`);
  stages.push(stage);
  return stage;
}

afterAll(() => {
  for (const { folder, releases } of stages) {
    for (const release of releases) release();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The text without colours, on one line: how it is wrapped does not count. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, " ").trim();
}

/** The hash that an output asks to acknowledge. */
export function hashIn({ stdout }: Ended): string {
  const hash = /--acknowledge ([0-9a-f]+)/.exec(stdout)?.[1];
  if (hash === undefined) throw new Error(`nothing to acknowledge in ${stdout}`);
  return hash;
}

/** The snapshots that `snapshots list --json` gives, the newest first. */
export async function snapshotsOf(stage: Stage, ...args: string[]): Promise<readonly Listed[]> {
  const { stdout } = await stage.snapform("snapshots", "list", "--json", ...args);
  return (JSON.parse(stdout) as { snapshots: readonly Listed[] }).snapshots;
}

export interface Listed {
  readonly address: string | null;
  readonly snapshot: {
    readonly id: string;
    readonly collection: string;
    readonly startedAt: string;
    readonly points: { readonly after: number } | null;
    readonly copies: readonly { readonly status: string }[];
  };
}
