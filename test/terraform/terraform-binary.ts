import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * The Terraform that these tests drive: `terraform` on the path, else `tofu`. Null where there is
 * none and that is allowed; where everything must be checked (CI is set), it is not.
 */
export function findTerraform(): string | null {
  const found = ["terraform", "tofu"].map(onPath).find((path) => path !== null) ?? null;
  if (found !== null) return found;
  const reason = "neither terraform nor tofu is on the path";
  if (process.env["CI"]) throw new Error(`cannot test the provider: ${reason}`);
  console.log(`skipped: ${reason}`);
  return null;
}

/** Write-only attributes and ephemeral variables: Terraform and OpenTofu have both from 1.11 on. */
export function knowsEphemeral(binary: string): boolean {
  const { stdout } = spawnSync(binary, ["version", "-json"], { encoding: "utf8" });
  const { terraform_version: version } = JSON.parse(stdout) as { terraform_version: string };
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 1 || minor >= 11;
}

function onPath(name: string): string | null {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}
