import { kinds, readSchema, type Schema } from "./schemas.ts";

const header = `/**
 * The configuration in its canonical form, as the schemas describe it: no shorthands, no unions of
 * types, defaults not yet filled in, lengths of time and paths as text. Terraform and CDKTF speak
 * this form. Written by scripts/generate.ts from schemas/; do not edit.
 */
`;

/** The types of the canonical form. */
export function canonicalTypes(): string {
  const types = [...kinds.map(({ kind }) => kind), "config"].map((kind) => {
    const schema = readSchema(kind);
    const name = kind === "config" ? "SnapformConfig" : typeName(kind);
    return `${comment(schema)}export interface ${name} ${objectType(schema)}\n`;
  });
  return `${header}\n${types.join("\n")}`;
}

function typeName(kind: string): string {
  return `${kind[0]?.toUpperCase()}${kind.slice(1)}Config`;
}

function objectType(schema: Schema): string {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const optional = schema.required?.includes(name) ? "" : "?";
    return `${comment(field)}readonly ${name}${optional}: ${typeOf(field)};`;
  });
  return `{\n${fields.join("\n")}\n}`;
}

function typeOf(schema: Schema): string {
  if (schema.$ref) return typeName(schema.$ref.replace(/\.schema\.json$/, ""));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((choice) => JSON.stringify(choice)).join(" | ");
  switch (schema.type) {
    case "array":
      return `readonly (${typeOf(schema.items ?? {})})[]`;
    case "object":
      return schema.additionalProperties
        ? `Readonly<Record<string, ${typeOf(schema.additionalProperties)}>>`
        : objectType(schema);
    case "integer":
      return "number";
    case "boolean":
    case "string":
      return schema.type;
    default:
      throw new Error(`no type for ${JSON.stringify(schema)}`);
  }
}

/** A doc comment, wrapped; the formatter does not wrap comments. */
function comment(schema: Schema): string {
  const fallback =
    schema.default === undefined ? "" : ` Default: ${JSON.stringify(schema.default)}.`;
  const text = `${schema.description ?? ""}${fallback}`.trim();
  if (text === "") return "";
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 88) lines[lines.length - 1] += ` ${word}`;
    else lines.push(word);
  }
  return lines.length === 1 && text.length < 84
    ? `/** ${text} */\n`
    : `/**\n${lines.map((line) => ` * ${line}\n`).join("")} */\n`;
}
