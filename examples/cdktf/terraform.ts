// The real Terraform with the provider out of this checkout: a mirror in the folder of the session
// holds a program that starts it.
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { PROVIDER_ADDRESS } from "../../src/terraform/provider.ts";
import type { Session } from "../support/session.ts";

const root = join(import.meta.dirname, "..", "..");
const version = "0.1.0";

/** Runs Terraform in a folder of the session. */
export type Terraform = (folder: string, ...args: readonly string[]) => ReturnType<Session["tool"]>;

/** Null where there is no Terraform; the reason is told. */
export function terraformOf(session: Session): Terraform | null {
  const found = spawnSync("terraform", ["version", "-json"], { encoding: "utf8" });
  if (found.error !== undefined) {
    session.say("(no `terraform` on the path: what it would do with these projects is left out)");
    return null;
  }
  const { platform } = JSON.parse(found.stdout) as { readonly platform: string };
  const folder = join("mirror", PROVIDER_ADDRESS, version, platform);
  const program = join(folder, `terraform-provider-snapform_v${version}`);
  const main = join(root, "src", "terraform", "main.ts");
  session.write(program, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(session.path(program), 0o755);
  const mirror = JSON.stringify(session.path("mirror"));
  session.write(
    "terraformrc",
    `provider_installation { filesystem_mirror { path = ${mirror} } }\n`,
  );
  const env = {
    CHECKPOINT_DISABLE: "1",
    TF_CLI_CONFIG_FILE: session.path("terraformrc"),
    TF_CLI_ARGS: "-no-color",
  };
  return (place, ...args) =>
    session.tool("terraform", args, { in: place, env, quiet: args[0] === "init" });
}
