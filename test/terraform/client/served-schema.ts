import type { Message } from "../../../src/terraform/wire/messages.ts";

const MODES = [undefined, "single", "list", "set", "map"] as const;

/** A schema as Terraform was told of it, in the words of a definition. */
export function schemaOf({ version, block }: Message<"Schema">): unknown {
  return { version, ...blockOf(block) };
}

function blockOf({ description, attributes, blockTypes }: Message<"Block">): object {
  const blocks = blockTypes.map(({ typeName, block, nesting, minItems, maxItems }) => {
    return [typeName, { mode: MODES[nesting], minItems, maxItems, ...blockOf(block) }] as const;
  });
  return {
    description,
    attributes: attributesOf(attributes),
    blocks: Object.fromEntries(blocks),
  };
}

function attributesOf(attributes: readonly Message<"Attribute">[]): object {
  return Object.fromEntries(attributes.map((each) => [each.name, attributeOf(each)]));
}

function attributeOf(attribute: Message<"Attribute">): object {
  const { type, nestedType, description, deprecated } = attribute;
  const { required, optional, computed, sensitive, writeOnly } = attribute;
  const shape =
    nestedType === undefined
      ? { type: JSON.parse(new TextDecoder().decode(type)) as unknown }
      : {
          nested: {
            mode: MODES[nestedType.nesting],
            attributes: attributesOf(nestedType.attributes),
          },
        };
  return {
    ...shape,
    description,
    required,
    optional,
    computed,
    sensitive,
    writeOnly,
    deprecated,
  };
}
