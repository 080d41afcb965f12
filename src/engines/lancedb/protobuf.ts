/** One field of a protobuf message as it stands on the wire. */
export interface WireField {
  readonly number: number;
  /** The value of a varint; a bigint beyond 2^53. Zero for the other wire types. */
  readonly value: number | bigint;
  /** The body of a length-delimited field; empty for the other wire types. */
  readonly bytes: Uint8Array;
}

const EMPTY = new Uint8Array(0);
const TEXT = new TextDecoder("utf-8", { fatal: true });

/**
 * The fields of one message, in order. Never reads outside `bytes`; whatever is not well formed
 * throws a RangeError, which the manifest reader turns into `corrupt`.
 */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  let at = 0;
  const varint = (): number | bigint => {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 7; count += 1) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("a number runs past the end");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    let wide = BigInt(value);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("a number runs past the end");
      wide |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        const bounded = BigInt.asUintN(64, wide);
        return bounded <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(bounded) : bounded;
      }
    }
    throw new RangeError("a number has more than ten bytes");
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new RangeError("a field runs past the end");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = toCount(varint());
    const number = Math.floor(key / 8);
    if (number === 0) throw new RangeError("a field has the number zero");
    switch (key % 8) {
      case 0:
        yield { number, value: varint(), bytes: EMPTY };
        break;
      case 1:
        yield { number, value: 0, bytes: (take(8), EMPTY) };
        break;
      case 2:
        yield { number, value: 0, bytes: take(toCount(varint())) };
        break;
      case 5:
        yield { number, value: 0, bytes: (take(4), EMPTY) };
        break;
      default:
        throw new RangeError("a field has an unknown wire type");
    }
  }
}

/** A varint that must be an exact number. */
export function toCount(value: number | bigint): number {
  if (typeof value === "number") return value;
  throw new RangeError("a number is beyond 2^53");
}

/** A varint read as int32, which protobuf writes sign-extended. */
export function toInt32(value: number | bigint): number {
  return Number(BigInt.asIntN(32, BigInt(value)));
}

/** UTF-8 text; anything else is a RangeError. */
export function toText(bytes: Uint8Array): string {
  try {
    return TEXT.decode(bytes);
  } catch {
    throw new RangeError("a text is not UTF-8");
  }
}

/** The elements of a repeated int32, packed or not. */
export function toInt32s(field: WireField): number[] {
  if (field.bytes.length === 0) return [toInt32(field.value)];
  const values: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of field.bytes) {
    if (shift > 63n) throw new RangeError("a number has more than ten bytes");
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    values.push(toInt32(BigInt.asUintN(64, value)));
    value = 0n;
    shift = 0n;
  }
  return values;
}
