// The real Terraform, or OpenTofu, as a reader has it: with the provider of this checkout, built and
// installed as a user installs it. It sees no settings of whoever runs the example.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { ExampleFailure } from "../../support/check.ts";
import type { Outcome, Session } from "../../support/session.ts";

const root = join(import.meta.dirname, "..", "..", "..");

export interface TerraformOptions {
  /** The exit status that the story expects; 0 unless said otherwise. */
  readonly status?: number;
  readonly quiet?: boolean;
  /** A folder of the session; that of the session itself unless given. */
  readonly in?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs Terraform in a folder of the session. */
export type Terraform = (args: readonly string[], options?: TerraformOptions) => Promise<Outcome>;

/**
 * Builds the provider and installs it beside each configuration, where `terraform init` looks:
 * that of the session itself unless folders are given.
 */
export async function installTerraform(
  session: Session,
  ...folders: readonly string[]
): Promise<Terraform> {
  const binary = findBinary();
  if (binary === null) {
    throw new ExampleFailure("neither terraform nor tofu is on the path: install one of them");
  }
  build();
  session.write(".terraformrc", "");
  const own = {
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: session.path(".terraformrc"),
    TF_CLI_ARGS: "-no-color",
    // Where the native library of LanceDB is; a project has it in its own folder.
    SNAPFORM_PACKAGES: root,
  };
  const terraform: Terraform = (args, { env, ...options } = {}) =>
    session.tool(binary, args, { env: { ...own, ...env }, ...options });
  for (const folder of folders.length === 0 ? [""] : folders) {
    const where = folder === "" ? [] : ["--dir", folder];
    await session.snapform(["terraform", "install", ...where]);
    await terraform(["init"], { in: folder });
    await terraform(["validate"], { in: folder });
  }
  return terraform;
}

/** Null where there is none. */
export function findBinary(): string | null {
  const isThere = (name: string): boolean => spawnSync(name, ["version"]).status === 0;
  return ["terraform", "tofu"].find(isThere) ?? null;
}

function build(): void {
  const script = join(root, "scripts", "build-provider.ts");
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  if (status !== 0) throw new ExampleFailure(`the provider was not built:\n${stderr}`);
}
