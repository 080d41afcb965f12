import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

const MAIN = join(import.meta.dirname, "example-main.ts");

export const SECRET = "sesame-street-7";

export interface Run {
  readonly status: number | null;
  /** Everything that was printed, in the order it came. */
  readonly text: string;
}

/** A folder with a configuration, driven by the real Terraform; nothing outside of it is used. */
export interface Scene {
  readonly folder: string;
  /** Where the example provider keeps its things. */
  readonly store: string;
  /** Writes main.tf: the given blocks, after one that configures the provider. */
  write(blocks: string, provider?: string): Promise<void>;
  run(...args: readonly string[]): Promise<Run>;
  start(args: readonly string[], env?: NodeJS.ProcessEnv): Started;
  /** Attributes of a resource in the state, undefined where it has none. */
  attributes(address: string): Promise<Record<string, unknown> | undefined>;
  instance(address: string): Promise<Record<string, unknown> | undefined>;
  /** Numbers of the provider processes that Terraform has started here. */
  providers(): Promise<readonly number[]>;
  close(): Promise<void>;
}

export interface Started {
  readonly child: ChildProcess;
  readonly done: Promise<Run>;
}

const HEAD = `terraform {
  required_providers {
    example = { source = "test/example" }
  }
}
`;

/** `reattach`: the value of TF_REATTACH_PROVIDERS; null: Terraform starts the provider itself. */
export async function openScene(binary: string, reattach: string | null): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), "sf-tf-"));
  const store = join(folder, "store");
  await installProvider(folder);
  const env = environment(folder, reattach);
  const scene: Scene = {
    folder,
    store,
    async write(blocks, provider = `folder = "${store}"\n  token = "${SECRET}"`) {
      const text = `${HEAD}provider "example" {\n  ${provider}\n}\n${blocks}\n`;
      await writeFile(join(folder, "main.tf"), text);
    },
    run: (...args) => scene.start(args).done,
    start: (args, more = {}) => start(binary, args, folder, { ...env, ...more }),
    async attributes(address) {
      return (await scene.instance(address))?.["attributes"] as Record<string, unknown> | undefined;
    },
    async instance(address) {
      return await instanceOf(folder, address);
    },
    async providers() {
      return (await readdir(join(folder, "pids"))).map(Number);
    },
    async close() {
      await rm(folder, { recursive: true, force: true });
    },
  };
  return scene;
}

function environment(folder: string, reattach: string | null): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    TF_DATA_DIR: join(folder, "data"),
    TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    ...(reattach !== null && { TF_REATTACH_PROVIDERS: reattach }),
  };
}

/** As `dev_overrides` want it: an executable of the right name, which also notes its number. */
async function installProvider(folder: string): Promise<void> {
  for (const name of ["bin", "home", "tmp", "pids"]) await mkdir(join(folder, name));
  const script = join(folder, "bin", "terraform-provider-example");
  const lines = [
    "#!/bin/sh",
    `: > "${join(folder, "pids")}/$$"`,
    `exec "${process.execPath}" "${MAIN}" "$@"`,
  ];
  await writeFile(script, `${lines.join("\n")}\n`);
  await chmod(script, 0o755);
  const overrides = `    "test/example" = "${join(folder, "bin")}"`;
  const config = `provider_installation {\n  dev_overrides {\n${overrides}\n  }\n  direct {}\n}\n`;
  await writeFile(join(folder, "terraform.rc"), config);
}

function start(
  binary: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Started {
  const [command = "", ...rest] = args;
  const isColourless = !["state"].includes(command);
  const flags = isColourless ? ["-no-color"] : [];
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
    child.on("close", (status) => resolve({ status, text }));
  });
  return { child, done };
}

interface StateFile {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly instances: readonly Record<string, unknown>[];
  }[];
}

async function instanceOf(
  folder: string,
  address: string,
): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(join(folder, "terraform.tfstate"), "utf8").catch(() => null);
  if (text === null) return undefined;
  const { resources } = JSON.parse(text) as StateFile;
  return resources.find(({ type, name }) => `${type}.${name}` === address)?.instances[0];
}

export interface DebugProvider {
  readonly reattach: string;
  close(): Promise<void>;
}

/** The example provider in debug mode: one process for any number of runs. */
export async function startDebugProvider(): Promise<DebugProvider> {
  const child = spawn(process.execPath, [MAIN, "--debug"], { stdio: ["ignore", "pipe", "ignore"] });
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
    reattach,
    async close() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Looks again and again until it is so; fails after half a minute. */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await isSo()) return;
    await after(50);
  }
  throw new Error(`never happened: ${what}`);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
