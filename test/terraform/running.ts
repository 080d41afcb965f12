import { spawn, type ChildProcess } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

export interface Run {
  readonly status: number | null;
  /** Everything that was printed, in the order it came. */
  readonly text: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly done: Promise<Run>;
}

/** Which provider `dev_overrides` lead to. */
export interface Override {
  /** As in `required_providers`, e.g. `test/example`. */
  readonly source: string;
  /** The TypeScript that is run. */
  readonly main: string;
}

/** As `dev_overrides` want it: an executable of the right name, which also notes its number. */
export async function installOverride(folder: string, { source, main }: Override): Promise<void> {
  for (const name of ["bin", "home", "tmp", "pids"]) await mkdir(join(folder, name));
  const script = join(folder, "bin", `terraform-provider-${source.split("/")[1]}`);
  const note = `: > "${join(folder, "pids")}/$$"`;
  const command = `exec "${process.execPath}" "${main}" "$@"`;
  await writeFile(script, `#!/bin/sh\n${note}\n${command}\n`);
  await chmod(script, 0o755);
  const overrides = `    "${source}" = "${join(folder, "bin")}"`;
  const config = `provider_installation {\n  dev_overrides {\n${overrides}\n  }\n  direct {}\n}\n`;
  await writeFile(join(folder, "terraform.rc"), config);
}

/** Nothing outside of the folder is used. `data`: the folder of Terraform's own files. */
export function environment(
  folder: string,
  data: string,
  reattach: string | null,
): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: join(folder, "home"),
    TMPDIR: join(folder, "tmp"),
    TF_DATA_DIR: join(folder, data),
    TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
    CHECKPOINT_DISABLE: "1",
    TF_IN_AUTOMATION: "1",
    ...(reattach !== null && { TF_REATTACH_PROVIDERS: reattach }),
  };
}

/** Starts Terraform in a group of its own, so that a test can send it the signal of a terminal. */
export function startTerraform(
  binary: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Started {
  const [command = "", ...rest] = args;
  const isColourless = !["state"].includes(command);
  const flags = isColourless ? ["-no-color"] : [];
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

/** The first instance of a resource in the state. */
export async function instanceOf(
  folder: string,
  address: string,
): Promise<Record<string, unknown> | undefined> {
  const text = await readFile(join(folder, "terraform.tfstate"), "utf8").catch(() => null);
  if (text === null) return undefined;
  const { resources } = JSON.parse(text) as StateFile;
  return resources.find(({ type, name }) => `${type}.${name}` === address)?.instances[0];
}

export interface DebugProvider {
  /** The value of TF_REATTACH_PROVIDERS. */
  readonly reattach: string;
  close(): Promise<void>;
}

/** A provider in debug mode: one process for any number of runs. */
export async function startDebug(
  main: string,
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<DebugProvider> {
  const child = spawn(process.execPath, [main, "--debug"], {
    ...options,
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
    reattach,
    async close() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Looks again and again until it is so; fails after a minute. */
export async function eventually(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await isSo()) return;
    await after(100);
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
