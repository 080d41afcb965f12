import type { Json } from "../../src/snapshot/manifest.ts";
import { snakeCase } from "../../src/terraform/schema/names.ts";
import type {
  Attribute,
  Attributes,
  Block,
  CtyType,
  FunctionSchema,
  NestedAttribute,
  ObjectSchema,
  ProviderSchema,
  ValueAttribute,
} from "../../src/terraform/schema/schema.ts";
import type { Schema } from "./schemas.ts";
import { providerSchema, terraformSchemas } from "./terraform-schemas.ts";

const header = `// Written by scripts/generate.ts from schemas/. Do not edit.
import type { ProviderSchema } from "./schema.ts";

`;

/** Where an attribute stands; the provider's configuration and data sources plan nothing. */
type Place = "provider" | "resource" | "data-source";

/** The schema of the provider as the program needs it at run time. */
export function terraformModule(): string {
  const text = JSON.stringify(terraformProvider(), null, 1);
  return `${header}export const PROVIDER_SCHEMA: ProviderSchema = ${text};\n`;
}

/** The same as data. */
export function terraformProvider(): ProviderSchema {
  const objects = (kind: "resources" | "data-sources", place: Place) =>
    terraformSchemas(kind).map(({ name, schema }) => [name, objectSchema(schema, place)]);
  return {
    provider: objectSchema(providerSchema().schema, "provider"),
    resources: Object.fromEntries(objects("resources", "resource")),
    dataSources: Object.fromEntries(objects("data-sources", "data-source")),
    functions: Object.fromEntries(
      terraformSchemas("functions").map(({ name, schema }) => [name, functionSchema(schema)]),
    ),
  } as ProviderSchema;
}

function objectSchema(schema: Schema, place: Place): ObjectSchema {
  const timeouts = schema["x-tf"]?.timeouts;
  return {
    version: 0,
    description: inHcl(schema.description ?? ""),
    attributes: attributesOf(schema, place),
    blocks: timeouts === undefined ? {} : { timeouts: timeoutsBlock(timeouts) },
  };
}

function timeoutsBlock(operations: readonly string[]): Block {
  const attributes = operations.map((operation): [string, ValueAttribute] => {
    const description = `Time limit of \`${operation}\`, such as \`2h30m\`. Left out: no limit.`;
    return [operation, { description, optional: true, type: "string" }];
  });
  const description =
    "Time limits. What is not done by then is stopped at a safe point; the next apply goes on.";
  return { mode: "single", description, attributes: Object.fromEntries(attributes) };
}

function attributesOf(schema: Schema, place: Place, isComputed = false): Attributes {
  const entries = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const isRequired = schema.required?.includes(name) ?? false;
    return [snakeCase(name), attributeOf(field, { place, isRequired, isComputed })];
  });
  return Object.fromEntries(entries) as Attributes;
}

interface Standing {
  readonly place: Place;
  readonly isRequired: boolean;
  /** What holds it is computed as a whole. */
  readonly isComputed: boolean;
}

function attributeOf(schema: Schema, standing: Standing): Attribute {
  const extension = schema["x-tf"] ?? {};
  const isComputed = standing.isComputed || extension.computed === true;
  const isPlanned = standing.place === "resource" && fallbackOf(schema) !== undefined;
  const { immutable, exceptFor } = extension;
  const outer = {
    description: describe(schema),
    ...(standing.isRequired ? { required: true as const } : {}),
    ...(standing.isRequired || isComputed ? {} : { optional: true as const }),
    ...(isComputed || (isPlanned && !standing.isRequired) ? { computed: true as const } : {}),
    ...(extension.sensitive ? { sensitive: true as const } : {}),
    // The provider's own configuration is never replaced.
    ...(extension.forceNew && standing.place === "resource" ? { forceNew: true as const } : {}),
    ...(immutable
      ? { immutable: { exceptFor: exceptFor === undefined ? null : snakeCase(exceptFor) } }
      : {}),
  };
  const nested = nestedOf(schema, standing.place, isComputed);
  return nested === null ? { ...outer, ...valueOf(schema) } : { ...outer, nested };
}

function nestedOf(
  schema: Schema,
  place: Place,
  isComputed: boolean,
): NestedAttribute["nested"] | null {
  const inner = schema.items ?? (schema.additionalProperties || undefined);
  const mode = schema.properties ? "single" : schema.items ? "list" : "map";
  const object = schema.properties ? schema : inner;
  if (!object?.properties) return null;
  return { mode, attributes: attributesOf(object, place, isComputed) };
}

const formats = ["span", "duration", "instant", "path"] as const;

function valueOf(schema: Schema): Omit<ValueAttribute, "description"> {
  const { providerDefault, environment } = schema["x-tf"] ?? {};
  const format = formats.find((each) => each === schema.format);
  const fallback = fallbackOf(schema);
  return {
    type: ctyType(schema),
    ...(fallback === undefined ? {} : { default: fallback }),
    ...(schema.enum ? { enum: schema.enum } : {}),
    ...(format === undefined ? {} : { format }),
    ...(schema.pattern === undefined ? {} : { pattern: schema.pattern }),
    ...(schema.minimum === undefined ? {} : { minimum: schema.minimum }),
    ...(schema.maximum === undefined ? {} : { maximum: schema.maximum }),
    ...(providerDefault === undefined ? {} : { providerDefault: snakeCase(providerDefault) }),
    ...(environment === undefined ? {} : { environment }),
  };
}

/** The constant that counts where nothing is said; none where the provider's come first. */
function fallbackOf(schema: Schema): string | number | boolean | undefined {
  if (schema["x-tf"]?.providerDefault !== undefined) return undefined;
  const { default: fallback } = schema;
  const isScalar = ["string", "number", "boolean"].includes(typeof fallback);
  return isScalar ? (fallback as string | number | boolean) : undefined;
}

function ctyType(schema: Schema): CtyType {
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
      return "number";
    case "boolean":
      return "bool";
    case "array":
      return ["list", ctyType(schema.items ?? {})];
    case "object": {
      if (schema.additionalProperties) return ["map", ctyType(schema.additionalProperties)];
      const fields = Object.entries(schema.properties ?? {});
      return [
        "object",
        Object.fromEntries(fields.map(([n, each]) => [snakeCase(n), ctyType(each)])),
      ];
    }
    case undefined:
    default:
      throw new Error(`a schema without type has no place in Terraform: ${JSON.stringify(schema)}`);
  }
}

function functionSchema(schema: Schema): FunctionSchema {
  const parameters = Object.entries(schema.properties ?? {}).map(([name, parameter]) => ({
    name: snakeCase(name),
    description: inHcl(parameter.description ?? ""),
    type: ctyType(parameter),
  }));
  const returns = ctyType(schema["x-tf"]?.returns ?? {});
  const summary = schema.title ?? "";
  return { summary, description: inHcl(schema.description ?? ""), parameters, returns };
}

function describe(schema: Schema): string {
  const { providerDefault, environment } = schema["x-tf"] ?? {};
  const said = inHcl(schema.description ?? "");
  const constant = schema.default === undefined ? null : `\`${textOf(schema.default)}\``;
  const otherwise = constant ? `, else ${constant}` : "";
  const isCount = schema["x-tf"]?.shorthand?.some(({ accepts }) => accepts.type === "integer");
  const parts = [
    said,
    isCount && `A ${(schema.title ?? "").replace(/"(\w+)"/, "`$1`")}.`,
    providerDefault === undefined
      ? constant && `Default: ${constant}.`
      : `Default: \`defaults.${snakeCase(providerDefault)}\` of the provider${otherwise}.`,
    environment &&
      `Left out, the environment variable \`SNAPFORM_<CLUSTER>_${environment}\` is read, where ` +
        "`<CLUSTER>` is its name in capitals, with `_` for all but letters and digits.",
  ];
  return parts.filter(Boolean).join(" ");
}

function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Names of properties as HCL spells them: `ifExists: alias` is `if_exists = "alias"` there. */
function inHcl(text: string): string {
  return text.replace(/`([^`]+)`/g, (_, code: string) => {
    const setting = /^([a-z][A-Za-z]*): ([\w-]+)$/.exec(code);
    if (setting) return `\`${snakeCase(setting[1] ?? "")} = "${setting[2]}"\``;
    const isName = /^[a-z]+(\.?[A-Z]?[a-z]+)*$/.test(code);
    return isName ? `\`${snakeCase(code)}\`` : `\`${code}\``;
  });
}
