import { ENGINE_FIELDS } from "../../desired/engine-fields.ts";
import { at, isObject } from "./canonical-value.ts";
import type { Mistake } from "./mistake.ts";
import { camelCase } from "./names.ts";
import { isNested, type Attributes, type TerraformObject, type TerraformValue } from "./schema.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Clusters with the secrets that were left out taken from the environment. */
export interface FilledClusters {
  readonly clusters: TerraformValue;
  /** By cluster and attribute, the variable that was read: the reference that may be shown. */
  readonly variables: ReadonlyMap<string, string>;
  readonly mistakes: readonly Mistake[];
}

/** The variable that a cluster's secret is read from: `SNAPFORM_PROD_API_KEY`. */
export function variableName(cluster: string, end: string): string {
  return `SNAPFORM_${cluster.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_${end}`;
}

/** How `variables` names a secret: never a place in a file, so any separator does. */
export function secretKey(cluster: string, attribute: string): string {
  return JSON.stringify([cluster, attribute]);
}

/** Fills in what is left out and what the engine of the cluster has a use for. */
export function fillFromEnvironment(
  attributes: Attributes,
  clusters: TerraformValue,
  env: Environment,
): FilledClusters {
  const variables = new Map<string, string>();
  const readBy = new Map<string, string>();
  const mistakes: Mistake[] = [];
  if (!isObject(clusters)) return { clusters, variables, mistakes };
  const filled = Object.entries(clusters).map(([name, cluster]): [string, TerraformValue] => {
    if (!isObject(cluster)) return [name, cluster];
    const secrets = missingSecrets(attributes, cluster).flatMap(([attribute, end]) => {
      const variable = variableName(name, end);
      const value = Object.hasOwn(env, variable) ? env[variable] : undefined;
      if (value === undefined || value === "") return [];
      const other = readBy.get(variable);
      if (other !== undefined) mistakes.push(sharedVariable(name, other, attribute, variable));
      readBy.set(variable, name);
      variables.set(secretKey(name, attribute), variable);
      return [[attribute, value] as const];
    });
    return [name, { ...cluster, ...Object.fromEntries(secrets) }];
  });
  return { clusters: Object.fromEntries(filled), variables, mistakes };
}

/** The attributes to look for, with the end of their variable. */
function missingSecrets(
  attributes: Attributes,
  cluster: TerraformObject,
): readonly (readonly [string, string])[] {
  const engine = at(cluster, "engine");
  if (typeof engine !== "string" || !Object.hasOwn(ENGINE_FIELDS, engine)) return [];
  const { required = [], optional = [] } = ENGINE_FIELDS[engine] ?? {};
  const allowed = [...required, ...optional];
  const hasUser = at(cluster, "username") !== null;
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    const end = isNested(attribute) ? undefined : attribute.environment;
    if (end === undefined || at(cluster, name) !== null) return [];
    if (!allowed.includes(camelCase(name))) return [];
    // A login is a token or a user with a password: what is there already says which.
    const isOther =
      (name === "password" && !hasUser) ||
      (name === "token" && (hasUser || at(cluster, "password") !== null));
    return isOther ? [] : [[name, end] as const];
  });
}

/** One cluster must not be given the key of another by accident. */
function sharedVariable(
  cluster: string,
  other: string,
  attribute: string,
  variable: string,
): Mistake {
  return {
    severity: "error",
    code: "ambiguous-variable",
    summary: "One environment variable for two clusters",
    detail:
      `The clusters ${JSON.stringify(other)} and ${JSON.stringify(cluster)} would both take ` +
      `\`${attribute}\` from ${variable}. Rename one of them, or give \`${attribute}\` in the ` +
      "configuration.",
    path: ["clusters", cluster],
  };
}
