import { readSchema, target, type Schema } from "./schemas.ts";

const header = `// Written by scripts/generate.ts from schemas/. Do not edit.
import type { ObjectShape } from "./shape.ts";

`;

/** The schemas as the program needs them at run time: small, with references resolved. */
export function shapeModule(): string {
  const shape = JSON.stringify(shapeOf(readSchema("config")));
  return `${header}export const CONFIG_SHAPE: ObjectShape = ${shape};\n`;
}

function shapeOf(reference: Schema): object {
  const schema = target(reference);
  const extension = schema["x-tf"] ?? {};
  return {
    ...inner(schema),
    title: schema.title ?? "",
    ...(schema.examples?.[0] === undefined ? {} : { example: schema.examples[0] }),
    ...(schema.default === undefined ? {} : { default: schema.default }),
    ...(schema.format === undefined ? {} : { format: schema.format }),
    ...(extension.sensitive ? { sensitive: true } : {}),
    ...(extension.shorthand ? { shorthand: extension.shorthand } : {}),
  };
}

function inner(schema: Schema): object {
  if (schema.type === "array") return { kind: "list", items: shapeOf(schema.items ?? {}) };
  if (schema.type === "object" && schema.properties) {
    const fields = Object.entries(schema.properties).map(([name, each]) => [name, shapeOf(each)]);
    return { kind: "object", fields: Object.fromEntries(fields) };
  }
  if (schema.type === "object" && schema.additionalProperties) {
    return { kind: "map", values: shapeOf(schema.additionalProperties) };
  }
  const kind = schema.type === "string" ? "text" : schema.type;
  return {
    kind,
    ...(schema.enum ? { choices: schema.enum } : {}),
    ...(schema.minimum === undefined ? {} : { minimum: schema.minimum }),
    ...(schema.maximum === undefined ? {} : { maximum: schema.maximum }),
  };
}
