import { someText, switchFlag } from "../flags.ts";
import { command, group, type Route } from "./route.ts";

export interface TerraformInstallFlags {
  readonly dir?: string;
  readonly mirror?: string;
  readonly devOverride: boolean;
}

const install: Route = command<TerraformInstallFlags>({
  docs: {
    brief: "Put the provider where `terraform init` finds it without a network",
    description:
      "Writes the provider of this package into a folder of the layout that Terraform and " +
      "OpenTofu call a filesystem mirror. `terraform.d/plugins` in the folder of a configuration " +
      "and in `~` are looked at by themselves; for any other folder it prints the setting that " +
      "makes Terraform look there. The provider needs Node 22.18 or later on the path.",
    examples: [
      { line: "terraform install", meaning: "For the configuration in this folder." },
      { line: "terraform install --dir infra", meaning: "For the one in infra/." },
      {
        line: "terraform install --mirror ~/.terraform.d/plugins",
        meaning: "For every configuration of this user.",
      },
      {
        line: "terraform install --dev-override > dev.tfrc",
        meaning: "Run the provider from this package, without `init`: TF_CLI_CONFIG_FILE=dev.tfrc.",
      },
    ],
  },
  parameters: {
    flags: {
      dir: {
        kind: "parsed",
        parse: someText,
        optional: true,
        placeholder: "DIR",
        brief: "The folder in which Terraform runs. Default: this one.",
      },
      mirror: {
        kind: "parsed",
        parse: someText,
        optional: true,
        placeholder: "DIR",
        brief: "Write into this mirror instead.",
      },
      devOverride: switchFlag(
        "Write nothing; print the setting that runs the provider from where the package has it.",
      ),
    },
  },
  load: async () => (await import("../commands/terraform.ts")).installProvider,
});

export const terraform: Route = group(
  {
    brief: "Install the Terraform provider",
    description: "The provider itself is started by Terraform or OpenTofu.",
    examples: [],
  },
  { install },
);
