import { readdirSync } from "node:fs";
import { join } from "node:path";

import { mapSchema, readSchema, target, type Schema } from "./schemas.ts";

/** What the provider offers beside its own configuration; a folder of schemas/terraform each. */
export type TerraformKind = "resources" | "data-sources" | "functions";

/** One schema of the provider, with what it extends worked in. Properties are in camelCase. */
export interface TerraformSchema {
  /** As in HCL: `snapform_backup_policy`, `next_runs`. */
  readonly name: string;
  readonly schema: Schema;
}

const folder = join(import.meta.dirname, "..", "..", "schemas", "terraform");

/** The schema of the provider's own configuration. */
export function providerSchema(): TerraformSchema {
  return { name: "snapform", schema: extended(readSchema("terraform/provider")) };
}

/** The schemas of one kind, by name. */
export function terraformSchemas(kind: TerraformKind): readonly TerraformSchema[] {
  const files = readdirSync(join(folder, kind)).sort();
  return files.map((file) => {
    const base = file.replace(/\.schema\.json$/, "");
    const schema = extended(readSchema(`terraform/${kind}/${base}`));
    const name = base.replaceAll("-", "_");
    return { name: kind === "functions" ? name : `snapform_${name}`, schema };
  });
}

/** A schema with the one that it extends beneath it, and every reference followed. */
function extended(schema: Schema): Schema {
  const { extends: base, only } = schema["x-tf"] ?? {};
  if (base === undefined) return schema;
  const whole = mapSchema(readSchema(base), target);
  const kept = Object.entries(whole.properties ?? {}).filter(
    ([name]) => only?.includes(name) ?? true,
  );
  const names = kept.map(([name]) => name);
  const required = (whole.required ?? []).filter((name) => names.includes(name));
  const laid = overlay(
    { ...whole, required, properties: Object.fromEntries(kept) },
    schema,
  ) as Schema;
  // What only Terraform has and must be given (the name) stands first.
  const own = Object.keys(schema.properties ?? {}).filter((name) => !names.includes(name));
  const first = own.filter((name) => schema.required?.includes(name));
  const order = [...first, ...names, ...own.filter((name) => !first.includes(name))];
  const properties = order.map((name) => [name, laid.properties?.[name]]);
  return { ...laid, properties: Object.fromEntries(properties) as Record<string, Schema> };
}

type Fields = Readonly<Record<string, unknown>>;

/** Lays one JSON value over another: objects field by field, null takes away, the rest replaces. */
function overlay(below: unknown, above: unknown): unknown {
  if (!isFields(below) || !isFields(above)) return above;
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const earlier = below[key];
    if (value === null) delete merged[key];
    else if (key === "required" && Array.isArray(earlier) && Array.isArray(value)) {
      merged[key] = [...new Set([...(earlier as unknown[]), ...(value as unknown[])])];
    } else merged[key] = overlay(earlier, value);
  }
  return merged;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
