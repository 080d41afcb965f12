import { SnapformError } from "../../errors/index.ts";
import { MsgpackWriter } from "./msgpack-writer.ts";
import { encodeType, isType, type Type } from "./type.ts";
import {
  isDynamic,
  isList,
  isNum,
  isTree,
  memberOf,
  UNKNOWN,
  type Tree,
  type Value,
} from "./value.ts";

/**
 * A value as msgpack, as its type wants it: objects with exactly the members of the type, missing
 * ones null. Throws `internal` where the value is not of the type; `conform` prevents that.
 */
export function encodeValue(type: Type, value: Value): Uint8Array {
  const writer = new MsgpackWriter();
  write(writer, type, value);
  return writer.toBytes();
}

function write(writer: MsgpackWriter, type: Type, value: Value): void {
  if (value === null) writer.nil();
  else if (value === UNKNOWN) writer.unknown();
  else if (typeof type === "string") writePlain(writer, type, value);
  else if (type[0] === "list" || type[0] === "set") writeList(writer, type[1], value);
  else if (type[0] === "map") writeMap(writer, type[1], value);
  else if (type[0] === "object") writeObject(writer, type[1], value);
  else if (type[0] === "tuple") writeTuple(writer, type[1], value);
}

function writePlain(writer: MsgpackWriter, type: Type, value: Value): void {
  if (type === "string" && typeof value === "string") writer.text(value);
  else if (type === "bool" && typeof value === "boolean") writer.bool(value);
  else if (type === "number" && isNum(value)) writer.num(value);
  else if (type === "dynamic" && isDynamic(value) && isType(value.type)) {
    writer.list(2);
    writer.binary(encodeType(value.type));
    write(writer, value.type, value.value);
  } else throw misfit(type);
}

function writeList(writer: MsgpackWriter, inner: Type, value: Value): void {
  if (!isList(value)) throw misfit("list");
  writer.list(value.length);
  for (const each of value) write(writer, inner, each);
}

function writeTuple(writer: MsgpackWriter, types: readonly Type[], value: Value): void {
  if (!isList(value) || value.length !== types.length) throw misfit("tuple");
  writer.list(types.length);
  for (const [index, inner] of types.entries()) write(writer, inner, value[index] ?? null);
}

function writeMap(writer: MsgpackWriter, inner: Type, value: Value): void {
  const entries = Object.entries(treeOrMisfit(value));
  writer.map(entries.length);
  for (const [key, each] of entries) {
    writer.text(key);
    write(writer, inner, each);
  }
}

function writeObject(
  writer: MsgpackWriter,
  members: { readonly [name: string]: Type },
  value: Value,
): void {
  const tree = treeOrMisfit(value);
  const entries = Object.entries(members);
  writer.map(entries.length);
  for (const [name, inner] of entries) {
    writer.text(name);
    write(writer, inner, memberOf(tree, name));
  }
}

function treeOrMisfit(value: Value): Tree {
  if (!isTree(value)) throw misfit("object");
  return value;
}

function misfit(type: Type | "list" | "tuple" | "object"): SnapformError {
  return new SnapformError("internal", `a value does not fit its type ${JSON.stringify(type)}`);
}
