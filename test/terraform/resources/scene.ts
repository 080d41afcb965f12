import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { connect } from "@lancedb/lancedb";

const MAIN = join(import.meta.dirname, "provider-main.ts");

/** Each run of Terraform starts several providers; compiled once they start four times as fast. */
const COMPILED = join(tmpdir(), "snapform-test-compile-cache");

export interface Run {
  readonly status: number | null;
  /** Everything that was printed, with its line breaks and frames made one space each. */
  readonly text: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly done: Promise<Run>;
}

/** A folder with a configuration and an embedded database, driven by the real Terraform. */
export interface Scene {
  readonly folder: string;
  /** Writes main.tf: the given blocks after those of the provider. */
  write(blocks: string, provider?: string): Promise<void>;
  /** What time it is for the provider. */
  at(instant: string): Promise<void>;
  run(...args: readonly string[]): Promise<Run>;
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Started;
  /** 0: nothing to do; 2: changes. */
  planStatus(): Promise<number | null>;
  apply(...args: readonly string[]): Promise<Run>;
  attributes(address: string): Promise<Record<string, unknown>>;
  hasState(address: string): Promise<boolean>;
  /** Rows of a table. */
  rows(table: string): Promise<number | null>;
  table(name: string, count: number): Promise<void>;
  /** Numbers of the provider processes that Terraform has started here. */
  providers(): Promise<readonly number[]>;
  close(): Promise<void>;
}

const PROVIDER = `
  project      = "scene"
  clusters     = { local = { engine = "lancedb", uri = "./data" } }
  repositories = { vault = { type = "filesystem", path = "./vault" } }
`;

export const policy = (more = "", retention = "last = 2"): string => `
resource "snapform_backup_policy" "nightly" {
  name        = "nightly"
  cluster     = "local"
  collections = ["docs"]
  schedule    = { cron = "0 2 * * *" }
  retention   = { ${retention} }
  repository  = "vault"
  ${more}
}
`;

export const POLICY = "snapform_backup_policy.nightly";

/** `debug`: the process to talk to; null: Terraform starts one itself. */
export async function openScene(binary: string, debug: DebugProvider | null): Promise<Scene> {
  const folder = debug?.folder ?? (await mkdtemp(join(tmpdir(), "sf-tfr-")));
  const clock = join(folder, "clock");
  if (debug === null) await install(folder);
  else await clear(folder);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    TF_DATA_DIR: join(folder, "terraform"),
    TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
    SNAPFORM_TEST_CLOCK: clock,
    NODE_COMPILE_CACHE: COMPILED,
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    ...(debug !== null && { TF_REATTACH_PROVIDERS: debug.reattach }),
  };
  const scene: Scene = {
    folder,
    async write(blocks, provider = PROVIDER) {
      const head = `terraform {
  required_providers {
    snapform = { source = "snapform/snapform" }
  }
}
provider "snapform" {${provider}}
`;
      await writeFile(join(folder, "main.tf"), head + blocks);
    },
    at: (instant) => writeFile(clock, instant),
    run: (...args) => scene.start(args).done,
    start: (args, more = {}) => start(binary, args, folder, { ...env, ...more }),
    planStatus: async () => (await scene.run("plan", "-detailed-exitcode")).status,
    apply: (...args) => scene.run("apply", "-auto-approve", ...args),
    async attributes(address) {
      const found = await attributesOf(folder, address);
      if (found === null) throw new Error(`no ${address} in the state`);
      return found;
    },
    hasState: async (address) => (await attributesOf(folder, address)) !== null,
    async rows(table) {
      const connection = await connect(join(folder, "data"));
      const names = await connection.tableNames();
      if (!names.includes(table)) return null;
      return (await connection.openTable(table)).countRows();
    },
    async table(name, count) {
      const connection = await connect(join(folder, "data"));
      const rows = Array.from({ length: count }, (_, id) => ({ id, vector: [id, 1, 2, 3] }));
      await connection.createTable(name, rows, { mode: "overwrite" });
    },
    async providers() {
      return (await readdir(join(folder, "pids"))).map(Number);
    },
    close: () => (debug === null ? rm(folder, { recursive: true, force: true }) : clear(folder)),
  };
  await scene.at("2026-03-10T12:00:00Z");
  await scene.table("docs", 3);
  return scene;
}

/** As `dev_overrides` want it: an executable of the right name, which also notes its number. */
async function install(folder: string): Promise<void> {
  for (const name of ["bin", "home", "tmp", "pids"]) await mkdir(join(folder, name));
  const script = join(folder, "bin", "terraform-provider-snapform");
  const note = `: > "${join(folder, "pids")}/$$"`;
  const command = `exec "${process.execPath}" "${MAIN}" "$@"`;
  await writeFile(script, `#!/bin/sh\n${note}\n${command}\n`);
  await chmod(script, 0o755);
  const overrides = `    "snapform/snapform" = "${join(folder, "bin")}"`;
  const config = `provider_installation {\n  dev_overrides {\n${overrides}\n  }\n  direct {}\n}\n`;
  await writeFile(join(folder, "terraform.rc"), config);
}

/** What one test has left for the next one in the folder of a provider that goes on. */
async function clear(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  for (const name of ["home", "tmp", "pids"]) await mkdir(join(folder, name));
  await writeFile(join(folder, "terraform.rc"), "");
}

function start(
  binary: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Started {
  const [command = "", ...rest] = args;
  const flags = command === "state" ? [] : ["-no-color"];
  // A group of its own, so that a test can send it the signal of a terminal.
  const child = spawn(binary, [command, ...flags, ...rest], {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const done = new Promise<Run>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, text: text.replace(/[│╷╵\s]+/g, " ") }));
  });
  return { child, done };
}

interface StateFile {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly { readonly attributes: Record<string, unknown> }[];
  }[];
}

async function attributesOf(
  folder: string,
  address: string,
): Promise<Record<string, unknown> | null> {
  const text = await readFile(join(folder, "terraform.tfstate"), "utf8").catch(() => null);
  if (text === null) return null;
  const { resources } = JSON.parse(text) as StateFile;
  const found = resources.find(({ type, name }) => `${type}.${name}` === address);
  return found?.instances[0]?.attributes ?? null;
}

/** Looks again and again until it is so; fails after a minute. */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await isSo()) return;
    await after(100);
  }
  throw new Error(`never happened: ${what}`);
}

export interface DebugProvider {
  readonly folder: string;
  readonly reattach: string;
  close(): Promise<void>;
}

/** The provider in debug mode: one process for any number of runs, in one folder. */
export async function startDebugProvider(): Promise<DebugProvider> {
  const folder = await mkdtemp(join(tmpdir(), "sf-tfr-"));
  const child = spawn(process.execPath, [MAIN, "--debug"], {
    cwd: folder,
    env: { ...process.env, SNAPFORM_TEST_CLOCK: join(folder, "clock") },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => {
    child.once("close", resolve);
  });
  let text = "";
  const reattach = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => reject(new Error(`the provider ended: ${text}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /^TF_REATTACH_PROVIDERS='(.*)'$/m.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    folder,
    reattach,
    async close() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
