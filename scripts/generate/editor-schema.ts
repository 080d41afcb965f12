import { kinds, mapSchema, readSchema, without, type Schema } from "./schemas.ts";

/** The schema for editors: one file, with the shorthands that YAML allows. */
export function editorSchema(): string {
  const definitions = kinds.map(({ kind }) => {
    return [kind, forEditors(without(readSchema(kind), ["$schema", "$id"]))];
  });
  const config = without(readSchema("config"), ["$id"]);
  return JSON.stringify({ ...forEditors(config), $defs: Object.fromEntries(definitions) });
}

function forEditors(schema: Schema): Schema {
  return mapSchema(schema, (each) => {
    if (each.$ref) return { ...each, $ref: `#/$defs/${each.$ref.replace(/\.schema\.json$/, "")}` };
    const shorthand = each["x-tf"]?.shorthand;
    const rest = without(each, ["x-tf", "format"]);
    if (!shorthand) return rest;
    const outer = ["title", "description", "default", "examples"] as const;
    return {
      ...Object.fromEntries(outer.flatMap((key) => (key in rest ? [[key, rest[key]]] : []))),
      anyOf: [without(rest, outer), ...shorthand.map(({ accepts }) => accepts)],
    } as Schema;
  });
}
