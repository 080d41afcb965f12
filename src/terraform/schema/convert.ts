import { checkValues, resolveValues, type CheckValuesRequest } from "../../config/check-values.ts";
import type { Desired } from "../../desired/desired.ts";
import { freeze } from "../../desired/freeze.ts";
import { CONFIG_SHAPE } from "../../desired/shape.gen.ts";
import { alikeText, textOf } from "./alike.ts";
import { checkAttributes } from "./attribute-checks.ts";
import { at, isObject } from "./canonical-value.ts";
import { withProviderDefaults } from "./defaults.ts";
import type { Environment } from "./environment.ts";
import { hasErrors, mistakeAt, type Mistake } from "./mistake.ts";
import { camelCase } from "./names.ts";
import { providerConfig, type ProviderConfig } from "./provider-config.ts";
import { PROVIDER_SCHEMA } from "./provider-schema.gen.ts";
import { openRecent, type Recent } from "./recent.ts";
import {
  RESOURCE_KINDS,
  resourceConfig,
  type ResourceConfig,
  type ResourceTypeName,
} from "./resource-config.ts";
import { UNKNOWN, type Attribute, type Attributes, type TerraformObject } from "./schema.ts";

/** What values mean depends on. */
export interface Surroundings {
  readonly env: Environment;
  /** Absolute: the folder in which Terraform runs; relative paths start there. */
  readonly directory: string;
}

/** Values as what is desired. */
export interface Resolved {
  /** Null when there is a mistake, or something is not known yet. */
  readonly desired: Desired | null;
  /** Absolute; null where `desired` is. */
  readonly statePath: string | null;
  readonly mistakes: readonly Mistake[];
}

/** What all resources of one provider have in common. */
interface Outer {
  readonly around: Surroundings;
  readonly config: ProviderConfig;
  /** Resources by what was given of them. */
  readonly resolved: Recent<Resolved>;
  /** The first one of those that are alike. */
  readonly firsts: Recent<First>;
}

interface First {
  readonly value: TerraformObject;
  readonly resolved: Resolved;
}

/** By identity: the configuration holds secrets, which are no keys. */
const outers = new WeakMap<TerraformObject, Outer>();

function outerOf(provider: TerraformObject, around: Surroundings): Outer {
  const known = outers.get(provider);
  if (known !== undefined && known.around === around) return known;
  const config = providerConfig(provider, around.env);
  const outer: Outer = { around, config, resolved: openRecent(), firsts: openRecent() };
  outers.set(provider, outer);
  return outer;
}

/** Resolves the provider's configuration on its own: clusters and repositories. */
export function resolveProvider(provider: TerraformObject, around: Surroundings): Resolved {
  const { config, mistakes, referenceOf } = outerOf(provider, around).config;
  const checked = checkValues({ config, folder: around.directory, referenceOf });
  const { attributes } = PROVIDER_SCHEMA.provider;
  const found = checked.mistakes.map((each) => mistakeAt(attributes, each.path, each));
  return resolved(checked, [...mistakes, ...found]);
}

/**
 * Resolves one resource, with the provider's configuration around it. What is desired holds that
 * one resource, the clusters and the repositories. What was worked out for a provider is kept with
 * the object that it is.
 */
export function resolveResource(
  type: ResourceTypeName,
  value: TerraformObject,
  provider: TerraformObject,
  around: Surroundings,
): Resolved {
  const outer = outerOf(provider, around);
  const attributes = attributesOf(type);
  // What came of it may have changed since it was refreshed, and says nothing of what is wanted.
  const given = Object.fromEntries(
    Object.entries(value).filter(([name]) => isGiven(attributes[name])),
  );
  return outer.resolved.of(`${type} ${textOf(given)}`, () => resolveGiven(type, given, outer));
}

function isGiven(attribute: Attribute | undefined): boolean {
  return attribute?.computed !== true || attribute.optional === true;
}

/** Where nothing is wrong with the first of those that are alike, nothing is with the others. */
function resolveGiven(type: ResourceTypeName, value: TerraformObject, outer: Outer): Resolved {
  const first = firstOf(type, value, outer);
  if (first.value === value) return first.resolved;
  const isRight = first.resolved.desired !== null && first.resolved.mistakes.length === 0;
  if (!isRight) return checkAndResolve(type, value, outer);
  const { request } = partOf(type, value, outer);
  const { desired, statePath } = resolveValues(request);
  return resolved({ desired: desired && only(desired, type, value), statePath }, []);
}

function firstOf(type: ResourceTypeName, value: TerraformObject, outer: Outer): First {
  return outer.firsts.of(alikeText(type, value), () => {
    return { value, resolved: checkAndResolve(type, value, outer) };
  });
}

/** A resource as a part of a configuration, with what the provider says around it. */
function partOf(
  type: ResourceTypeName,
  value: TerraformObject,
  { around, config: { config, defaults, referenceOf } }: Outer,
): { readonly inner: ResourceConfig; readonly request: CheckValuesRequest } {
  const whole = withProviderDefaults(attributesOf(type), value, defaults);
  const repository = isObject(defaults) ? at(defaults, "repository") : defaults;
  const inner = resourceConfig(type, whole, repository);
  const sections = { ...config, ...inner.config };
  return { inner, request: { config: sections, folder: around.directory, referenceOf } };
}

function checkAndResolve(type: ResourceTypeName, value: TerraformObject, outer: Outer): Resolved {
  const attributes = attributesOf(type);
  const { inner, request } = partOf(type, value, outer);
  const checked = checkValues(request);
  const mistakes = [
    // The provider's configuration has been warned about where it stands.
    ...outer.config.mistakes.filter(({ severity }) => severity === "error").map(ofProvider),
    ...checked.mistakes.flatMap((each) => {
      const path = inner.pathOf(each.path);
      if (path !== null) return [mistakeAt(attributes, path, each)];
      const { attributes: outside } = PROVIDER_SCHEMA.provider;
      return each.severity === "error" ? [ofProvider(mistakeAt(outside, each.path, each))] : [];
    }),
    ...inner.mistakes,
    ...ownMistakes(attributes, type, value),
  ];
  const desired = checked.desired && only(checked.desired, type, value);
  return resolved({ ...checked, desired }, mistakes);
}

/** Stands for the provider's configuration where nothing is known of it. */
const ANY_PROVIDER: TerraformObject = Object.freeze({
  project: "unknown",
  state: UNKNOWN,
  clusters: UNKNOWN,
  repositories: UNKNOWN,
  // No time zone that could be the default makes a good expression bad.
  defaults: null,
});

const ANYWHERE: Surroundings = Object.freeze({ env: {}, directory: "/" });

/** Checks one resource where nothing is known of the provider's configuration. */
export function checkResource(type: ResourceTypeName, value: TerraformObject): readonly Mistake[] {
  const outer = outerOf(ANY_PROVIDER, ANYWHERE);
  const first = firstOf(type, value, outer);
  const { mistakes } = first.resolved;
  // A mistake may name what it was found in.
  const isIts = first.value === value || mistakes.length === 0;
  return isIts ? mistakes : checkAndResolve(type, value, outer).mistakes;
}

/** Checks the filters of a data source. */
export function checkDataSource(type: string, value: TerraformObject): readonly Mistake[] {
  return checkAttributes(PROVIDER_SCHEMA.dataSources[type]?.attributes ?? {}, value);
}

function attributesOf(type: ResourceTypeName): Attributes {
  return PROVIDER_SCHEMA.resources[type]?.attributes ?? {};
}

function resolved(
  { desired, statePath }: Omit<Resolved, "mistakes">,
  mistakes: readonly Mistake[],
): Resolved {
  const isGood = desired !== null && !hasErrors(mistakes);
  return Object.freeze({
    desired: isGood ? desired : null,
    statePath: isGood ? statePath : null,
    mistakes: Object.freeze(mistakes),
  });
}

/** Said at a resource, where the provider's configuration has no line. */
function ofProvider(mistake: Mistake): Mistake {
  // A longer path is named by the detail already.
  const [attribute, below] = mistake.path;
  const where = attribute === undefined || below !== undefined ? "" : `, at ${attribute}`;
  const detail = `In the configuration of the provider${where}: ${mistake.detail}`;
  return Object.freeze({ ...mistake, detail, path: [] });
}

/** Of what only Terraform has. Time limits are the business of whoever keeps them. */
function ownMistakes(
  attributes: Attributes,
  type: ResourceTypeName,
  value: TerraformObject,
): readonly Mistake[] {
  const section = CONFIG_SHAPE.fields[RESOURCE_KINDS[type].section];
  const shared =
    section?.kind === "map" && section.values.kind === "object" ? section.values : null;
  const own = Object.entries(attributes).filter(([name, attribute]) => {
    // The name is checked as a name of the configuration.
    return (
      isGiven(attribute) && name !== "name" && !Object.hasOwn(shared?.fields ?? {}, camelCase(name))
    );
  });
  return checkAttributes(Object.fromEntries(own), value);
}

/** Without what a restore had to declare of the resource that it names. */
function only(desired: Desired, type: ResourceTypeName, value: TerraformObject): Desired | null {
  const { section } = RESOURCE_KINDS[type];
  const name = at(value, "name");
  if (typeof name !== "string") return null;
  const nothing = { policies: [], snapshots: [], restores: [] };
  const kept = desired[section].filter((each) => each.name === name);
  return freeze({ ...desired, ...nothing, [section]: kept });
}
