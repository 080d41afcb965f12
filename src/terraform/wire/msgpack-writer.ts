import { ByteWriter, encodeText } from "./bytes.ts";
import { fitsInt64, formatNum } from "./number.ts";
import type { Num } from "./value.ts";

/** Writes msgpack as Terraform reads it. The caller gives values in the order of their type. */
export class MsgpackWriter {
  readonly #out = new ByteWriter();

  nil(): void {
    this.#out.byte(0xc0);
  }

  /** Extension type 0 with one byte: a value that is not known yet. */
  unknown(): void {
    this.#out.bytes(Uint8Array.of(0xd4, 0x00, 0x00));
  }

  bool(value: boolean): void {
    this.#out.byte(value ? 0xc3 : 0xc2);
  }

  /** Whole numbers of 64 bits, doubles, and the rest as decimal text: what Terraform does too. */
  num(value: Num): void {
    if (typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0)) {
      this.#integer(value);
    } else if (typeof value === "number") {
      this.#out.byte(0xcb);
      this.#out.view(8, (view) => view.setFloat64(0, value));
    } else if (typeof value === "bigint" && fitsInt64(value)) {
      this.#out.byte(0xd3);
      this.#out.view(8, (view) => view.setBigInt64(0, value));
    } else {
      this.text(formatNum(value));
    }
  }

  text(value: string): void {
    const bytes = encodeText(value);
    const count = bytes.length;
    if (count < 32) this.#out.byte(0xa0 | count);
    else this.#count(count, 0xd9, 0xda, 0xdb);
    this.#out.bytes(bytes);
  }

  binary(bytes: Uint8Array): void {
    this.#count(bytes.length, 0xc4, 0xc5, 0xc6);
    this.#out.bytes(bytes);
  }

  /** `count` values follow. */
  list(count: number): void {
    if (count < 16) this.#out.byte(0x90 | count);
    else this.#count(count, null, 0xdc, 0xdd);
  }

  /** `count` pairs of a key and a value follow. */
  map(count: number): void {
    if (count < 16) this.#out.byte(0x80 | count);
    else this.#count(count, null, 0xde, 0xdf);
  }

  toBytes(): Uint8Array {
    return this.#out.toBytes();
  }

  #integer(value: number): void {
    if (value >= 0 && value < 0x80) {
      this.#out.byte(value);
    } else if (value < 0 && value >= -0x20) {
      this.#out.byte(value + 0x100);
    } else {
      this.#out.byte(0xd3);
      this.#out.view(8, (view) => view.setBigInt64(0, BigInt(value)));
    }
  }

  #count(count: number, tag8: number | null, tag16: number, tag32: number): void {
    if (count < 0x100 && tag8 !== null) {
      this.#out.byte(tag8);
      this.#out.byte(count);
    } else if (count < 0x10000) {
      this.#out.byte(tag16);
      this.#out.view(2, (view) => view.setUint16(0, count));
    } else {
      this.#out.byte(tag32);
      this.#out.view(4, (view) => view.setUint32(0, count));
    }
  }
}
