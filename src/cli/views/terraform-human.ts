import { visible } from "../text/visible.ts";

export interface InstalledProvider {
  readonly version: string;
  /** In Terraform's words. */
  readonly platform: string;
  /** As the user would name it. */
  readonly mirror: string;
  /** Was another build of this version there? */
  readonly replaced: boolean;
  /** What makes Terraform look there; null where it does by itself. */
  readonly setting: string | null;
}

const replacedLine =
  "It replaces another build of this version: where .terraform.lock.hcl knows that one, remove\n" +
  "the entry of snapform/snapform there.";

/** What was installed, and what is left to do. */
export function installedHuman(installed: InstalledProvider): string {
  const { version, platform, mirror, replaced, setting } = installed;
  const lines = [
    `Installed snapform/snapform ${version} for ${platform} in ${visible(mirror)}.`,
    ...(replaced ? [replacedLine] : []),
    ...(setting === null
      ? ["Next: terraform init, or tofu init."]
      : ["Terraform looks there with this in the file that TF_CLI_CONFIG_FILE names:", ""]),
  ];
  return `${lines.join("\n")}\n${setting ?? ""}`;
}

/** A setting of Terraform's command line: the provider comes from this mirror, others do not. */
export function mirrorSetting(folder: string): string {
  const names = '["snapform/snapform"]';
  return [
    "provider_installation {",
    "  filesystem_mirror {",
    `    path    = ${JSON.stringify(folder)}`,
    `    include = ${names}`,
    "  }",
    "  direct {",
    `    exclude = ${names}`,
    "  }",
    "}",
    "",
  ].join("\n");
}

/** A setting of Terraform's command line: the provider is run from this folder, without `init`. */
export function overrideSetting(folder: string): string {
  return [
    "provider_installation {",
    "  dev_overrides {",
    `    "snapform/snapform" = ${JSON.stringify(folder)}`,
    "  }",
    "  direct {}",
    "}",
    "",
  ].join("\n");
}
