import { SnapformError } from "../../errors/index.ts";
import { decodeJsonValue } from "./decode-json.ts";
import type { DynamicValue } from "./messages.ts";
import { readMsgpack, type Raw } from "./msgpack-reader.ts";
import { parseNum } from "./number.ts";
import { decodeType, type Type } from "./type.ts";
import { decimal, dynamic, listOf, treeOf, UNKNOWN, type Value } from "./value.ts";

/**
 * The value of a request. One that is missing altogether is null. Numbers keep the form in which
 * they came. Throws `invalid-argument` where it is not of the type.
 */
export function decodeValue(type: Type, message: DynamicValue | undefined): Value {
  if (message?.msgpack !== undefined && message.msgpack.length > 0) {
    return shape(type, readMsgpack(message.msgpack));
  }
  if (message?.json !== undefined && message.json.length > 0) {
    return decodeJsonValue(type, message.json);
  }
  return null;
}

function shape(type: Type, raw: Raw): Value {
  if (raw === null || raw === UNKNOWN) return raw;
  if (typeof type === "string") return shapePlain(type, raw);
  const [kind, inner] = type;
  if (kind === "object") {
    if (!(raw instanceof Map)) throw misfit(kind);
    const entries = raw as ReadonlyMap<string, Raw>;
    return treeOf(
      Object.entries(inner).map(([name, each]) => [name, shape(each, entries.get(name) ?? null)]),
    );
  }
  if (kind === "map") {
    if (!(raw instanceof Map)) throw misfit(kind);
    return treeOf(
      [...(raw as ReadonlyMap<string, Raw>)].map(([key, each]) => [key, shape(inner, each)]),
    );
  }
  if (!Array.isArray(raw)) throw misfit(kind);
  const values = raw as readonly Raw[];
  if (kind !== "tuple") return listOf(values.map((each) => shape(inner, each)));
  return listOf(inner.map((each, index) => shape(each, values[index] ?? null)));
}

function shapePlain(type: string, raw: Raw): Value {
  if (type === "string" && typeof raw === "string") return raw;
  if (type === "bool" && typeof raw === "boolean") return raw;
  if (type === "number") {
    if (typeof raw === "number" || typeof raw === "bigint") return raw;
    // As text it is echoed as text, even where a shorter form would do.
    if (typeof raw === "string" && parseNum(raw) !== null) return decimal(raw);
  }
  if (type === "dynamic" && Array.isArray(raw)) {
    const [name, value] = raw as readonly Raw[];
    if (name instanceof Uint8Array && value !== undefined) {
      const own = decodeType(name);
      return dynamic(own, shape(own, value));
    }
  }
  throw misfit(type);
}

function misfit(type: string): SnapformError {
  return new SnapformError("invalid-argument", `a value that came is no ${type}`);
}
