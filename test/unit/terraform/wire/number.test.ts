import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatNum,
  integerOf,
  isSameNumber,
  numberOf,
  parseNum,
} from "../../../../src/terraform/wire/number.ts";
import { decimal } from "../../../../src/terraform/wire/value.ts";
import { settings } from "./arbitraries.ts";

describe("numbers", () => {
  it("are parsed into the simplest form that loses nothing", () => {
    expect(parseNum("5")).toBe(5);
    expect(parseNum("-0.50e1")).toBe(-5);
    expect(parseNum("9007199254740993")).toBe(9007199254740993n);
    expect(parseNum("9223372036854775808")).toEqual(decimal("9223372036854775808"));
    expect(parseNum("0.1")).toEqual(decimal("0.1"));
    for (const text of ["", "x", "1x", ".", "0x10", "NaN", "Infinity", "1e", "--1"]) {
      expect(parseNum(text)).toBeNull();
    }
  });

  it("are integers only where JavaScript holds them exactly", () => {
    expect(integerOf(7)).toBe(7);
    expect(integerOf(decimal("70e-1"))).toBe(7);
    expect(integerOf(7.5)).toBeNull();
    expect(integerOf(9007199254740993n)).toBeNull();
    expect(integerOf(decimal("0.1"))).toBeNull();
  });

  it("keep their value through their text", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const parsed = parseNum(String(value));
        expect(parsed).not.toBeNull();
        if (parsed === null) return;
        expect(isSameNumber(parsed, value)).toBe(true);
        expect(numberOf(parsed) === value).toBe(true);
        expect(isSameNumber(parsed, decimal(formatNum(value)))).toBe(true);
      }),
      settings,
    );
  });

  it("are told apart at any size", () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(isSameNumber(decimal(String(value)), decimal(`${value}.000`))).toBe(true);
        expect(isSameNumber(decimal(String(value)), decimal(String(value + 1n)))).toBe(false);
      }),
      settings,
    );
  });
});
