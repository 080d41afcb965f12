import { suggestion } from "../../config/nearest.ts";
import { camelCase } from "../../terraform/schema/names.ts";
import { isNested, type Attribute, type ObjectSchema } from "../../terraform/schema/schema.ts";
import { isPlain, type Given } from "../l1/attributes.ts";

type Fields = { readonly [name: string]: Pick<Attribute, "required" | "optional"> };

/** Properties that do not exist: programs without types can give them, and casts can. */
export function unknownNames({ attributes, blocks }: ObjectSchema, given: Given): string[] {
  const sections = Object.entries(blocks).map(([name, block]) => {
    return [name, { optional: true, nested: { mode: "single", attributes: block.attributes } }];
  });
  return inObject({ ...attributes, ...(Object.fromEntries(sections) as Fields) }, given, "");
}

function inObject(fields: Fields, given: Given, path: string): string[] {
  const settable = Object.entries(fields).filter(([, each]) => each.required || each.optional);
  const byName = new Map(settable.map(([name, each]) => [camelCase(name), each as Attribute]));
  return Object.entries(given).flatMap(([name, value]) => {
    const field = byName.get(name);
    const here = path === "" ? name : `${path}.${name}`;
    if (field === undefined) {
      const detail = `There is none of this name. ${suggestion(name, byName.keys())}`;
      return [`${here}: Unknown property. ${detail.trimEnd()}`];
    }
    return isNested(field) ? inNested(field.nested, value, here) : [];
  });
}

function inNested(
  { mode, attributes }: Extract<Attribute, { nested: unknown }>["nested"],
  value: unknown,
  path: string,
): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((each: unknown, index) =>
      isPlain(each) ? inObject(attributes, each, `${path}[${index}]`) : [],
    );
  }
  if (!isPlain(value)) return [];
  if (mode !== "map") return inObject(attributes, value, path);
  return Object.entries(value).flatMap(([key, each]) =>
    isPlain(each) ? inObject(attributes, each, `${path}[${JSON.stringify(key)}]`) : [],
  );
}
