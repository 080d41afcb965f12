import { ENGINE_FIELDS, type EngineFields } from "../../desired/engine-fields.ts";
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
    let whole = cluster;
    for (const [attribute, end] of secretsOf(attributes, cluster)) {
      const variable = variableName(name, end);
      const value = Object.hasOwn(env, variable) ? env[variable] : undefined;
      if (value === undefined || value === "" || !isWanted(attribute, whole)) continue;
      const other = readBy.get(variable);
      if (other !== undefined) mistakes.push(sharedVariable(name, other, attribute, variable));
      readBy.set(variable, name);
      variables.set(secretKey(name, attribute), variable);
      whole = { ...whole, [attribute]: value };
    }
    return [name, whole];
  });
  return { clusters: Object.fromEntries(filled), variables, mistakes };
}

function engineFields(cluster: TerraformObject): EngineFields | null {
  const engine = at(cluster, "engine");
  const isKnown = typeof engine === "string" && Object.hasOwn(ENGINE_FIELDS, engine);
  return isKnown ? (ENGINE_FIELDS[engine] ?? null) : null;
}

/** The secrets that the cluster's engine has a use for, with the end of their variable. */
function secretsOf(
  attributes: Attributes,
  cluster: TerraformObject,
): readonly (readonly [string, string])[] {
  const { required = [], optional = [] } = engineFields(cluster) ?? {};
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    const end = isNested(attribute) ? undefined : attribute.environment;
    const isOfUse = [...required, ...optional].includes(camelCase(name));
    return end !== undefined && isOfUse ? [[name, end] as const] : [];
  });
}

/** A login is of one kind: what is there already says of which. */
function isWanted(secret: string, cluster: TerraformObject): boolean {
  const has = (name: string): boolean => at(cluster, name) !== null;
  if (has(secret)) return false;
  const takesOneKey = engineFields(cluster)?.required.includes("apiKey") !== true;
  switch (secret) {
    case "api_key":
      return !(takesOneKey && has("token"));
    case "token":
      return !has("username") && !has("password") && !(takesOneKey && has("api_key"));
    case "password":
      return has("username");
    default:
      return true;
  }
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
