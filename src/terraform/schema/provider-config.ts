import { join } from "node:path";
import type { ConfigValue } from "../../config/check-values.ts";
import { isTimezone } from "../../clock/zone.ts";
import { IMPLIED_REPOSITORY } from "../../desired/implied-repository.ts";
import { CONFIG_SHAPE } from "../../desired/shape.gen.ts";
import { at, canonicalValue, isObject } from "./canonical-value.ts";
import { fillFromEnvironment, secretKey, type Environment } from "./environment.ts";
import { belowLine, type Mistake, type Path } from "./mistake.ts";
import { snakeCase } from "./names.ts";
import { PROVIDER_SCHEMA } from "./provider-schema.gen.ts";
import { isNested, UNKNOWN, type Attributes, type TerraformObject } from "./schema.ts";
import type { TerraformValue } from "./schema.ts";

/** The provider's configuration as the sections of a whole one that resources have no part in. */
export interface ProviderConfig {
  readonly config: { readonly [name: string]: ConfigValue };
  /** What resources use where they say nothing. */
  readonly defaults: TerraformValue;
  /** What no schema and no check of a configuration says. */
  readonly mistakes: readonly Mistake[];
  readonly referenceOf: (path: Path) => string | null;
}

/** Reads the provider's configuration; secrets that are left out come from the environment. */
export function providerConfig(provider: TerraformObject, env: Environment): ProviderConfig {
  const filled = fillFromEnvironment(clusterAttributes(), at(provider, "clusters"), env);
  const section = (name: "project" | "clusters" | "repositories", value: TerraformValue) => {
    const shape = CONFIG_SHAPE.fields[name];
    return shape ? { [name]: canonicalValue(shape, value) } : {};
  };
  const state = statePlace(provider);
  return {
    config: {
      version: 1,
      ...section("project", at(provider, "project")),
      ...section("clusters", filled.clusters),
      ...section("repositories", at(provider, "repositories")),
      state: state.value,
    },
    defaults: at(provider, "defaults"),
    mistakes: [...filled.mistakes, ...state.mistakes, ...checkDefaults(provider)],
    referenceOf: ([kind, cluster, field]) => {
      if (kind !== "clusters") return null;
      const key = secretKey(String(cluster), snakeCase(String(field)));
      const variable = filled.variables.get(key);
      return variable === undefined ? null : `\${env:${variable}}`;
    },
  };
}

function clusterAttributes(): Attributes {
  const { clusters } = PROVIDER_SCHEMA.provider.attributes;
  return clusters && isNested(clusters) ? clusters.nested.attributes : {};
}

interface StatePlace {
  readonly value: ConfigValue;
  readonly mistakes: readonly Mistake[];
}

/**
 * The folder of snapform's own record. Only the one repository there is can be meant when nothing
 * is said: with a choice, declaring another repository would move the record, and so lose it.
 */
function statePlace(provider: TerraformObject): StatePlace {
  const state = at(provider, "state");
  const known = (value: ConfigValue): StatePlace => ({ value, mistakes: [] });
  if (state === UNKNOWN) return known(UNKNOWN);
  if (isObject(state)) return known({ path: canonicalScalar(at(state, "path")) });
  const repositories = at(provider, "repositories");
  const project = at(provider, "project");
  if (repositories === UNKNOWN || project === UNKNOWN) return known(UNKNOWN);
  const declared = isObject(repositories) ? Object.entries(repositories) : [];
  const [only, another] = declared;
  if (only === undefined || another !== undefined) {
    return { value: UNKNOWN, mistakes: [missingState(declared.length)] };
  }
  const path = isObject(only[1]) ? at(only[1], "path") : UNKNOWN;
  if (typeof path !== "string" || typeof project !== "string") return known(UNKNOWN);
  return known({ path: join(path, ".snapform", project) });
}

function canonicalScalar(value: TerraformValue): ConfigValue {
  return isObject(value) ? null : (value as ConfigValue);
}

function missingState(repositoryCount: number): Mistake {
  const why =
    repositoryCount === 0
      ? "No repository is declared that the record could lie in."
      : `${repositoryCount} repositories are declared, and the record lies in one of them only.`;
  return {
    severity: "error",
    code: "missing-state",
    summary: "No place for the record",
    detail:
      `${why} Say where snapform keeps the record of what it made, in a folder that the next run ` +
      'finds again: `state = { path = "/backups/vault/.snapform/PROJECT" }`.',
    path: ["state"],
  };
}

function checkDefaults(provider: TerraformObject): readonly Mistake[] {
  const defaults = at(provider, "defaults");
  if (!isObject(defaults)) return [];
  const mistakes: Mistake[] = [];
  const timezone = at(defaults, "timezone");
  if (typeof timezone === "string" && !isTimezone(timezone)) {
    const detail =
      `There is no time zone ${JSON.stringify(timezone)}. Expected an IANA name such as ` +
      "`Europe/Berlin` or `UTC`.";
    const words = { code: "unknown-timezone", summary: "Unknown time zone", detail };
    mistakes.push(belowLine({ severity: "error", ...words, path: ["defaults", "timezone"] }));
  }
  const repository = at(defaults, "repository");
  const repositories = at(provider, "repositories");
  const declared = isObject(repositories) ? Object.keys(repositories) : [];
  const isOpen = repositories === UNKNOWN || repository === IMPLIED_REPOSITORY;
  if (typeof repository === "string" && !isOpen && !declared.includes(repository)) {
    const known = declared.length === 0 ? "None is declared" : `Declared: ${declared.join(", ")}`;
    const detail =
      `There is no repository ${JSON.stringify(repository)}. ` +
      `${known}, under \`repositories\`.`;
    const words = { code: "unknown-reference", summary: "Unknown repository", detail };
    mistakes.push(belowLine({ severity: "error", ...words, path: ["defaults", "repository"] }));
  }
  return mistakes;
}
