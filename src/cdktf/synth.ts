import { resolve } from "node:path";
import { LocalBackend, TerraformStack, type TerraformResource } from "cdktf";
import { RootConstruct } from "constructs";
import { readConfigFiles } from "../config/read-files.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { readConfig } from "./yaml/read-config.ts";
import { SnapformConfig } from "./yaml/snapform-config.ts";

/** The words by which a file that was written here is known. */
export const SYNTH_MARK = "Written by snapform synth";

export interface SynthRequest {
  /** Configuration files as the user named them. */
  readonly files: readonly string[];
  /** Absolute; relative names of files and `out` start there. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder in which Terraform will run. */
  readonly out: string;
}

/** What was made of a configuration. */
export interface Synthesis {
  /** JSON, to be written as `cdk.tf.json`; the same text for the same configuration. */
  readonly text: string;
  /** Addresses in Terraform, sorted. */
  readonly resources: readonly string[];
  /** Names of the sensitive variables that Terraform has to be given, sorted. */
  readonly variables: readonly string[];
}

/** With the diagnostics, and the texts that they point into. */
export interface SynthResult {
  /** Null when there is an error among the diagnostics. */
  readonly synthesis: Synthesis | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Turns YAML into the configuration of a Terraform project, in this process.
 *
 * @throws SnapformError when a file cannot be read, or holds what Terraform has no way to say
 */
export async function synthesize(request: SynthRequest): Promise<SynthResult> {
  const { directory, env } = request;
  const files = await readConfigFiles(request.files, directory);
  const { config, diagnostics, sources } = readConfig({ files, env, directory });
  if (config === null) return { synthesis: null, diagnostics, sources };
  const out = resolve(directory, request.out);
  // No `App`: that would make folders, read the environment and look for a Terraform.
  const stack = new TerraformStack(new RootConstruct(), "snapform");
  // Without one the engine adds a backend with an absolute path; it is taken out again below, so
  // that a file beside this one can say where the state of Terraform goes.
  new LocalBackend(stack, {});
  const made = new SnapformConfig(stack, "config", config, out);
  const whole = stack.toTerraform() as Tree;
  const { backend: _, ...terraform } = (whole["terraform"] ?? {}) as Tree;
  const origin = request.files.join(", ");
  const tree = {
    ...withoutComments({ ...whole, terraform }),
    "//": `${SYNTH_MARK} from ${origin}. Do not edit.`,
  };
  const constructs = [made.policies, made.snapshots, made.restores].flatMap((each) => [
    ...each.values(),
  ]);
  const synthesis = {
    text: `${JSON.stringify(sorted(tree), null, 2)}\n`,
    resources: constructs.map(addressOf).toSorted(),
    variables: [...made.variables.keys()].toSorted(),
  };
  return { synthesis, diagnostics, sources };
}

function addressOf(resource: TerraformResource): string {
  return `${resource.terraformResourceType}.${resource.friendlyUniqueId}`;
}

interface Tree {
  readonly [name: string]: unknown;
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Without what the engine notes about itself. */
function withoutComments(tree: Tree): Tree {
  const entries = Object.entries(tree).filter(([name]) => name !== "//");
  return Object.fromEntries(
    entries.map(([name, each]) => [name, isTree(each) ? withoutComments(each) : each]),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isTree(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}
