// The real Terraform, or OpenTofu, in folders that have the provider as a user installs it: built
// from this checkout, and put there by `snapform terraform install`.
import { spawnSync } from "node:child_process";
import { devNull } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";

import { findTerraform } from "./terraform-binary.ts";

const root = join(import.meta.dirname, "..", "..");
const binary = findTerraform();
let isBuilt = false;

/** A skip prints its reason there. */
export const hasTerraform = binary !== null;

/** Runs Terraform; answers what it printed. */
export type InstalledTerraform = (...args: readonly string[]) => string;

/** Installs the provider in the folder and initializes its configuration. */
export function installTerraform(folder: string): InstalledTerraform {
  const env = {
    ...process.env,
    CHECKPOINT_DISABLE: "1",
    // No settings of whoever runs the tests.
    TF_CLI_CONFIG_FILE: devNull,
    TF_CLI_ARGS: "-no-color",
    // Where the native library of LanceDB is.
    SNAPFORM_PACKAGES: root,
  };
  const run = (program: string, ...args: readonly string[]): string => {
    const ended = spawnSync(program, args, { cwd: folder, encoding: "utf8", env });
    expect(ended.status, `${args.join(" ")}\n${ended.stdout}${ended.stderr}`).toBe(0);
    return ended.stdout;
  };
  if (!isBuilt) run(process.execPath, join(root, "scripts", "build-provider.ts"));
  isBuilt = true;
  run(process.execPath, join(root, "src", "cli", "main.ts"), "terraform", "install");
  const terraform: InstalledTerraform = (...args) => run(binary ?? "", ...args);
  terraform("init");
  return terraform;
}
