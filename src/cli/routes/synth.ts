import { someText } from "../flags.ts";
import { command, type Route } from "./route.ts";

export interface SynthFlags {
  readonly out: string;
}

export const synth: Route = command<SynthFlags>({
  docs: {
    brief: "Write the configuration as a Terraform project",
    description:
      "Writes cdk.tf.json, which asks the Terraform provider for exactly what the YAML asks for. " +
      "Needs neither Terraform nor the command line of a CDK. Resources have the names that they " +
      "have in the YAML (`snapform_backup_policy.nightly`), relative paths are rewritten for the " +
      "folder it is written to, and secrets become sensitive variables: their values are not " +
      "looked at. Put backends and the like into a file of your own beside it.",
    examples: [
      { line: "synth", meaning: "Write cdk.tf.json in this folder." },
      { line: "synth -f prod.yaml --out infra", meaning: "Write infra/cdk.tf.json." },
    ],
  },
  parameters: {
    flags: {
      out: {
        kind: "parsed",
        parse: someText,
        default: ".",
        placeholder: "DIR",
        brief: "The folder of the Terraform project.",
      },
    },
  },
  load: async () => (await import("../commands/synth.ts")).synth,
});
