// yaml/: the way from snapform.yaml to constructs. May know config/, which reads and checks it as
// every other surface has it read and checked, and the bindings. Invariant: what is synthesized
// comes to the same desired state as the YAML itself, and no value of a secret is in it.
import { dirname, resolve } from "node:path";
import {
  loadConfig,
  type ConfigFile,
  type LoadedConfig,
  type WrittenConfig,
} from "../../config/load-config.ts";
import type { Desired } from "../../desired/desired.ts";
import { checkRemovals } from "./removals.ts";

export interface ReadRequest {
  readonly files: readonly ConfigFile[];
  /** What `${env:NAME}` reads outside of secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; relative names of files start there. */
  readonly directory: string;
}

/** A checked configuration, and what else writing it down as Terraform needs. */
export interface YamlConfig extends WrittenConfig {
  /** As the command line would have it. */
  readonly desired: Desired;
  /** Absolute: where the state lies, declared or not. */
  readonly statePath: string;
  /** Absolute: the folder of the first file. */
  readonly folder: string;
}

export type ReadConfig = Pick<LoadedConfig, "diagnostics" | "sources"> & {
  /** Null when there is an error among the diagnostics. */
  readonly config: YamlConfig | null;
};

/** Reads and checks configuration files; secrets need not be at hand. */
export function readConfig({ files, env, directory }: ReadRequest): ReadConfig {
  const request = {
    files,
    env,
    workingDirectory: directory,
    secrets: "optional",
    alsoCheck: checkRemovals,
  } as const;
  const { desired, written, statePath, diagnostics, sources } = loadConfig(request);
  const folder = dirname(resolve(directory, files[0]?.path ?? ""));
  const config = desired && written ? { ...written, desired, statePath, folder } : null;
  return { config, diagnostics, sources };
}
