import { suggestion } from "../../config/nearest.ts";
import {
  isNested,
  type Attributes,
  type NestedAttribute,
  type ObjectSchema,
} from "../../terraform/schema/schema.ts";
import { isPlain, settableOf, type Given } from "../l1/attributes.ts";

/** Properties that do not exist: programs without types can give them, and casts can. */
export function unknownNames({ attributes, blocks }: ObjectSchema, given: Given): string[] {
  const names = Object.keys(given).filter((name) => !Object.hasOwn(blocks, name));
  const inBlocks = Object.entries(blocks).flatMap(([name, block]) => {
    const value = given[name];
    return isPlain(value) ? inObject(block.attributes, value, Object.keys(value), name) : [];
  });
  return [...inObject(attributes, given, names, ""), ...inBlocks];
}

function inObject(
  attributes: Attributes,
  given: Given,
  names: readonly string[],
  path: string,
): string[] {
  const settable = settableOf(attributes);
  return names.flatMap((name) => {
    const field = settable.find(({ property }) => property === name)?.attribute;
    const here = path === "" ? name : `${path}.${name}`;
    if (field !== undefined)
      return isNested(field) ? inNested(field.nested, given[name], here) : [];
    const near = suggestion(
      name,
      settable.map(({ property }) => property),
    );
    return [`${here}: Unknown property. There is none of this name. ${near}`.trimEnd()];
  });
}

function inNested(
  { mode, attributes }: NestedAttribute["nested"],
  value: unknown,
  path: string,
): string[] {
  const each = (inner: unknown, at: string): string[] =>
    isPlain(inner) ? inObject(attributes, inner, Object.keys(inner), at) : [];
  if (Array.isArray(value)) {
    return value.flatMap((inner: unknown, index) => each(inner, `${path}[${index}]`));
  }
  if (mode !== "map") return each(value, path);
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    each(inner, `${path}[${JSON.stringify(key)}]`),
  );
}
