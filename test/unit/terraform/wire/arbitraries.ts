import fc from "fast-check";
import { seed } from "../../../property/policy/seed.ts";
import { decimal, treeOf, UNKNOWN, type Value } from "../../../../src/terraform/wire/value.ts";
import type { Type } from "../../../../src/terraform/wire/type.ts";

/** How the laws of this folder are run: SNAPFORM_SEED repeats a run. */
export const settings = { seed, numRuns: 300 } as const;

const names = fc.constantFrom("a", "b", "__proto__", "constructor", "é");

export const types: fc.Arbitrary<Type> = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Type>("string", "number", "bool"),
    fc.tuple(fc.constantFrom("list", "set", "map"), tie("type")) as fc.Arbitrary<Type>,
    fc.tuple(fc.constant("object"), fc.dictionary(names, tie("type"))) as fc.Arbitrary<Type>,
    fc.tuple(fc.constant("tuple"), fc.array(tie("type"), { maxLength: 3 })) as fc.Arbitrary<Type>,
  ),
})).type;

const numbers = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .filter((n) => !Number.isSafeInteger(Number(n))),
  fc.bigInt().map((n) => decimal(`${n}.5`)),
);

/** A value of the type, unknown and null ones included. */
export function valuesOf(type: Type): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom<Value>(null, UNKNOWN) },
    { weight: 6, arbitrary: known(type) },
  );
}

function known(type: Type): fc.Arbitrary<Value> {
  if (type === "string") return fc.string({ unit: "grapheme" });
  if (type === "number") return numbers;
  if (type === "bool") return fc.boolean();
  if (typeof type === "string") return fc.constant(null);
  if (type[0] === "map") return fc.dictionary(names, valuesOf(type[1])).map(asTree);
  if (type[0] === "object") {
    const members = Object.entries(type[1]);
    return fc
      .tuple(...members.map(([, inner]) => valuesOf(inner)))
      .map((values) => treeOf(members.map(([name], index) => [name, values[index] ?? null])));
  }
  if (type[0] === "tuple") return fc.tuple(...type[1].map(valuesOf));
  return fc.array(valuesOf(type[1]), { maxLength: 4 });
}

function asTree(record: Record<string, Value>): Value {
  return treeOf(Object.entries(record));
}

/** Anything that a careless resource could hand over. */
export const junk: fc.Arbitrary<unknown> = fc.anything({
  withBigInt: true,
  withNullPrototype: true,
  withDate: true,
  withMap: true,
  key: fc.oneof(names, fc.string()),
});
