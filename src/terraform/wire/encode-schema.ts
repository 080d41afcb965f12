import type { Message } from "./messages.ts";
import {
  isNested,
  type Attribute,
  type Attributes,
  type Block,
  type NestedBlock,
  type ObjectSchema,
} from "./schema.ts";
import { encodeType } from "./type.ts";

/** How the protocol counts nestings, of blocks and of nested attributes alike. */
const NESTING = { single: 1, list: 2, set: 3, map: 4 } as const;

/** Descriptions are Markdown. */
const MARKDOWN = 1;

/** A schema as Terraform wants to be told of it. */
export function encodeSchema(schema: ObjectSchema): Message<"Schema"> {
  const version = schema.version ?? 0;
  return { version, block: encodeBlock(schema, version) };
}

function encodeBlock(block: Block, version: number): Message<"Block"> {
  return {
    version,
    attributes: encodeAttributes(block.attributes),
    blockTypes: Object.entries(block.blocks ?? {}).map(([name, nested]) =>
      encodeNested(name, nested),
    ),
    description: block.description ?? "",
    descriptionKind: MARKDOWN,
  };
}

function encodeNested(typeName: string, nested: NestedBlock): Message<"NestedBlock"> {
  return {
    typeName,
    block: encodeBlock(nested, 0),
    nesting: NESTING[nested.mode],
    minItems: nested.minItems ?? 0,
    maxItems: nested.maxItems ?? 0,
  };
}

function encodeAttributes(attributes: Attributes): Message<"Attribute">[] {
  return Object.entries(attributes).map(([name, attribute]) => encodeAttribute(name, attribute));
}

function encodeAttribute(name: string, attribute: Attribute): Message<"Attribute"> {
  const nestedType = isNested(attribute)
    ? {
        attributes: encodeAttributes(attribute.nested.attributes),
        nesting: NESTING[attribute.nested.mode],
      }
    : undefined;
  return {
    name,
    type: isNested(attribute) ? new Uint8Array() : encodeType(attribute.type),
    description: attribute.description ?? "",
    required: attribute.required ?? false,
    optional: attribute.optional ?? false,
    computed: attribute.computed ?? false,
    sensitive: attribute.sensitive ?? false,
    descriptionKind: MARKDOWN,
    deprecated: attribute.deprecated !== undefined,
    ...(nestedType && { nestedType }),
    writeOnly: attribute.writeOnly ?? false,
  };
}
