import {
  isNested,
  type Attribute,
  type Attributes,
  type ObjectSchema,
} from "../../../src/terraform/schema/schema.ts";
import { terraformProvider } from "../terraform-provider.ts";

/** What `terraform providers schema -json` says of the provider. */
export function providersSchema(source: string): object {
  const { provider, resources, dataSources } = terraformProvider();
  const each = (schemas: { readonly [type: string]: ObjectSchema }): object =>
    Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, written(schema)]));
  return {
    format_version: "1.0",
    provider_schemas: {
      [source]: {
        provider: written(provider),
        resource_schemas: each(resources),
        data_source_schemas: each(dataSources),
      },
    },
  };
}

function written({ version, description, attributes, blocks }: ObjectSchema): object {
  const nested = Object.entries(blocks).map(([name, block]) => {
    const { mode, description: about, attributes: inner } = block;
    return [name, { nesting_mode: mode, block: blockOf(inner, about) }] as const;
  });
  const block_types = Object.fromEntries(nested);
  return { version, block: { ...blockOf(attributes, description), block_types } };
}

function blockOf(attributes: Attributes, description: string): object {
  return { attributes: each(attributes), description, description_kind: "markdown" };
}

function each(attributes: Attributes): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [name, attributeOf(attribute)]),
  );
}

function attributeOf(attribute: Attribute): object {
  const { description, required, optional, computed, sensitive } = attribute;
  const standing = { required, optional, computed, sensitive, description_kind: "markdown" };
  if (!isNested(attribute)) return { type: attribute.type, description, ...standing };
  const { mode, attributes } = attribute.nested;
  const nested_type = { nesting_mode: mode, attributes: each(attributes) };
  return { nested_type, description, ...standing };
}
