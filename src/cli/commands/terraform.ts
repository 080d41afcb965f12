import { join, resolve } from "node:path";
import { SnapformError, type ExitName } from "../../errors/index.ts";
import type { CommandScope } from "../context.ts";
import { usageError } from "../failure.ts";
import type { GlobalFlags } from "../flags.ts";
import type { TerraformInstallFlags } from "../routes/terraform.ts";
import { terraformPlatform } from "../terraform-platform.ts";
import { VERSION } from "../version.ts";
import { documentJson } from "../views/document-json.ts";
import { installedHuman, mirrorSetting, overrideSetting } from "../views/terraform-human.ts";

/** What Terraform and OpenTofu take `snapform/snapform` for: each has a registry of its own. */
const ADDRESSES = [
  "registry.terraform.io/snapform/snapform",
  "registry.opentofu.org/snapform/snapform",
] as const;

const PROGRAM = `terraform-provider-snapform_v${VERSION}`;

/** Puts the provider of this package into a mirror, or prints how to run it from the package. */
export async function installProvider(
  scope: CommandScope,
  flags: TerraformInstallFlags & GlobalFlags,
): Promise<ExitName> {
  if (flags.devOverride) return await printOverride(scope, flags);
  if (flags.dir !== undefined && flags.mirror !== undefined) {
    throw usageError("--dir and --mirror name two places", "Give one of them.");
  }
  const program = await readProgram(scope);
  const platform = platformOf(scope);
  const mirror = flags.mirror ?? join(flags.dir ?? ".", "terraform.d", "plugins");
  const files = ADDRESSES.map((address) => join(mirror, address, VERSION, platform, PROGRAM));
  const before = await Promise.all(files.map((file) => scope.readFile(file)));
  for (const file of files) await scope.writeProgram(file, program);
  const setting = isLookedAt(scope, flags) ? null : mirrorSetting(resolve(scope.cwd, mirror));
  const installed = {
    version: VERSION,
    platform,
    mirror,
    files,
    replaced: before.some((text) => text !== null && text !== program),
    setting,
  };
  scope.stdout.write(
    flags.json ? documentJson("terraform-install", installed) : installedHuman(installed),
  );
  return "done";
}

async function printOverride(
  scope: CommandScope,
  flags: TerraformInstallFlags & GlobalFlags,
): Promise<ExitName> {
  if (flags.dir !== undefined || flags.mirror !== undefined) {
    throw usageError("--dev-override installs nothing", "Leave out --dir and --mirror.");
  }
  await readProgram(scope);
  platformOf(scope);
  const setting = overrideSetting(programFolder(scope));
  scope.stdout.write(
    flags.json
      ? documentJson("terraform-override", { folder: programFolder(scope), setting })
      : setting,
  );
  return "done";
}

function programFolder({ packageRoot }: CommandScope): string {
  return join(packageRoot, "dist", "terraform");
}

async function readProgram(scope: CommandScope): Promise<string> {
  const text = await scope.readFile(join(programFolder(scope), PROGRAM));
  if (text !== null) return text;
  throw new SnapformError("not-found", "the provider is missing from this installation", {
    hint: "Install snapform again; in a clone of its repository, run npm run build:provider.",
  });
}

/** The kind of machine; one that runs the provider. */
function platformOf({ machine }: CommandScope): string {
  const { platform, arch } = machine;
  const found = terraformPlatform(platform, arch);
  if (found !== null && platform !== "win32") return found;
  throw new SnapformError("unimplemented", `the provider does not run on ${platform} ${arch}`, {
    hint: "It runs on Linux and macOS, and in WSL on Windows.",
  });
}

/** Does Terraform look there by itself? */
function isLookedAt({ cwd, env }: CommandScope, { mirror }: TerraformInstallFlags): boolean {
  if (mirror === undefined) return true;
  const folders = [join(cwd, "terraform.d"), join(env["HOME"] ?? cwd, ".terraform.d")];
  return folders.some((folder) => join(folder, "plugins") === resolve(cwd, mirror));
}
