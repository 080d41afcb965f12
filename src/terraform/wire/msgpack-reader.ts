import { SnapformError } from "../../errors/index.ts";
import { ByteReader, decodeText } from "./bytes.ts";
import { UNKNOWN } from "./value.ts";

/** What msgpack can say, before a type gives it meaning. Keys of maps keep their order. */
export type Raw =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | typeof UNKNOWN
  | readonly Raw[]
  | ReadonlyMap<string, Raw>;

/** Deeper than any schema; a guard against a message that would overflow the stack. */
const MOST_LEVELS = 512;

/** Reads one value. Any extension type is an unknown value. Throws `invalid-argument`. */
export function readMsgpack(bytes: Uint8Array): Raw {
  const reader = new ByteReader(bytes, "a msgpack value");
  const value = readValue(reader, 0);
  if (!reader.isAtEnd()) throw malformed("goes on after its end");
  return value;
}

function readValue(reader: ByteReader, level: number): Raw {
  if (level > MOST_LEVELS) throw malformed("is nested too deeply");
  const tag = reader.byte();
  if (tag < 0x80) return tag;
  if (tag < 0x90) return readMap(reader, tag & 0x0f, level);
  if (tag < 0xa0) return readList(reader, tag & 0x0f, level);
  if (tag < 0xc0) return readText(reader, tag & 0x1f);
  if (tag >= 0xe0) return tag - 0x100;
  const count = READ_COUNT[tag];
  if (count !== undefined) return readCounted(reader, tag, count(reader), level);
  return readScalar(reader, tag);
}

const uint8 = (reader: ByteReader): number => reader.byte();
const uint16 = (reader: ByteReader): number => reader.view(2, (view, at) => view.getUint16(at));
const uint32 = (reader: ByteReader): number => reader.view(4, (view, at) => view.getUint32(at));

/** How long a value is whose tag says where to read that. */
const READ_COUNT: Readonly<Record<number, (reader: ByteReader) => number>> = {
  0xc4: uint8,
  0xc5: uint16,
  0xc6: uint32,
  0xc7: uint8,
  0xc8: uint16,
  0xc9: uint32,
  0xd4: () => 1,
  0xd5: () => 2,
  0xd6: () => 4,
  0xd7: () => 8,
  0xd8: () => 16,
  0xd9: uint8,
  0xda: uint16,
  0xdb: uint32,
  0xdc: uint16,
  0xdd: uint32,
  0xde: uint16,
  0xdf: uint32,
};

function readCounted(reader: ByteReader, tag: number, count: number, level: number): Raw {
  if (tag <= 0xc6) return reader.take(count);
  if (tag <= 0xd8) {
    // The type of the extension, and what it says of the value: Terraform's refinements.
    reader.take(1 + count);
    return UNKNOWN;
  }
  if (tag <= 0xdb) return readText(reader, count);
  return tag <= 0xdd ? readList(reader, count, level) : readMap(reader, count, level);
}

function readScalar(reader: ByteReader, tag: number): Raw {
  switch (tag) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xca:
      return reader.view(4, (view, at) => view.getFloat32(at));
    case 0xcb:
      return reader.view(8, (view, at) => view.getFloat64(at));
    case 0xcc:
      return reader.byte();
    case 0xcd:
      return uint16(reader);
    case 0xce:
      return uint32(reader);
    case 0xcf:
      return narrow(reader.view(8, (view, at) => view.getBigUint64(at)));
    case 0xd0:
      return reader.view(1, (view, at) => view.getInt8(at));
    case 0xd1:
      return reader.view(2, (view, at) => view.getInt16(at));
    case 0xd2:
      return reader.view(4, (view, at) => view.getInt32(at));
    case 0xd3:
      return narrow(reader.view(8, (view, at) => view.getBigInt64(at)));
    default:
      throw malformed(`holds the tag 0x${tag.toString(16)}`);
  }
}

function narrow(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function readText(reader: ByteReader, byteCount: number): string {
  return decodeText(reader.take(byteCount));
}

function readList(reader: ByteReader, count: number, level: number): Raw {
  const values: Raw[] = [];
  for (let index = 0; index < count; index += 1) values.push(readValue(reader, level + 1));
  return values;
}

function readMap(reader: ByteReader, count: number, level: number): Raw {
  const entries = new Map<string, Raw>();
  for (let index = 0; index < count; index += 1) {
    const key = readValue(reader, level + 1);
    if (typeof key !== "string") throw malformed("has a key that is no text");
    entries.set(key, readValue(reader, level + 1));
  }
  return entries;
}

function malformed(text: string): SnapformError {
  return new SnapformError("invalid-argument", `a msgpack value ${text}`);
}
