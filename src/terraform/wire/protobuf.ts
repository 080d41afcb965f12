import { SnapformError } from "../../errors/index.ts";
import { ByteReader, ByteWriter, decodeText, encodeText } from "./bytes.ts";
import { FIELDS, type Field } from "./fields.ts";
import type { Messages } from "./messages.ts";

type Members = Record<string, unknown>;

/** Wire types of protobuf. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Of field and wire type together: fields count from 1 and have 29 bits. */
const LEAST_KEY = 1 << 3;
const MOST_KEY = 0xffffffff;

/** A message as bytes. Members that are missing or empty are left out, as proto3 does. */
export function encodeMessage<Name extends keyof Messages>(
  name: Name,
  message: Partial<Messages[Name]>,
): Uint8Array {
  const writer = new ByteWriter();
  for (const [member, field] of Object.entries<Field>(FIELDS[name])) {
    writeField(writer, field, (message as Members)[member]);
  }
  return writer.toBytes();
}

function writeField(writer: ByteWriter, field: Field, value: unknown): void {
  if (value === undefined || value === null) return;
  const [number, kind, message] = field;
  const key = (wireType: number): void => writer.varint((number << 3) | wireType);
  const chunk = (bytes: Uint8Array): void => {
    key(LENGTH);
    writer.varint(bytes.length);
    writer.bytes(bytes);
  };
  const isPresent = kind.startsWith("present-");
  if (message !== undefined) {
    for (const each of framesOf(kind, message, value)) chunk(each);
  } else if (typeof value === "string") {
    if (isPresent || value !== "") chunk(encodeText(value));
  } else if (value instanceof Uint8Array) {
    if (value.length > 0) chunk(value);
  } else if (isPresent || Number(value) !== 0) {
    key(VARINT);
    writer.varint(Number(value));
  }
}

function framesOf(kind: string, name: keyof Messages, value: unknown): Uint8Array[] {
  if (kind === "message") return [encodeMessage(name, value as Members)];
  if (kind === "list") return (value as Members[]).map((each) => encodeMessage(name, each));
  return [...(value as ReadonlyMap<string, Members>)].map(([key, each]) => {
    const entry = new ByteWriter();
    writeField(entry, [1, "string"], key);
    writeField(entry, [2, "message", name], each);
    return entry.toBytes();
  });
}

/** Reads a message; fields that the table does not have are skipped. Throws `invalid-argument`. */
export function decodeMessage<Name extends keyof Messages>(
  name: Name,
  bytes: Uint8Array,
): Messages[Name] {
  const byNumber = fieldsOf(name);
  const message: Members = {};
  for (const [member, field] of byNumber.values()) message[member] = emptyOf(field);
  const reader = new ByteReader(bytes, `message ${name}`);
  while (!reader.isAtEnd()) {
    const key = reader.varint();
    if (key < LEAST_KEY || key > MOST_KEY) throw noKind(name);
    const known = byNumber.get(key >>> 3);
    const isFitting = known !== undefined && (key & 7) === wireTypeOf(known[1]);
    if (!isFitting) skip(reader, key & 7, name);
    else message[known[0]] = readField(reader, known[1], message[known[0]]);
  }
  return message as Messages[Name];
}

type ByNumber = ReadonlyMap<number, readonly [member: string, field: Field]>;

const byMessage = new Map<keyof Messages, ByNumber>();

function fieldsOf(name: keyof Messages): ByNumber {
  const known = byMessage.get(name);
  if (known !== undefined) return known;
  const fields = Object.entries<Field>(FIELDS[name]);
  const byNumber = new Map(fields.map(([member, field]) => [field[0], [member, field] as const]));
  byMessage.set(name, byNumber);
  return byNumber;
}

function emptyOf([, kind]: Field): unknown {
  if (kind === "string") return "";
  if (kind === "bytes") return new Uint8Array();
  if (kind === "bool") return false;
  if (kind === "int") return 0;
  if (kind === "list") return [];
  return kind === "map" ? new Map() : undefined;
}

function wireTypeOf([, kind]: Field): number {
  return kind === "bool" || kind === "int" || kind === "present-int" ? VARINT : LENGTH;
}

function readField(reader: ByteReader, field: Field, before: unknown): unknown {
  const [, kind, message] = field;
  if (kind === "bool") return reader.varint() !== 0;
  if (kind === "int" || kind === "present-int") return reader.varint();
  const chunk = reader.take(reader.varint());
  if (message === undefined) return kind === "bytes" ? chunk : decodeText(chunk);
  if (kind === "list") return append(before as unknown[], decodeMessage(message, chunk));
  if (kind === "message") return decodeMessage(message, chunk);
  const [key, value] = entryOf(chunk);
  return new Map(before as Map<string, unknown>).set(key, decodeMessage(message, value));
}

/** In place, so that a long list does not take the square of its length. */
function append(list: unknown[], element: unknown): unknown[] {
  list.push(element);
  return list;
}

function entryOf(bytes: Uint8Array): [key: string, value: Uint8Array] {
  const reader = new ByteReader(bytes, "an entry of a map");
  let key = "";
  let value: Uint8Array = new Uint8Array();
  while (!reader.isAtEnd()) {
    const number = reader.varint() >>> 3;
    const chunk = reader.take(reader.varint());
    if (number === 1) key = decodeText(chunk);
    else value = chunk;
  }
  return [key, value];
}

function skip(reader: ByteReader, wireType: number, name: string): void {
  if (wireType === VARINT) reader.varint();
  else if (wireType === FIXED64) reader.take(8);
  else if (wireType === LENGTH) reader.take(reader.varint());
  else if (wireType === FIXED32) reader.take(4);
  else throw noKind(name);
}

function noKind(name: string): SnapformError {
  return new SnapformError("invalid-argument", `message ${name} holds a field of no kind`);
}
