import type { Type } from "./type.ts";

interface AnyAttribute {
  /** Markdown. */
  readonly description?: string;
  readonly required?: boolean;
  readonly optional?: boolean;
  /** The provider may set it where the configuration does not. */
  readonly computed?: boolean;
  readonly sensitive?: boolean;
  /** Never kept: it exists only in the configuration. */
  readonly writeOnly?: boolean;
  /** What to use instead: setting it is a warning that says so. */
  readonly deprecated?: string;
  /** Another value makes a new object: the framework asks for the replacement. */
  readonly forceNew?: boolean;
}

/** An attribute with a plain type. */
export interface ValueAttribute extends AnyAttribute {
  readonly type: Type;
}

/** An attribute that holds objects (protocol 6: `nested_type`). */
export interface NestedAttribute extends AnyAttribute {
  readonly nested: {
    readonly mode: "single" | "list" | "map" | "set";
    readonly attributes: Attributes;
  };
}

export type Attribute = ValueAttribute | NestedAttribute;

/** By name. */
export type Attributes = { readonly [name: string]: Attribute };

/** What stands between braces. */
export interface Block {
  readonly description?: string;
  readonly attributes: Attributes;
  readonly blocks?: { readonly [name: string]: NestedBlock };
}

export interface NestedBlock extends Block {
  readonly mode: "single" | "list" | "set" | "map";
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** The schema of a provider's configuration, of a resource or of a data source. */
export interface ObjectSchema extends Block {
  /** Of the stored state; rises when an upgrade is needed. 0 when left out. */
  readonly version?: number;
}

export function isNested(attribute: Attribute): attribute is NestedAttribute {
  return "nested" in attribute;
}

/** Of nested attributes, whose types have to be put together. */
const types = new WeakMap<NestedAttribute, Type>();

/** The type of the values that an attribute takes. */
export function typeOfAttribute(attribute: Attribute): Type {
  if (!isNested(attribute)) return attribute.type;
  const known = types.get(attribute);
  if (known !== undefined) return known;
  const { mode, attributes } = attribute.nested;
  const object = objectType({ attributes });
  const type: Type = mode === "single" ? object : [mode, object];
  types.set(attribute, type);
  return type;
}

/** The type of the objects that a block takes: all its attributes and blocks, no more. */
export function objectType(block: Block): Type {
  const attributes = Object.entries(block.attributes).map(
    ([name, attribute]) => [name, typeOfAttribute(attribute)] as const,
  );
  const blocks = Object.entries(block.blocks ?? {}).map(
    ([name, nested]) => [name, typeOfBlock(nested)] as const,
  );
  return ["object", Object.fromEntries([...attributes, ...blocks])];
}

export function typeOfBlock(block: NestedBlock): Type {
  const object = objectType(block);
  return block.mode === "single" ? object : [block.mode, object];
}
