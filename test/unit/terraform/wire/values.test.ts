import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences, isSameValue } from "../../../../src/terraform/wire/compare.ts";
import { decodeValue } from "../../../../src/terraform/wire/decode-value.ts";
import { encodeValue } from "../../../../src/terraform/wire/encode-value.ts";
import { dynamicOf, fromPlain, toPlain } from "../../../../src/terraform/wire/plain.ts";
import type { Type } from "../../../../src/terraform/wire/type.ts";
import {
  decimal,
  dynamic,
  hasUnknown,
  treeOf,
  UNKNOWN,
  valueAt,
  type Value,
} from "../../../../src/terraform/wire/value.ts";
import { settings, types, valuesOf } from "./arbitraries.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const decodeHex = (type: Type, text: string): Value =>
  decodeValue(type, { msgpack: Buffer.from(text, "hex") });
const typed = types.chain((type) => fc.tuple(fc.constant(type), valuesOf(type)));

describe("values on the wire", () => {
  it("come back as they went, whatever the type", () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        const back = decodeValue(type, { msgpack: encodeValue(type, value) });
        expect(isSameValue(type, back, value)).toBe(true);
        expect(hex(encodeValue(type, back))).toBe(hex(encodeValue(type, value)));
      }),
      settings,
    );
  });

  it.each<[Type, string, Value]>([
    ["string", "c0", null],
    ["string", "d40000", UNKNOWN],
    ["number", "05", 5],
    ["number", "e0", -32],
    ["number", "cb4004000000000000", 2.5],
    ["number", "d30020000000000001", 9007199254740993n],
    ["number", "a3302e31", decimal("0.1")],
    [["list", "bool"], "92c3c2", [true, false]],
    [["map", "string"], "81a95f5f70726f746f5f5fa178", treeOf([["__proto__", "x"]])],
    ["dynamic", "92c40622626f6f6c22c3", dynamic("bool", true)],
  ])("are written as Terraform writes them: %j %s", (type, text, value) => {
    expect(hex(encodeValue(type, value))).toBe(text);
    expect(decodeHex(type, text)).toEqual(value);
  });

  it.each(["d40000", "c7020c8000", "d50c8001", "c7030c820102"])(
    "are unknown in any extension type: %s",
    (text) => {
      expect(decodeHex("string", text)).toBe(UNKNOWN);
    },
  );

  it.each<[string, Value]>([
    ["cc80", 128],
    ["cd0100", 256],
    ["ce00010000", 65536],
    ["cfffffffffffffffff", 18446744073709551615n],
    ["d080", -128],
    ["d18000", -32768],
    ["d280000000", -2147483648],
    ["ca3f000000", 0.5],
  ])("are numbers in every form of msgpack: %s", (text, value) => {
    expect(decodeHex("number", text)).toBe(value);
  });

  it("fill members that are missing in an object, and drop those that are not in its type", () => {
    const type: Type = ["object", { a: "string", b: "number" }];
    expect(decodeHex(type, "82a161a178a17ac3")).toEqual(
      treeOf([
        ["a", "x"],
        ["b", null],
      ]),
    );
    expect(hex(encodeValue(type, treeOf([["a", "x"]])))).toBe("82a161a178a162c0");
  });

  it("carry texts, lists and maps of any length", () => {
    for (const count of [0, 15, 16, 31, 32, 255, 256, 65535, 65536]) {
      const text = "x".repeat(count);
      expect(decodeValue("string", { msgpack: encodeValue("string", text) })).toBe(text);
      const list = Array.from({ length: count }, () => true);
      const type: Type = ["list", "bool"];
      expect(decodeValue(type, { msgpack: encodeValue(type, list) })).toEqual(list);
    }
  });

  it.each<[string, Type, string]>([
    ["that end too early", "string", "a5"],
    ["that go on after their end", "bool", "c3c3"],
    ["of another type", "bool", "a178"],
    ["with a tag that means nothing", "bool", "c1"],
    ["with a key that is no text", ["map", "bool"], "8101c3"],
    ["that are no number", "number", "a178"],
  ])("are refused %s", (_what, type, text) => {
    expect(() => decodeHex(type, text)).toThrow(/value/);
  });

  it("may be nested deeply, but not without end", () => {
    expect(() => decodeHex("bool", `${"91".repeat(100_000)}c3`)).toThrow("nested too deeply");
  });

  it("may come as JSON", () => {
    const type: Type = ["object", { a: "number", b: ["map", "string"], c: "dynamic" }];
    const json =
      '{"a":12345678901234567890,"b":{"__proto__":"x"},"c":{"type":"bool","value":true}}';
    expect(decodeValue(type, { json: Buffer.from(json) })).toEqual(
      treeOf([
        ["a", decimal("12345678901234567890")],
        ["b", treeOf([["__proto__", "x"]])],
        ["c", dynamic("bool", true)],
      ]),
    );
  });
});

describe("values compared", () => {
  it("are the same in another order of a set, in another form of a number, normalised or not", () => {
    expect(isSameValue(["set", "number"], [1, 2], [2, 1])).toBe(true);
    expect(isSameValue(["list", "number"], [1, 2], [2, 1])).toBe(false);
    expect(isSameValue("number", 0.1, decimal("0.10"))).toBe(true);
    expect(isSameValue("number", 100, decimal("1e2"))).toBe(true);
    expect(
      isSameValue("number", decimal("1e40"), decimal("10000000000000000000000000000000000000001")),
    ).toBe(false);
    expect(isSameValue("string", "e\u0301", "é")).toBe(true);
  });

  it("differ where a plan is not kept, and nowhere in what it left open", () => {
    const type: Type = ["object", { a: "string", b: ["list", "string"], c: ["set", "string"] }];
    const planned = fromPlain({ a: UNKNOWN, b: ["x", UNKNOWN, "z"], c: ["k"] });
    expect(differences(type, planned, fromPlain({ a: "!", b: ["x", "y", "z"], c: ["k"] }))).toEqual(
      [],
    );
    expect(differences(type, planned, fromPlain({ a: null, b: ["o", "y", "z"], c: [] }))).toEqual([
      ["b", 0],
      ["c"],
    ]);
  });

  it("never differ from themselves", () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        expect(differences(type, value, value)).toEqual([]);
      }),
      settings,
    );
  });
});

describe("values in JavaScript's own terms", () => {
  it("lose nothing but the form of numbers", () => {
    const value = fromPlain({ a: [1, "x", null, UNKNOWN], b: { c: true }, d: undefined });
    expect(toPlain(value, UNKNOWN)).toEqual({ a: [1, "x", null, UNKNOWN], b: { c: true } });
    expect(toPlain(decimal("0.1"), null)).toBe(0.1);
    expect(hasUnknown(value)).toBe(true);
    expect(valueAt(value, ["a", 1])).toBe("x");
    expect(valueAt(value, ["a", 9, "z"])).toBeNull();
  });

  it("keep a key __proto__", () => {
    const value = treeOf([["__proto__", "x"]]);
    expect(Object.keys(toPlain(value, null) as object)).toEqual(["__proto__"]);
    expect(fromPlain(JSON.parse('{"__proto__":"x"}'))).toEqual(value);
    expect(Object.keys({ ...value })).toEqual(["__proto__"]);
  });

  it("get the type that they obviously have when they are dynamic", () => {
    expect(dynamicOf(fromPlain({ a: [1, "x"] }))).toMatchObject({
      type: ["object", { a: ["tuple", ["number", "string"]] }],
    });
  });
});
