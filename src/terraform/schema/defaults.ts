import { at, isList, isObject } from "./canonical-value.ts";
import { isNested, type Attribute, type Attributes } from "./schema.ts";
import type { TerraformObject, TerraformValue } from "./schema.ts";

/**
 * An object of the configuration with what the schema plans where it says nothing: computed
 * attributes that have a default get it. With the proposed state, that is what is completed: it
 * still holds the prior value of what was taken out of the configuration, which must not stay.
 */
export function withDefaults(
  attributes: Attributes,
  config: TerraformObject,
  proposed: TerraformObject = config,
): TerraformObject {
  const entries = Object.entries(attributes).map(([name, attribute]): [string, TerraformValue] => {
    return [name, planned(attribute, at(config, name), at(proposed, name))];
  });
  // Blocks and whatever else the object has stay as they are.
  return { ...proposed, ...Object.fromEntries(entries) };
}

function planned(
  attribute: Attribute,
  given: TerraformValue,
  proposed: TerraformValue,
): TerraformValue {
  if (!isNested(attribute)) {
    const { computed, default: fallback } = attribute;
    return given === null && computed && fallback !== undefined ? fallback : proposed;
  }
  const { mode, attributes } = attribute.nested;
  const each = (inner: TerraformValue, below: TerraformValue): TerraformValue =>
    isObject(inner) && isObject(below) ? withDefaults(attributes, inner, below) : below;
  if (mode === "single") return each(given, proposed);
  if (isList(given) && isList(proposed)) {
    return proposed.map((below, index) => each(given[index] ?? null, below));
  }
  if (!isObject(given) || !isObject(proposed)) return proposed;
  const entries = Object.entries(proposed);
  return Object.fromEntries(entries.map(([key, below]) => [key, each(at(given, key), below)]));
}

/** An object with what the provider's own `defaults` say where it says nothing. */
export function withProviderDefaults(
  attributes: Attributes,
  value: TerraformObject,
  defaults: TerraformValue,
): TerraformObject {
  const entries = Object.entries(attributes).map(([name, attribute]): [string, TerraformValue] => {
    return [name, filledIn(attribute, at(value, name), defaults)];
  });
  return { ...value, ...Object.fromEntries(entries) };
}

/** Only what resources have: one value, or one object of values. */
function filledIn(
  attribute: Attribute,
  given: TerraformValue,
  defaults: TerraformValue,
): TerraformValue {
  if (isNested(attribute)) {
    const isSingle = attribute.nested.mode === "single" && isObject(given);
    if (!isSingle) return given;
    return withProviderDefaults(attribute.nested.attributes, given, defaults);
  }
  const { providerDefault } = attribute;
  if (given !== null || providerDefault === undefined) return given;
  return isObject(defaults) ? at(defaults, providerDefault) : defaults;
}
