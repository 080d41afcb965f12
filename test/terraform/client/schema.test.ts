import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withTimeouts } from "../../../src/terraform/server/timeouts.ts";
import type { Messages } from "../../../src/terraform/wire/messages.ts";
import {
  isNested,
  type Attribute,
  type Attributes,
  type Block,
  type ObjectSchema,
} from "../../../src/terraform/wire/schema.ts";
import { exampleProvider } from "../example-provider.ts";
import { connect, type Connected } from "./connect.ts";
import { schemaOf } from "./served-schema.ts";

/** A schema of the definition, as far as Terraform is told of it. */
function told(schema: ObjectSchema): unknown {
  return { version: schema.version ?? 0, ...toldBlock(schema) };
}

function toldBlock({ description = "", attributes, blocks = {} }: Block): object {
  const entries = Object.entries(blocks).map(([name, block]) => {
    const { mode, minItems = 0, maxItems = 0 } = block;
    return [name, { mode, minItems, maxItems, ...toldBlock(block) }] as const;
  });
  const told = { description, attributes: toldAttributes(attributes) };
  return { ...told, blocks: Object.fromEntries(entries) };
}

function toldAttributes(attributes: Attributes): object {
  const entries = Object.entries(attributes).map(([name, each]) => [name, toldAttribute(each)]);
  return Object.fromEntries(entries) as object;
}

function toldAttribute(attribute: Attribute): object {
  const shape = isNested(attribute)
    ? {
        nested: {
          mode: attribute.nested.mode,
          attributes: toldAttributes(attribute.nested.attributes),
        },
      }
    : { type: attribute.type };
  return {
    ...shape,
    description: attribute.description ?? "",
    required: attribute.required ?? false,
    optional: attribute.optional ?? false,
    computed: attribute.computed ?? false,
    sensitive: attribute.sensitive ?? false,
    writeOnly: attribute.writeOnly ?? false,
    deprecated: attribute.deprecated !== undefined,
  };
}

describe.skipIf(process.platform === "win32")("the schema that Terraform is given", () => {
  let connected: Connected;
  let served: Messages["SchemasResponse"];

  beforeAll(async () => {
    connected = await connect();
    served = await connected.client.call("GetProviderSchema", ["Empty", {}], "SchemasResponse");
  });
  afterAll(async () => {
    await connected.provider.close();
  });

  const record = <T>(entries: ReadonlyMap<string, T>, each: (value: T) => unknown) =>
    Object.fromEntries([...entries].map(([name, value]) => [name, each(value)]));

  it("is the one of the definition, attribute by attribute and block by block", () => {
    const { schema, resources, dataSources } = exampleProvider;
    expect(schemaOf(served.provider)).toEqual(told(schema));
    expect(record(served.resourceSchemas, schemaOf)).toEqual(
      Object.fromEntries(
        Object.entries(resources).map(([name, resource]) => {
          return [name, told(withTimeouts(resource.schema, resource.timeouts))];
        }),
      ),
    );
    expect(record(served.dataSourceSchemas, schemaOf)).toEqual(
      Object.fromEntries(
        Object.entries(dataSources).map(([name, source]) => [name, told(source.schema)]),
      ),
    );
  });

  it("says what a function takes and gives", () => {
    const json = (bytes: Uint8Array | undefined): unknown =>
      JSON.parse(new TextDecoder().decode(bytes));
    const shown = record(served.functions, (each) => ({
      summary: each.summary,
      parameters: each.parameters.map(({ name, type }) => [name, json(type)]),
      variadic: each.variadicParameter && [
        each.variadicParameter.name,
        json(each.variadicParameter.type),
      ],
      returns: json(each.return.type),
    }));
    expect(shown).toEqual({
      shout: {
        summary: "Says it louder",
        parameters: [["text", "string"]],
        variadic: ["more", "string"],
        returns: "string",
      },
      broken: {
        summary: "Gives something else than it says",
        parameters: [],
        variadic: undefined,
        returns: "number",
      },
    });
  });

  it("comes with what the provider can do, and the names alone say the same", async () => {
    const metadata = await connected.client.call("GetMetadata", ["Empty", {}], "MetadataResponse");
    expect(served.serverCapabilities).toEqual({
      planDestroy: true,
      getProviderSchemaOptional: true,
      moveResourceState: true,
    });
    expect(metadata.serverCapabilities).toEqual(served.serverCapabilities);
    expect(metadata.resources.map(({ typeName }) => typeName)).toEqual([
      ...served.resourceSchemas.keys(),
    ]);
  });
});
