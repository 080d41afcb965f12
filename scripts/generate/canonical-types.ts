import { kinds, readSchema, type Schema } from "./schemas.ts";

const header = `/**
 * The configuration in its canonical form, as the schemas describe it: no shorthands, no unions of
 * types, defaults not yet filled in, lengths of time and paths as text. Terraform and CDKTF speak
 * this form. Written by scripts/generate.ts from schemas/; do not edit.
 */
`;

const filledHeader = `// Written by scripts/generate.ts from schemas/. Do not edit.
`;

/** How the types are written: `filled` has every default filled in, and no comments. */
interface Style {
  readonly suffix: "Config" | "Filled";
  readonly filled: boolean;
}

/** The types of the canonical form, as it is written. */
export function canonicalTypes(): string {
  return `${header}\n${interfaces({ suffix: "Config", filled: false })}`;
}

/** The same with defaults filled in; for resolving only. */
export function filledTypes(): string {
  return `${filledHeader}\n${interfaces({ suffix: "Filled", filled: true })}`;
}

function interfaces(style: Style): string {
  const types = [...kinds.map(({ kind }) => kind), "config"].map((kind) => {
    const schema = readSchema(kind);
    const about = style.filled ? "" : comment(schema);
    return `${about}export interface ${typeName(kind, style)} ${objectType(schema, style)}\n`;
  });
  return types.join("\n");
}

function typeName(kind: string, { suffix }: Style): string {
  if (kind === "config") return `Snapform${suffix}`;
  return `${kind[0]?.toUpperCase()}${kind.slice(1)}${suffix}`;
}

function objectType(schema: Schema, style: Style): string {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const isSure = schema.required?.includes(name) || (style.filled && isFilled(field));
    const about = style.filled ? "" : comment(field);
    return `${about}readonly ${name}${isSure ? "" : "?"}: ${typeOf(field, style)};`;
  });
  return `{\n${fields.join("\n")}\n}`;
}

/** Must agree with src/desired/defaults.ts: what is never missing once defaults are filled in. */
function isFilled(field: Schema): boolean {
  return field.default !== undefined || field.type === "object" || field.type === "array";
}

function typeOf(schema: Schema, style: Style): string {
  if (schema.$ref) return typeName(schema.$ref.replace(/\.schema\.json$/, ""), style);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((choice) => JSON.stringify(choice)).join(" | ");
  if (schema.type === "array") return `readonly (${typeOf(schema.items ?? {}, style)})[]`;
  if (schema.type === "integer") return "number";
  if (schema.type !== "object") return schema.type ?? "never";
  return schema.additionalProperties
    ? `Readonly<Record<string, ${typeOf(schema.additionalProperties, style)}>>`
    : objectType(schema, style);
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
