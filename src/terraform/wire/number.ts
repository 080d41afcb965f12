import { decimal, isDecimal, type Num } from "./value.ts";

const MOST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);

/** The nearest double. Exact for whole numbers below 2^53. */
export function numberOf(num: Num): number {
  return isDecimal(num) ? Number(num.text) : Number(num);
}

/** A whole number that JavaScript holds exactly, or null where it is not one. */
export function integerOf(num: Num): number | null {
  const [sign, digits, exponent] = partsOf(num);
  const value = Number(`${sign}${digits}e${exponent}`);
  return exponent >= 0 && Number.isSafeInteger(value) ? value : null;
}

/** Are two numbers the same, whatever their form? `0.1` as a double is the text `0.1`. */
export function isSameNumber(a: Num, b: Num): boolean {
  return numberKey(a) === numberKey(b);
}

/** A text that two numbers have in common exactly when they are the same. */
export function numberKey(num: Num): string {
  const [sign, digits, exponent] = partsOf(num);
  return `${sign}${digits}e${exponent}`;
}

/** A number from its decimal text, in the simplest form that loses nothing; null if it is none. */
export function parseNum(text: string): Num | null {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  if (Number.isSafeInteger(value) && isSameNumber(value, decimal(text))) return value;
  const isWhole = /^-?\d{1,19}$/.test(text);
  return isWhole && fitsInt64(BigInt(text)) ? BigInt(text) : decimal(text);
}

export function fitsInt64(value: bigint): boolean {
  return value >= LEAST && value <= MOST;
}

/** The number as decimal text, as Terraform reads it. */
export function formatNum(num: Num): string {
  return isDecimal(num) ? num.text : String(num);
}

/** Sign, digits without zeros at either end, and the power of ten that they are multiplied with. */
function partsOf(num: Num): [sign: string, digits: string, exponent: number] {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(formatNum(num));
  if (match === null) return ["", formatNum(num), NaN];
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const all = (whole + fraction).replace(/^0+/, "");
  if (all === "") return ["", "0", 0];
  const digits = all.replace(/0+$/, "");
  const exponent = Number(power) - fraction.length + (all.length - digits.length);
  return [sign === "-" ? "-" : "", digits, exponent];
}
