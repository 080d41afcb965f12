import { SnapformError } from "../../errors/index.ts";

const ENCODER = new TextEncoder();
/** A byte order mark at the start is part of the text. */
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** Longer texts are few. In UTF-8 a character of JavaScript takes three bytes at most. */
const SHORT = 64;
const scratch = new Uint8Array(SHORT * 3);

export function encodeText(text: string): Uint8Array {
  if (text.length > SHORT) return ENCODER.encode(text);
  // `encode` spends most of its time on a buffer of its own.
  return scratch.slice(0, ENCODER.encodeInto(text, scratch).written);
}

export function decodeText(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

/** Numbers and bytes one after another into one growing buffer. */
export class ByteWriter {
  #buffer = new Uint8Array(256);
  #length = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  bytes(chunk: Uint8Array): void {
    this.#reserve(chunk.length);
    this.#buffer.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** Protobuf's numbers: seven bits a byte; negative ones as 64-bit two's complement. */
  varint(value: number): void {
    // Almost all are lengths and field numbers of one byte.
    if (value >= 0 && value < 0x80) {
      this.byte(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  /** Writes `byteCount` bytes by way of a DataView, big-endian as msgpack wants it. */
  view(byteCount: number, write: (view: DataView) => void): void {
    const chunk = new Uint8Array(byteCount);
    write(new DataView(chunk.buffer));
    this.bytes(chunk);
  }

  toBytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #reserve(byteCount: number): void {
    const needed = this.#length + byteCount;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

/** Reads what a ByteWriter has written; throws `invalid-argument` where bytes are missing. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  /** `what` says in an error what is being read. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  take(byteCount: number): Uint8Array {
    const start = this.#at;
    if (byteCount < 0 || start + byteCount > this.#bytes.length) {
      throw new SnapformError("invalid-argument", `${this.#what} ends too early`);
    }
    this.#at += byteCount;
    return this.#bytes.subarray(start, this.#at);
  }

  varint(): number {
    const first = this.byte();
    if (first < 0x80) return first;
    let value = BigInt(first & 0x7f);
    for (let shift = 7n; shift < 70n; shift += 7n) {
      const next = this.byte();
      value |= BigInt(next & 0x7f) << shift;
      if (next < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw new SnapformError("invalid-argument", `${this.#what} holds a number without end`);
  }

  /** Reads `byteCount` bytes by way of a DataView, big-endian as msgpack wants it. */
  view<T>(byteCount: number, read: (view: DataView, offset: number) => T): T {
    const start = this.#at;
    this.take(byteCount);
    return read(this.#view, start);
  }
}
