import { SnapformError } from "../../errors/index.ts";
import { decodeText } from "./bytes.ts";
import { parseNum } from "./number.ts";
import { isType, type Type } from "./type.ts";
import { dynamic, isList, isNum, isTree, listOf, memberOf, treeOf, type Value } from "./value.ts";

/** JSON of a stored state, without its type: numbers exact, every key a plain one. */
export function parseJsonTree(bytes: Uint8Array): Value {
  const exactly = (_key: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === "number" ? (parseNum(context?.source ?? String(value)) ?? value) : value;
  try {
    return freeze(JSON.parse(decodeText(bytes), exactly as never));
  } catch (error) {
    throw new SnapformError("invalid-argument", "a state that is not valid JSON", { cause: error });
  }
}

function freeze(value: unknown): Value {
  if (isNum(value)) return value;
  if (Array.isArray(value)) return listOf(value.map(freeze));
  if (typeof value !== "object" || value === null) return value as Value;
  return treeOf(Object.entries(value).map(([key, each]) => [key, freeze(each)]));
}

/** JSON as the protocol allows it instead of msgpack. Throws `invalid-argument`. */
export function decodeJsonValue(type: Type, bytes: Uint8Array): Value {
  return shape(type, parseJsonTree(bytes));
}

function shape(type: Type, value: Value): Value {
  if (value === null) return null;
  if (typeof type === "string") return shapePlain(type, value);
  const [kind, inner] = type;
  if (kind === "object") {
    if (!isTree(value)) throw misfit(kind);
    return treeOf(
      Object.entries(inner).map(([name, each]) => [name, shape(each, memberOf(value, name))]),
    );
  }
  if (kind === "map") {
    if (!isTree(value)) throw misfit(kind);
    return treeOf(Object.entries(value).map(([key, each]) => [key, shape(inner, each)]));
  }
  if (!isList(value)) throw misfit(kind);
  if (kind !== "tuple") return listOf(value.map((each) => shape(inner, each)));
  return listOf(inner.map((each, index) => shape(each, value[index] ?? null)));
}

function shapePlain(type: string, value: Value): Value {
  if (type === "string" && typeof value === "string") return value;
  if (type === "bool" && typeof value === "boolean") return value;
  if (type === "number") {
    const num = typeof value === "string" ? parseNum(value) : value;
    if (num !== null && isNum(num)) return num;
  }
  const own = memberOf(value, "type");
  if (type === "dynamic" && isTree(value)) {
    const plain: unknown = JSON.parse(JSON.stringify(own));
    if (isType(plain)) return dynamic(plain, shape(plain, memberOf(value, "value")));
  }
  throw misfit(type);
}

function misfit(type: string): SnapformError {
  return new SnapformError("invalid-argument", `a value of a stored state is no ${type}`);
}
