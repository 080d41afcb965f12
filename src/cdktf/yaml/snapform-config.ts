import { resolve } from "node:path";
import { App, TerraformStack, type TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { suggestion } from "../../config/nearest.ts";
import { readConfigFilesSync } from "../../config/read-files.ts";
import type { SnapformConfig as Config } from "../../desired/canonical.ts";
import { hasErrors, type Diagnostic } from "../../diagnostics/diagnostic.ts";
import { formatDiagnostic } from "../../diagnostics/format.ts";
import { SnapformError } from "../../errors/index.ts";
import { BackupPolicy } from "../l1/backup-policy.gen.ts";
import { Restore, type RestoreFrom } from "../l1/restore.gen.ts";
import { SnapformProvider } from "../l1/snapform-provider.gen.ts";
import { Snapshot } from "../l1/snapshot.gen.ts";
import { processDirectory, processEnvironment } from "../process.ts";
import { formerNames, MovedBlocks } from "./moved-blocks.ts";
import { readConfig, type YamlConfig } from "./read-config.ts";
import { secretVariables } from "./secret-variables.ts";
import { terraformInput } from "./terraform-input.ts";
import { terraformName } from "./terraform-name.ts";

/** What `SnapformConfig.fromYaml` takes. */
export interface FromYamlOptions {
  /** As `-f` of the command line: several files merge into one configuration. */
  readonly files: readonly string[];
  /** Where relative names of files start; the folder of the process unless given. */
  readonly directory?: string;
  /** What `${env:NAME}` reads outside of secrets; the environment of the process unless given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * The folder in which Terraform will run: relative paths are written as seen from there. Unless
   * given, the folder that `App.synth` makes for the stack.
   */
  readonly runsIn?: string;
}

/** A `snapform.yaml` as constructs: the provider, and each policy, snapshot and restore. */
export class SnapformConfig extends Construct {
  /** With the clusters and repositories of the YAML. */
  readonly provider: SnapformProvider;
  /** By name, as the others. */
  readonly policies: ReadonlyMap<string, BackupPolicy>;
  /** One-off snapshots. */
  readonly snapshots: ReadonlyMap<string, Snapshot>;
  /** What shall be restored. */
  readonly restores: ReadonlyMap<string, Restore>;
  /** The sensitive variables that stand for the secrets of the YAML. */
  readonly variables: ReadonlyMap<string, TerraformVariable>;

  /** @internal */
  constructor(scope: Construct, id: string, yaml: YamlConfig, runsIn: string) {
    super(scope, id);
    refuseSecond(this);
    const secrets = secretVariables(this);
    const input = terraformInput(yaml, { runsIn, secrets });
    const { project, state, clusters, repositories, moved = [] } = input;
    this.provider = new SnapformProvider(this, "snapform", {
      project,
      ...(state?.path === undefined ? {} : { state: { path: state.path } }),
      clusters,
      repositories,
    });
    const history = (kind: string, name: string): object => {
      const names = formerNames(moved, `${kind}.${name}`);
      return names.length === 0 ? {} : { formerNames: names };
    };
    this.policies = eachOf(input.policies, (name, policy) => {
      const all = { name, ...policy, ...history("policy", name) };
      return new BackupPolicy(this, `policy.${name}`, all);
    });
    this.snapshots = eachOf(input.snapshots, (name, snapshot) => {
      const all = { name, ...snapshot, ...history("snapshot", name) };
      return new Snapshot(this, `snapshot.${name}`, all);
    });
    this.restores = eachOf(input.restores, (name, restore) => {
      const from = this.#source(restore.from, input);
      const all = { name, ...restore, from, ...history("restore", name) };
      return new Restore(this, `restore.${name}`, all);
    });
    new MovedBlocks(this, "moved", moved, input);
    this.variables = secrets.made;
  }

  /**
   * Reads, checks and turns configuration files into constructs.
   *
   * @throws SnapformError `invalid-argument` with every mistake and its place, `not-found`, ...
   */
  static fromYaml(scope: Construct, id: string, options: FromYamlOptions): SnapformConfig {
    const directory = resolve(options.directory ?? processDirectory());
    const files = readConfigFilesSync(options.files, directory);
    const env = options.env ?? processEnvironment();
    const { config, diagnostics, sources } = readConfig({ files, env, directory });
    if (config === null) throw invalid(diagnostics, sources);
    const runsIn = resolve(directory, options.runsIn ?? stackFolder(scope));
    return new SnapformConfig(scope, id, config, runsIn);
  }

  /**
   * The policy of this name.
   *
   * @throws SnapformError `not-found`
   */
  policy(name: string): BackupPolicy {
    return declared("policy", this.policies, name);
  }

  /**
   * The one-off snapshot of this name.
   *
   * @throws SnapformError `not-found`
   */
  snapshot(name: string): Snapshot {
    return declared("snapshot", this.snapshots, name);
  }

  /**
   * The restore of this name.
   *
   * @throws SnapformError `not-found`
   */
  restore(name: string): Restore {
    return declared("restore", this.restores, name);
  }

  /** In Terraform a restore says itself of which cluster and collection its snapshot is. */
  #source(from: NonNullable<Config["restores"]>[string]["from"], input: Config): RestoreFrom {
    const { cluster = "", collection = "" } = from;
    if (from.snapshot !== undefined) {
      const of = input.snapshots?.[from.snapshot];
      const { name } = this.snapshot(from.snapshot);
      return { cluster: of?.cluster ?? "", collection: of?.collection ?? "", snapshot: name };
    }
    if (from.policy === undefined) return { ...from, cluster, collection };
    const of = input.policies?.[from.policy];
    return {
      ...from,
      cluster: of?.cluster ?? "",
      collection,
      policy: this.policy(from.policy).name,
    };
  }
}

/** One construct per name, with the name as its address in Terraform wherever it stands. */
function eachOf<In, Out extends { overrideLogicalId(id: string): void }>(
  section: Readonly<Record<string, In>> = {},
  make: (name: string, value: In) => Out,
): ReadonlyMap<string, Out> {
  return new Map(
    Object.entries(section).map(([name, value]) => {
      const made = make(name, value);
      made.overrideLogicalId(terraformName(section, name));
      return [name, made];
    }),
  );
}

function declared<T>(kind: string, all: ReadonlyMap<string, T>, name: string): T {
  const found = all.get(name);
  if (found !== undefined) return found;
  const hint = `${suggestion(name, all.keys())}Declared: ${[...all.keys()].join(", ") || "none"}.`;
  throw new SnapformError("not-found", `the YAML declares no ${kind} ${JSON.stringify(name)}`, {
    hint,
  });
}

/** The addresses of two would fall together, and Terraform would see one of them only. */
function refuseSecond(config: SnapformConfig): void {
  const stack = TerraformStack.of(config);
  const other = stack.node
    .findAll()
    .find((each) => each instanceof SnapformConfig && each !== config);
  if (other === undefined) return;
  throw new SnapformError(
    "already-exists",
    `${config.node.path}: the stack has a configuration from YAML already, at ${other.node.path}`,
    { hint: "Give all files to one `fromYaml`, or use a stack for each." },
  );
}

function stackFolder(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  return resolve(App.of(stack).outdir, "stacks", stack.node.id);
}

function invalid(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): SnapformError {
  const errors = diagnostics.filter((each) => hasErrors([each]));
  const texts = errors.map((each) => {
    const source = sources.get(each.range?.file ?? "");
    return formatDiagnostic(each, source === undefined ? {} : { source });
  });
  return new SnapformError(
    "invalid-argument",
    `the configuration is not valid\n\n${texts.join("\n")}`,
  );
}
