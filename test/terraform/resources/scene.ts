import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@lancedb/lancedb";
import {
  environment,
  installOverride,
  instanceOf,
  startDebug,
  startTerraform,
  type DebugProvider as Debug,
  type Run,
  type Started,
} from "../running.ts";

const MAIN = join(import.meta.dirname, "provider-main.ts");
const OVERRIDE = { source: "snapform/snapform", main: MAIN };

/** Each run of Terraform starts several providers; compiled once they start four times as fast. */
const COMPILED = join(tmpdir(), "snapform-test-compile-cache");

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
  if (debug === null) await installOverride(folder, OVERRIDE);
  else await clear(folder);
  const env: NodeJS.ProcessEnv = {
    ...environment(folder, "terraform", debug?.reattach ?? null),
    SNAPFORM_TEST_CLOCK: clock,
    NODE_COMPILE_CACHE: COMPILED,
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

/** What one test has left for the next one in the folder of a provider that goes on. */
async function clear(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  for (const name of ["home", "tmp", "pids"]) await mkdir(join(folder, name));
  await writeFile(join(folder, "terraform.rc"), "");
}

/** What is printed, with its line breaks and frames made one space each. */
function start(...started: Parameters<typeof startTerraform>): Started {
  const { child, done } = startTerraform(...started);
  const flat = ({ status, text }: Run): Run => ({
    status,
    text: text.replace(/[│╷╵\s]+/g, " "),
  });
  return { child, done: done.then(flat) };
}

async function attributesOf(
  folder: string,
  address: string,
): Promise<Record<string, unknown> | null> {
  const instance = await instanceOf(folder, address);
  return (instance?.["attributes"] as Record<string, unknown> | undefined) ?? null;
}

export interface DebugProvider extends Debug {
  readonly folder: string;
}

/** The provider in debug mode: one process for any number of runs, in one folder. */
export async function startDebugProvider(): Promise<DebugProvider> {
  const folder = await mkdtemp(join(tmpdir(), "sf-tfr-"));
  const env = { ...process.env, SNAPFORM_TEST_CLOCK: join(folder, "clock") };
  const debug = await startDebug(MAIN, { cwd: folder, env });
  return {
    folder,
    reattach: debug.reattach,
    async close() {
      await debug.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
