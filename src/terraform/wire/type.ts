import { SnapformError } from "../../errors/index.ts";
import { decodeText, encodeText } from "./bytes.ts";

/** A type as the protocol spells it in JSON. */
export type Type =
  | "string"
  | "number"
  | "bool"
  | "dynamic"
  | readonly ["list" | "set" | "map", Type]
  | readonly ["object", { readonly [name: string]: Type }]
  | readonly ["tuple", readonly Type[]];

const PLAIN: readonly unknown[] = ["string", "number", "bool", "dynamic"];

/** The bytes of `Attribute.type` and of the type of a dynamic value. */
export function encodeType(type: Type): Uint8Array {
  return encodeText(JSON.stringify(type));
}

/** Reads a type that Terraform sent. Throws `invalid-argument` where it is none. */
export function decodeType(bytes: Uint8Array): Type {
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeText(bytes));
  } catch {
    parsed = undefined;
  }
  if (!isType(parsed)) throw new SnapformError("invalid-argument", "a type that nobody knows");
  return parsed;
}

export function isType(value: unknown): value is Type {
  if (PLAIN.includes(value)) return true;
  if (!Array.isArray(value)) return false;
  const [kind, inner] = value as unknown[];
  // A third member names optional attributes; they make no difference to values.
  if (kind === "object" && value.length <= 3)
    return isRecord(inner) && members(inner).every(isType);
  if (value.length !== 2) return false;
  if (kind === "tuple") return Array.isArray(inner) && inner.every(isType);
  return (kind === "list" || kind === "set" || kind === "map") && isType(inner);
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function members(value: object): unknown[] {
  return Object.values(value);
}
