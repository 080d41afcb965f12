import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conform } from "../../../../src/terraform/server/conform.ts";
import { decodeValue } from "../../../../src/terraform/wire/decode-value.ts";
import { encodeValue } from "../../../../src/terraform/wire/encode-value.ts";
import { fromPlain } from "../../../../src/terraform/wire/plain.ts";
import { objectType, type Block } from "../../../../src/terraform/wire/schema.ts";
import { UNKNOWN, type Value } from "../../../../src/terraform/wire/value.ts";
import { junk, settings } from "../wire/arbitraries.ts";

const inner = { a: { type: "string" }, b: { type: "number" } } as const;

const block: Block = {
  attributes: {
    a: { type: "string" },
    b: { type: "number" },
    flag: { type: "bool" },
    any: { type: "dynamic" },
    list: { type: ["list", "string"] },
    pair: { type: ["tuple", ["string", "number"]] },
    object: { type: ["object", { a: "string" }] },
    secret: { type: "string", writeOnly: true },
    one: { nested: { mode: "single", attributes: inner } },
    many: { nested: { mode: "list", attributes: inner } },
    named: { nested: { mode: "map", attributes: inner } },
  },
  blocks: {
    single: { mode: "single", attributes: inner },
    rule: { mode: "list", attributes: inner, blocks: { deep: { mode: "set", attributes: inner } } },
    table: { mode: "map", attributes: inner },
  },
};

const faultsOf = (value: unknown, unknown: "keep" | "refuse" = "refuse"): string[] =>
  conform(block, fromPlain(value), unknown).faults.map(({ path }) => path.join("."));

describe("conform", () => {
  it("completes what is missing: null, or no blocks", () => {
    const { tree, faults } = conform(block, fromPlain({ a: "x", rule: [{ a: "y" }] }), "refuse");
    expect(faults).toEqual([]);
    expect(Object.keys(tree)).toEqual([
      ...Object.keys(block.attributes),
      ...Object.keys(block.blocks ?? {}),
    ]);
    expect(tree).toMatchObject({ a: "x", b: null, one: null, single: null, table: {} });
    expect(tree["rule"]).toMatchObject([{ a: "y", b: null, deep: [] }]);
  });

  it("takes away what does not fit, and says where", () => {
    expect(faultsOf({ a: 1, extra: true })).toEqual(["extra", "a"]);
    expect(faultsOf({ list: "x", pair: ["x"], object: [] })).toEqual(["list", "pair", "object"]);
    expect(faultsOf({ many: [{ a: 1 }], named: { k: 3 } })).toEqual(["many.0.a", "named.k"]);
    expect(faultsOf({ rule: [{ deep: [{ b: "x" }] }] })).toEqual(["rule.0.deep.0.b"]);
    expect(faultsOf({ b: NaN })).toEqual(["b"]);
  });

  it("keeps unknown values in a plan, and refuses them afterwards", () => {
    expect(faultsOf({ a: UNKNOWN, many: [{ a: UNKNOWN }] }, "keep")).toEqual([]);
    expect(faultsOf({ a: UNKNOWN, many: [{ a: UNKNOWN }] })).toEqual(["a", "many.0.a"]);
    expect(conform(block, fromPlain({ rule: UNKNOWN }), "refuse").tree["rule"]).toEqual([]);
  });

  it("never lets a write-only value out", () => {
    const { tree, faults } = conform(block, fromPlain({ secret: "x" }), "refuse");
    expect(tree["secret"]).toBeNull();
    expect(faults).toEqual([]);
  });

  it("makes of anything at all something that Terraform can read", () => {
    const type = objectType(block);
    const member = fc.constantFrom(
      ...Object.keys(block.attributes),
      "rule",
      "table",
      "single",
      "x",
    );
    const careless = fc.oneof(junk, fc.dictionary(member, junk));
    fc.assert(
      fc.property(careless, (value) => {
        const { tree } = conform(block, value as Value, "refuse");
        expect(decodeValue(type, { msgpack: encodeValue(type, tree) })).not.toBeNull();
      }),
      settings,
    );
  });
});
