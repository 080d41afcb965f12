import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  environment,
  installOverride,
  instanceOf,
  startDebug,
  startTerraform,
  type DebugProvider,
  type Run,
  type Started,
} from "./running.ts";

const MAIN = join(import.meta.dirname, "example-main.ts");

export const SECRET = "sesame-street-7";

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
  await installOverride(folder, { source: "test/example", main: MAIN });
  const env = environment(folder, "data", reattach);
  const scene: Scene = {
    folder,
    store,
    async write(blocks, provider = `folder = "${store}"\n  token = "${SECRET}"`) {
      const text = `${HEAD}provider "example" {\n  ${provider}\n}\n${blocks}\n`;
      await writeFile(join(folder, "main.tf"), text);
    },
    run: (...args) => scene.start(args).done,
    start: (args, more = {}) => startTerraform(binary, args, folder, { ...env, ...more }),
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

/** The example provider in debug mode: one process for any number of runs. */
export function startDebugProvider(): Promise<DebugProvider> {
  return startDebug(MAIN);
}
