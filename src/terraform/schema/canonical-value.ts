import type { ConfigValue } from "../../config/check-values.ts";
import type { Shape } from "../../desired/shape.ts";
import { snakeCase } from "./names.ts";
import { UNKNOWN, type TerraformObject, type TerraformValue } from "./schema.ts";

/**
 * A value of Terraform in the canonical form of the configuration: names in camelCase, and only
 * what the shape knows, so that attributes that only Terraform has fall away, and what is left out.
 * Unknown stays so.
 */
export function canonicalValue(shape: Shape, value: TerraformValue): ConfigValue {
  if (value === null || value === UNKNOWN) return value;
  if (isList(value)) {
    const items = shape.kind === "list" ? shape.items : shape;
    return value.map((item) => canonicalValue(items, item));
  }
  if (!isObject(value)) return value;
  if (shape.kind === "map") {
    const given = Object.entries(value).filter(([, each]) => each !== null);
    return Object.fromEntries(
      given.map(([key, each]) => [key, canonicalValue(shape.values, each)]),
    );
  }
  if (shape.kind !== "object") return null;
  const canonical: Record<string, ConfigValue> = {};
  for (const [name, field] of Object.entries(shape.fields)) {
    const given = at(value, snakeCase(name));
    if (given !== null) canonical[name] = canonicalValue(field, given);
  }
  return canonical;
}

/** The value of an attribute; null where it is left out. */
export function at(value: TerraformObject, name: string): TerraformValue {
  return Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}

export function isList(value: TerraformValue): value is readonly TerraformValue[] {
  return Array.isArray(value);
}

export function isObject(value: TerraformValue): value is TerraformObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value, or anything in it, is not known yet. */
export function hasUnknown(value: TerraformValue): boolean {
  if (isList(value)) return value.some(hasUnknown);
  return isObject(value) ? Object.values(value).some(hasUnknown) : value === UNKNOWN;
}
