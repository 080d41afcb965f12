// Values of ASN.1 by DER, as hexadecimal text: a certificate is made once in each process, and to
// put texts together takes a third of the time that it takes to put bytes together.

/** Tags as far as a certificate needs them. */
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

/** One value: its tag, its length, its contents. All of it is hexadecimal. */
export function der(tag: keyof typeof TAG | number, ...contents: readonly string[]): string {
  const body = contents.join("");
  const number = typeof tag === "number" ? tag : TAG[tag];
  return hex(number) + lengthOf(body.length / 2) + body;
}

/** Whole bytes of a number, most significant first. */
function hex(value: number): string {
  const digits = value.toString(16);
  return digits.length % 2 === 0 ? digits : `0${digits}`;
}

function lengthOf(count: number): string {
  if (count < 0x80) return hex(count);
  const digits = hex(count);
  return hex(0x80 | (digits.length / 2)) + digits;
}

/** An object identifier, e.g. `1.2.840.10045.4.3.2`. */
export function oid(dotted: string): string {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der("oid", ...[first * 40 + second, ...rest].map(base128));
}

function base128(value: number): string {
  let digits = hex(value & 0x7f);
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits = hex((rest & 0x7f) | 0x80) + digits;
  return digits;
}

/** A positive whole number of any size. */
export function integer(digits: string): string {
  // The highest bit is the sign, so that a zero goes before it.
  return der("integer", digits < "8" ? digits : `00${digits}`);
}

export function text(value: string): string {
  return der("text", hexOf(value));
}

/** A string of whole bytes as a string of bits. */
export function bits(digits: string): string {
  return der("bits", "00", digits);
}

/** An instant, to the second. */
export function time(at: Date): string {
  const digits = at.toISOString().slice(0, 19).replace(/\D/g, "");
  return der("time", hexOf(`${digits}Z`));
}

/** The bytes of a text. */
export function hexOf(value: string): string {
  return Buffer.from(value).toString("hex");
}
