import { at, isList, isObject } from "./canonical-value.ts";
import { isNested, type Attribute, type Attributes } from "./schema.ts";
import type { TerraformObject, TerraformValue } from "./schema.ts";

/**
 * An object of the configuration with what the schema plans where it says nothing: computed
 * attributes that have a default get it. To be applied to the configuration, not to the proposed
 * state, which still holds the prior value of what was taken out.
 */
export function withDefaults(attributes: Attributes, value: TerraformObject): TerraformObject {
  return mapAttributes(attributes, value, (attribute, given) => {
    if (given !== null || isNested(attribute) || !attribute.computed) return given;
    return attribute.default ?? null;
  });
}

/** The same with what the provider's own `defaults` say where the object says nothing. */
export function withProviderDefaults(
  attributes: Attributes,
  value: TerraformObject,
  defaults: TerraformValue,
): TerraformObject {
  return mapAttributes(attributes, value, (attribute, given) => {
    const { providerDefault = null } = isNested(attribute) ? {} : attribute;
    if (given !== null || providerDefault === null) return given;
    return isObject(defaults) ? at(defaults, providerDefault) : defaults;
  });
}

type Change = (attribute: Attribute, given: TerraformValue) => TerraformValue;

function mapAttributes(
  attributes: Attributes,
  value: TerraformObject,
  change: Change,
): TerraformObject {
  const entries = Object.entries(attributes).map(([name, attribute]): [string, TerraformValue] => {
    const given = change(attribute, at(value, name));
    return [name, isNested(attribute) ? mapNested(attribute.nested, given, change) : given];
  });
  // Blocks and whatever else the object has stay as they are.
  return { ...value, ...Object.fromEntries(entries) };
}

function mapNested(
  nested: { readonly mode: string; readonly attributes: Attributes },
  value: TerraformValue,
  change: Change,
): TerraformValue {
  const each = (inner: TerraformValue): TerraformValue =>
    isObject(inner) ? mapAttributes(nested.attributes, inner, change) : inner;
  if (nested.mode === "single") return each(value);
  if (isList(value)) return value.map(each);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, each(inner)]));
}
