// terraform/wire/ puts Terraform's values and messages into bytes and back: protobuf by a table of
// fields, msgpack and JSON by the type that the schema names. May know the schema, nothing of what
// a resource does; no I/O, no now. Invariant: what was decoded and is encoded again means exactly
// the same to Terraform, numbers of any size, unknown values and a key `__proto__` included.

/** Marks what is neither text, list nor tree among values; no text can be taken for it. */
export const FORM: unique symbol = Symbol("form of a Terraform value");

/** A value that is not known before apply. */
export const UNKNOWN: unique symbol = Symbol("known after apply");

export type Unknown = typeof UNKNOWN;

/** A number that is neither a double nor a whole number of 64 bits, as decimal text. */
export interface Decimal {
  readonly [FORM]: "decimal";
  readonly text: string;
}

/** A number exactly as Terraform sent it; `number.ts` makes something to calculate with of it. */
export type Num = number | bigint | Decimal;

/** A value of an attribute whose type is `dynamic`: it brings its own type along. */
export interface Dynamic {
  readonly [FORM]: "dynamic";
  /** As the protocol spells types, e.g. `["list","string"]`; see `type.ts`. */
  readonly type: unknown;
  readonly value: Value;
}

/** Lists, sets and tuples are arrays; objects and maps are trees. All of it is frozen. */
export type Value = null | Unknown | boolean | string | Num | Dynamic | readonly Value[] | Tree;

/** An object or a map. Made by `treeOf`, it has no prototype, so that every key is a plain one. */
export interface Tree {
  readonly [name: string]: Value;
}

export function decimal(text: string): Decimal {
  const value: Decimal = { [FORM]: "decimal", text };
  return Object.freeze(value);
}

export function dynamic(type: unknown, value: Value): Dynamic {
  const carrier: Dynamic = { [FORM]: "dynamic", type, value };
  return Object.freeze(carrier);
}

export function treeOf(entries: Iterable<readonly [string, Value]>): Tree {
  // Without a prototype nothing swallows `__proto__`: assigned, it is a key like any other.
  const tree = Object.create(null) as Record<string, Value>;
  for (const [name, value] of entries) tree[name] = value;
  return Object.freeze(tree);
}

export function listOf(values: Iterable<Value>): readonly Value[] {
  return Object.freeze([...values]);
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(FORM in value);
}

export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

export function isDecimal(value: unknown): value is Decimal {
  return typeof value === "object" && value !== null && FORM in value && value[FORM] === "decimal";
}

export function isDynamic(value: unknown): value is Dynamic {
  return typeof value === "object" && value !== null && FORM in value && value[FORM] === "dynamic";
}

export function isNum(value: unknown): value is Num {
  return typeof value === "number" || typeof value === "bigint" || isDecimal(value);
}

/** The member of that name, null where there is none or `value` is no tree. */
export function memberOf(value: Value | undefined, name: string): Value {
  return isTree(value) && Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}

/** The text of that name; null where it is null, not known yet or no text. */
export function textMember(value: Value | undefined, name: string): string | null {
  const member = memberOf(value, name);
  return typeof member === "string" ? member : null;
}

/** The value at the end of a path of names and indexes; null where the path ends early. */
export function valueAt(value: Value, path: readonly (string | number)[]): Value {
  return path.reduce<Value>((within, step) => {
    if (within === UNKNOWN) return UNKNOWN;
    if (typeof step === "string") return memberOf(within, step);
    return isList(within) ? (within[step] ?? null) : null;
  }, value);
}

/** Is anything in it not known yet? */
export function hasUnknown(value: Value): boolean {
  if (value === UNKNOWN) return true;
  if (isDynamic(value)) return hasUnknown(value.value);
  if (isList(value)) return value.some(hasUnknown);
  return isTree(value) && Object.values(value).some(hasUnknown);
}
