// Reads the schemas. They use a small part of JSON Schema, and this file refuses the rest, so that
// every generator can rely on it. No unions: a property has exactly one type.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Json } from "../../src/snapshot/manifest.ts";

export interface Shorthand {
  readonly accepts: { readonly const?: Json; readonly type?: string; readonly minimum?: number };
  /** `"$value"` stands for the value, `"$text"` for its text. */
  readonly becomes: Json;
}

export interface Extension {
  readonly forceNew?: boolean;
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  readonly referenceTo?: string;
  readonly shorthand?: readonly Shorthand[];
  // Below schemas/terraform only:
  /** The schema that this one adds to; what both have is laid over it, null takes away. */
  readonly extends?: string;
  /** Of the schema that is extended, only these properties. */
  readonly only?: readonly string[];
  /** Another value is an error, except where the property named here lists the former one. */
  readonly immutable?: boolean;
  readonly exceptFor?: string;
  /** The property of `defaults` in the provider's configuration that fills it in. */
  readonly providerDefault?: string;
  /** The end of the environment variable that fills it in: `SNAPFORM_<CLUSTER>_...`. */
  readonly environment?: string;
  /** The operations that can be given a time limit. */
  readonly timeouts?: readonly string[];
  /** How an existing object is imported: what its id is, an example, and what else to know. */
  readonly import?: { readonly title: string; readonly id: string; readonly note: string };
  /** What a function returns. */
  readonly returns?: Schema;
}

export interface Schema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "integer" | "boolean";
  readonly const?: Json;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: false | Schema;
  readonly default?: Json;
  readonly examples?: readonly Json[];
  readonly "x-tf"?: Extension;
}

/** The kinds that stand under a name in the configuration, with the key of their map. */
export const kinds = [
  { kind: "cluster", key: "clusters" },
  { kind: "repository", key: "repositories" },
  { kind: "policy", key: "policies" },
  { kind: "snapshot", key: "snapshots" },
  { kind: "restore", key: "restores" },
] as const;

const folder = join(import.meta.dirname, "..", "..", "schemas");

/** One schema of the folder, as it stands there. */
export function readSchema(name: string): Schema {
  return JSON.parse(readFileSync(join(folder, `${name}.schema.json`), "utf8")) as Schema;
}

/** The schema behind a reference; any other schema itself. */
export function target(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return readSchema(schema.$ref.replace(/\.schema\.json$/, ""));
}

/** A copy in which `change` was applied to the schema and everything below it, inner ones first. */
export function mapSchema(schema: Schema, change: (schema: Schema) => Schema): Schema {
  const each = (inner: Schema): Schema => mapSchema(inner, change);
  const copy: { -readonly [K in keyof Schema]: Schema[K] } = { ...schema };
  if (schema.items) copy.items = each(schema.items);
  if (schema.additionalProperties) copy.additionalProperties = each(schema.additionalProperties);
  if (schema.propertyNames) copy.propertyNames = each(schema.propertyNames);
  if (schema.properties) {
    copy.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, inner]) => [name, each(inner)]),
    );
  }
  return change(copy);
}

/** The schema without the keywords named. */
export function without(schema: Schema, keywords: readonly (keyof Schema)[]): Schema {
  return Object.fromEntries(
    Object.entries(schema).filter(([keyword]) => !keywords.includes(keyword as keyof Schema)),
  );
}
