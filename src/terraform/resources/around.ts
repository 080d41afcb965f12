import type { Desired } from "../../desired/desired.ts";
import { resolveResource, type Resolved, type Surroundings } from "../schema/convert.ts";
import { PROVIDER_SCHEMA } from "../schema/provider-schema.gen.ts";
import type { Attributes, TerraformObject } from "../schema/schema.ts";
import { isList, memberOf, type Tree } from "../wire/value.ts";
import type { Kind } from "./kind.ts";
import type { Concern } from "./narrow.ts";
import { plainOf, textAt } from "./values.ts";

export function attributesOf({ type }: Pick<Kind, "type">): Attributes {
  return PROVIDER_SCHEMA.resources[type]?.attributes ?? {};
}

export function resolve(
  kind: Kind,
  value: Tree,
  provider: TerraformObject,
  around: Surroundings,
): Resolved {
  return resolveResource(kind.type, plainOf(value), provider, around);
}

/** The address of a resource; null while its name is not known. */
export function addressOf({ word }: Pick<Kind, "word">, value: Tree): string | null {
  const name = textAt(value, "name");
  return name === null ? null : `${word}.${name}`;
}

/** The address of a resource and those that it had before. */
function addressesOf(kind: Kind, value: Tree): readonly string[] {
  const former = memberOf(value, "former_names");
  const names = isList(former) ? former.filter((each) => typeof each === "string") : [];
  const now = addressOf(kind, value);
  return [...(now === null ? [] : [now]), ...names.map((name) => `${kind.word}.${name}`)];
}

/**
 * What is desired without the clusters that the resource has nothing to do with: they are not
 * looked at, and cannot stand in its way. Repositories stay: a copy may lie in any of them.
 */
export function focus(kind: Kind, desired: Desired): Desired {
  const names = new Set(kind.clustersOf(desired));
  return { ...desired, clusters: desired.clusters.filter(({ name }) => names.has(name)) };
}

export function concernOf(kind: Kind, desired: Desired, value: Tree): Concern {
  const { project } = desired;
  return { ...kind.concernOf(desired), project, addresses: addressesOf(kind, value) };
}
