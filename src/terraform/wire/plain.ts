import { numberOf } from "./number.ts";
import type { Type } from "./type.ts";
import { dynamic, isDynamic, isList, isNum, treeOf, listOf, UNKNOWN, type Value } from "./value.ts";

/** A value in JavaScript's own terms; `U` stands for what is unknown. */
export type Plain<U> =
  | null
  | U
  | boolean
  | number
  | string
  | readonly Plain<U>[]
  | { readonly [name: string]: Plain<U> };

/** For code that calculates: numbers become doubles, unknown values the given mark. */
export function toPlain<U>(value: Value, unknown: U): Plain<U> {
  if (value === UNKNOWN) return unknown;
  if (isNum(value)) return numberOf(value);
  if (isDynamic(value)) return toPlain(value.value, unknown);
  if (isList(value)) return value.map((each) => toPlain(each, unknown));
  if (typeof value !== "object" || value === null) return value;
  const plain: { [name: string]: Plain<U> } = {};
  for (const key of Object.keys(value)) {
    const each = toPlain(value[key] ?? null, unknown);
    // Assigned, this one would become the prototype.
    if (key === "__proto__") Object.defineProperty(plain, key, { ...MEMBER, value: each });
    else plain[key] = each;
  }
  return plain;
}

const MEMBER = { enumerable: true, configurable: true, writable: true } as const;

/** The way back; `undefined` members are left out. What fits no type, `conform` finds later. */
export function fromPlain(plain: unknown, unknown?: unknown): Value {
  if (plain === undefined || plain === null) return null;
  if (plain === UNKNOWN || (unknown !== undefined && plain === unknown)) return UNKNOWN;
  if (isNum(plain) || isDynamic(plain)) return plain;
  if (Array.isArray(plain)) return listOf(plain.map((each) => fromPlain(each, unknown)));
  if (typeof plain === "object") {
    const entries = Object.entries(plain).filter(([, each]) => each !== undefined);
    return treeOf(entries.map(([key, each]) => [key, fromPlain(each, unknown)]));
  }
  return plain as Value;
}

/** A value for an attribute of type `dynamic`, with the type that it obviously has. */
export function dynamicOf(value: Value): Value {
  if (value === null || value === UNKNOWN || isDynamic(value)) return value;
  return dynamic(inferType(value), value);
}

function inferType(value: Value): Type {
  if (typeof value === "boolean") return "bool";
  if (isNum(value)) return "number";
  if (isList(value)) return ["tuple", value.map(inferType)];
  if (typeof value !== "object" || value === null || isDynamic(value)) {
    return typeof value === "string" ? "string" : "dynamic";
  }
  const members = Object.entries(value).map(([name, each]) => [name, inferType(each)] as const);
  return ["object", Object.fromEntries(members)];
}
