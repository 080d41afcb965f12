import { TerraformVariable } from "cdktf";
import type { Construct } from "constructs";

/** The sensitive variables that stand where the YAML has secrets. */
export interface SecretVariables {
  /** A reference to the variable of the secret at this place. */
  readonly reference: (path: readonly (string | number)[], declared: string | null) => string;
  /** By the name in Terraform: the variables made so far. */
  readonly made: ReadonlyMap<string, TerraformVariable>;
}

/**
 * `${env:NAME}` becomes the variable NAME, to be given as `TF_VAR_NAME`. A secret that is written
 * in any other way becomes a variable named after its place. No value is taken over.
 */
export function secretVariables(scope: Construct): SecretVariables {
  const made = new Map<string, TerraformVariable>();
  const origins = new Map<string, string>();
  return {
    made,
    reference(path, declared) {
      const named = /^\$\{env:(\w+)\}$/.exec(declared ?? "")?.[1];
      const origin = named === undefined ? JSON.stringify(path) : `env ${named}`;
      const wanted = named ?? path.slice(1).map(snakeWord).join("_");
      const name = free(wanted, (each) => (origins.get(each) ?? origin) === origin);
      origins.set(name, origin);
      const variable = made.get(name) ?? variableOf(scope, name, path, named);
      made.set(name, variable);
      return variable.stringValue;
    },
  };
}

function variableOf(
  scope: Construct,
  name: string,
  path: readonly (string | number)[],
  env: string | undefined,
): TerraformVariable {
  const [, cluster, field] = path;
  const what = `${String(field)} of the cluster ${String(cluster)}`;
  const variable = new TerraformVariable(scope, `variable.${name}`, {
    type: "string",
    sensitive: true,
    description: env === undefined ? `The ${what}.` : `The variable ${env} of the YAML.`,
  });
  variable.overrideLogicalId(name);
  return variable;
}

function snakeWord(step: string | number): string {
  const words = String(step).replace(/([a-z])([A-Z])/g, "$1_$2");
  return words.replace(/\W/g, "_").toLowerCase();
}

function free(name: string, isFree: (name: string) => boolean): string {
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}_${count}`;
    if (isFree(candidate)) return candidate;
  }
}
