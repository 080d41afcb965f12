// l1/: the bindings, one class per type of the provider. The classes are generated (*.gen.ts); what
// they share stands here and reads the provider's schema. May know the engine of constructs and the
// schema. Invariant: what is synthesized is what the official generator's bindings would give for
// the same schema, except where those are wrong (see provider.ts).
import { Token, Tokenization } from "cdktf";
import { camelCase } from "../../terraform/schema/names.ts";
import {
  isNested,
  type Attribute,
  type Attributes,
  type Block,
  type NestedAttribute,
} from "../../terraform/schema/schema.ts";

/** Values by the names that TypeScript has for them. */
export interface Given {
  readonly [name: string]: unknown;
}

interface Schema {
  readonly attributes: Attributes;
  readonly blocks: { readonly [name: string]: Block };
}

/** What was given, under the names that Terraform has for it; what was left out stays out. */
export function toTerraform({ attributes, blocks }: Schema, given: Given): Record<string, unknown> {
  const inBlocks = Object.entries(blocks).flatMap(([name, block]) => {
    const value = objectToTerraform(block.attributes, given[camelCase(name)]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...attributesToTerraform(attributes, given), ...Object.fromEntries(inBlocks) };
}

/** The same as the text renderer wants it: each value with whether it is a block. */
export function toHcl(schema: Schema, given: Given): Record<string, unknown> {
  const entries = Object.entries(toTerraform(schema, given)).map(([name, value]) => {
    // Nested attributes of protocol 6 are no blocks, whatever they look like.
    const isBlock = Object.hasOwn(schema.blocks, name);
    const kind = isBlock ? { type: "struct", storageClassType: "object" } : { type: "any" };
    return [name, { value, isBlock, ...kind }] as const;
  });
  return Object.fromEntries(entries);
}

function attributesToTerraform(attributes: Attributes, given: Given): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const { name, property, attribute } of settableOf(attributes)) {
    const value = valueToTerraform(attribute, given[property]);
    if (value !== undefined) made[name] = value;
  }
  return made;
}

interface Settable {
  readonly name: string;
  /** The same in TypeScript. */
  readonly property: string;
  readonly attribute: Attribute;
}

const settables = new WeakMap<Attributes, readonly Settable[]>();

/** The attributes that can be given. Kept, because a thousand resources ask for the same few. */
export function settableOf(attributes: Attributes): readonly Settable[] {
  const kept = settables.get(attributes);
  if (kept !== undefined) return kept;
  const settable = Object.entries(attributes)
    .filter(([, { required, optional }]) => required === true || optional === true)
    .map(([name, attribute]) => ({ name, property: camelCase(name), attribute }));
  settables.set(attributes, settable);
  return settable;
}

function valueToTerraform(attribute: Attribute, value: unknown): unknown {
  if (isNested(attribute)) return nestedToTerraform(attribute.nested, value);
  if (typeof value !== "number" || attribute.type !== "string") return value;
  return Token.isUnresolved(value) ? Token.asString(value) : String(value);
}

function nestedToTerraform(
  { mode, attributes }: NestedAttribute["nested"],
  value: unknown,
): unknown {
  const each = (inner: unknown): unknown => objectToTerraform(attributes, inner);
  if (mode === "single") return each(value);
  if (Array.isArray(value)) return value.map(each);
  if (mode !== "map" || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, each(inner)]));
}

function objectToTerraform(attributes: Attributes, value: unknown): unknown {
  return isPlain(value) ? attributesToTerraform(attributes, value) : value;
}

/** Whether it can be looked into: tokens, references and dynamic expressions cannot. */
export function isPlain(value: unknown): value is Given {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return !Tokenization.isResolvable(value) && !isTokenMap(value);
}

/** `Token.asStringMap` and the like give a map whose only key is a token. */
function isTokenMap(value: object): boolean {
  return Object.keys(value).some((key) => Token.isUnresolved(key));
}
