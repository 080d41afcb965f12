import { alikeText, textOf } from "../../terraform/schema/alike.ts";
import {
  checkDataSource,
  checkResource,
  resolveProvider,
  resolveResource,
} from "../../terraform/schema/convert.ts";
import { hasErrors, type Mistake } from "../../terraform/schema/mistake.ts";
import { PROVIDER_SCHEMA } from "../../terraform/schema/provider-schema.gen.ts";
import type { ResourceTypeName } from "../../terraform/schema/resource-config.ts";
import {
  isNested,
  UNKNOWN,
  type ObjectSchema,
  type TerraformObject,
} from "../../terraform/schema/schema.ts";
import type { Given } from "../l1/attributes.ts";
import { inTypeScript } from "./in-typescript.ts";
import { knownValues } from "./known-values.ts";
import { unknownNames } from "./unknown-names.ts";

/** What a construct was given, and what comes of it. */
export interface CheckRequest {
  readonly input: Given;
  /** As synthesized, with escape hatches, before tokens are resolved. */
  readonly attributes: object;
}

/** Paths are not looked at, so any folder will do. */
const around = { env: {}, directory: "/" };

/** Everything that is wrong with a provider, one sentence each. */
export function checkProviderConstruct({ input, attributes }: CheckRequest): string[] {
  const values = withSecretsUnknown(knownValues(attributes));
  const { mistakes } = resolveProvider(values, around);
  return sentences(PROVIDER_SCHEMA.provider, input, mistakes);
}

/** The same of a resource; `provider` has the attributes of its own, where there is one. */
export function checkResourceConstruct(
  type: ResourceTypeName,
  { input, attributes }: CheckRequest,
  provider: object | null,
): string[] {
  const values = knownValues(attributes);
  const outer = outerOf(provider);
  const text = alikeText(type, values);
  const mistakes = outer.right.has(text) ? [] : mistakesOf(type, values, outer.good);
  if (!hasErrors(mistakes)) outer.right.add(text);
  return sentences(PROVIDER_SCHEMA.resources[type], input, mistakes);
}

function mistakesOf(
  type: ResourceTypeName,
  values: TerraformObject,
  provider: TerraformObject | null,
): readonly Mistake[] {
  if (provider === null) return checkResource(type, values);
  return resolveResource(type, values, provider, around).mistakes;
}

/** What resources are checked with. */
interface Outer {
  /** The provider that they go through. */
  readonly text: string;
  /** The same; null where something is wrong with it, which is said at the provider. */
  readonly good: TerraformObject | null;
  /** The texts of resources that nothing is wrong with. */
  readonly right: Set<string>;
}

/** The last one: a thousand resources have the same provider, one after the other. */
let last: Outer = { text: "", good: null, right: new Set() };

/** With a state that is not known nothing is resolved, only checked. */
function outerOf(provider: object | null): Outer {
  const values = provider === null ? null : knownValues(provider);
  const text = values === null ? "" : textOf(values);
  if (text !== last.text) {
    const whole = withSecretsUnknown(values ?? {});
    const isGood = !hasErrors(resolveProvider(whole, around).mistakes);
    last = { text, good: isGood ? { ...whole, state: UNKNOWN } : null, right: new Set() };
  }
  return last;
}

/** The same of a data source. */
export function checkDataSourceConstruct(
  type: string,
  { input, attributes }: CheckRequest,
): string[] {
  const mistakes = checkDataSource(type, knownValues(attributes));
  return sentences(PROVIDER_SCHEMA.dataSources[type], input, mistakes);
}

function sentences(
  schema: ObjectSchema | undefined,
  input: Given,
  mistakes: readonly Mistake[],
): string[] {
  const errors = mistakes.filter((each) => hasErrors([each])).map(inTypeScript);
  return [...(schema ? unknownNames(schema, input) : []), ...errors];
}

/** Secrets that are left out may be in the environment of the provider, which is not this one. */
function withSecretsUnknown(provider: TerraformObject): TerraformObject {
  const { clusters } = provider;
  const schema = PROVIDER_SCHEMA.provider.attributes["clusters"];
  if (!isRecord(clusters) || !schema || !isNested(schema)) return provider;
  const secrets = Object.entries(schema.nested.attributes).flatMap(([name, attribute]) =>
    !isNested(attribute) && attribute.environment !== undefined ? [name] : [],
  );
  const filled = Object.entries(clusters).map(([name, cluster]) => {
    if (!isRecord(cluster)) return [name, cluster] as const;
    const absent = secrets.filter((each) => cluster[each] === undefined || cluster[each] === null);
    const unknown = Object.fromEntries(absent.map((each) => [each, UNKNOWN] as const));
    return [name, { ...cluster, ...unknown }] as const;
  });
  return { ...provider, clusters: Object.fromEntries(filled) };
}

function isRecord(value: unknown): value is TerraformObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
