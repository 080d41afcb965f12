// terraform/schema/ is the declarative half of the provider: what its configuration, resources,
// data sources and functions look like (generated from schemas/), and how their values become a
// configuration that the rest of snapform resolves and checks. May know the words and config/; no
// protocol, no I/O, no now. Invariant: no rule stands here that the YAML surface does not have.

/**
 * A value that is not known before apply. It stands wherever a value may stand, at any depth.
 */
export const UNKNOWN: unique symbol = Symbol("known after apply");

/** A decoded value: objects and maps are records, lists and sets are arrays. */
export type TerraformValue =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | readonly TerraformValue[]
  | TerraformObject;

export interface TerraformObject {
  readonly [name: string]: TerraformValue;
}

/** A type as the protocol spells it in JSON. */
export type CtyType =
  | "string"
  | "number"
  | "bool"
  | readonly ["list" | "map" | "set", CtyType]
  | readonly ["object", { readonly [name: string]: CtyType }];

interface AnyAttribute {
  /** Markdown. */
  readonly description: string;
  /** Exactly one of `required` and (`optional` or `computed`) holds. */
  readonly required?: true;
  readonly optional?: true;
  /** The provider sets it where the configuration does not. */
  readonly computed?: true;
  readonly sensitive?: true;
  readonly writeOnly?: true;
  /** Another value makes a new resource. */
  readonly forceNew?: true;
  /** Another value is an error, unless the attribute `exceptFor` lists the former one. */
  readonly immutable?: { readonly exceptFor: string | null };
}

/** An attribute that holds one value, or a list or map of plain ones. */
export interface ValueAttribute extends AnyAttribute {
  readonly type: CtyType;
  /**
   * Counts where the configuration says nothing. With `computed`, plan it; else (provider
   * configuration, data sources) it is for documentation, and resolving fills it in.
   */
  readonly default?: string | number | boolean;
  /** What the text may be. Of a computed attribute: what it can be, for documentation. */
  readonly enum?: readonly string[];
  /** What the text means: a length of time, a calendar duration, an RFC 3339 instant, a path. */
  readonly format?: "span" | "duration" | "instant" | "path";
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Left out, it is `defaults.NAME` of the provider, if that is given. */
  readonly providerDefault?: string;
  /** Left out, the environment variable `SNAPFORM_<CLUSTER>_NAME` is read. */
  readonly environment?: string;
}

/** An attribute that holds objects (protocol 6: `nested_type`). */
export interface NestedAttribute extends AnyAttribute {
  readonly nested: {
    readonly mode: "single" | "list" | "map" | "set";
    readonly attributes: Attributes;
  };
}

export type Attribute = ValueAttribute | NestedAttribute;

/** By name, in snake_case. */
export type Attributes = { readonly [name: string]: Attribute };

/** A block; all there are stand at most once. */
export interface Block {
  readonly mode: "single";
  readonly description: string;
  readonly attributes: Attributes;
}

/** The schema of the provider's configuration, of a resource, or of a data source. */
export interface ObjectSchema {
  /** Of the stored state; rises when an upgrade is needed. */
  readonly version: number;
  /** Markdown. */
  readonly description: string;
  readonly attributes: Attributes;
  readonly blocks: { readonly [name: string]: Block };
}

export interface FunctionParameter {
  readonly name: string;
  readonly description: string;
  readonly type: CtyType;
}

/** A pure function. Unknown arguments never reach it: none allows them. */
export interface FunctionSchema {
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly parameters: readonly FunctionParameter[];
  readonly returns: CtyType;
}

/** All that the provider offers: by full type name, functions by name. */
export interface ProviderSchema {
  readonly provider: ObjectSchema;
  readonly resources: { readonly [type: string]: ObjectSchema };
  readonly dataSources: { readonly [type: string]: ObjectSchema };
  readonly functions: { readonly [name: string]: FunctionSchema };
}

export function isNested(attribute: Attribute): attribute is NestedAttribute {
  return "nested" in attribute;
}
