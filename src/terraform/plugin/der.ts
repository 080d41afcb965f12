/** Tags of ASN.1 as far as a certificate needs them. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  text: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One value of ASN.1, by DER: its tag, its length, its contents. */
export function der(
  tag: keyof typeof TAG | number,
  ...contents: readonly Uint8Array[]
): Uint8Array {
  const body = Buffer.concat(contents);
  const number = typeof tag === "number" ? tag : TAG[tag];
  return Buffer.concat([Uint8Array.of(number, ...lengthOf(body.length)), body]);
}

function lengthOf(count: number): number[] {
  if (count < 0x80) return [count];
  const bytes: number[] = [];
  for (let rest = count; rest > 0; rest = Math.floor(rest / 0x100)) bytes.unshift(rest % 0x100);
  return [0x80 | bytes.length, ...bytes];
}

/** An object identifier, e.g. `1.2.840.10045.4.3.2`. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der("oid", Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

/** A positive whole number of any size, big-endian. */
export function integer(bytes: Uint8Array): Uint8Array {
  // The highest bit is the sign, so that a zero goes before it.
  return der("integer", (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Uint8Array.of(0), bytes]));
}

export function text(value: string): Uint8Array {
  return der("text", Buffer.from(value));
}

/** A string of whole bytes as a string of bits. */
export function bits(bytes: Uint8Array): Uint8Array {
  return der("bits", Uint8Array.of(0), bytes);
}

/** An instant, to the second. */
export function time(at: Date): Uint8Array {
  const digits = at.toISOString().slice(0, 19).replace(/\D/g, "");
  return der("time", Buffer.from(`${digits}Z`));
}
