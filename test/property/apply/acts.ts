import fc from "fast-check";

/** What users, operators and chance do between and during applies. */
export type Act =
  | { readonly kind: "write"; readonly collection: string; readonly count: number }
  | { readonly kind: "shrink"; readonly collection: string }
  | { readonly kind: "drop"; readonly collection: string }
  | { readonly kind: "recreate"; readonly collection: string; readonly count: number }
  | { readonly kind: "wait"; readonly hours: number }
  | { readonly kind: "turn-back"; readonly minutes: number }
  | { readonly kind: "retention"; readonly last: number; readonly daily: number }
  | { readonly kind: "weekly"; readonly fate: "declare" | "forget" | "delete" }
  | { readonly kind: "rename" }
  | { readonly kind: "take" }
  | {
      readonly kind: "restore";
      readonly collection: string;
      readonly into: "new" | "replace" | "alias";
    }
  | { readonly kind: "lose-state"; readonly adopts: boolean }
  | { readonly kind: "pin" }
  | { readonly kind: "apply"; readonly acknowledges: boolean }
  | {
      readonly kind: "broken-apply";
      readonly how: "death" | "error" | "cancel";
      /** Where in the apply, as a share of a usual one. */
      readonly at: number;
    }
  | {
      readonly kind: "faulty-apply";
      readonly method: "createNative" | "capture" | "readNative" | "restore" | "deleteNative";
      readonly how: "before" | "after" | "hang";
    };

export const COLLECTIONS = ["docs", "mail", "notes"] as const;

const collection = fc.constantFrom<string>(...COLLECTIONS);

/** Acts as they come; applies come often, and most of them with time in between. */
export const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: act("write", { collection, count: fc.integer({ min: 1, max: 9 }) }) },
    { weight: 1, arbitrary: act("shrink", { collection }) },
    { weight: 1, arbitrary: act("drop", { collection }) },
    {
      weight: 1,
      arbitrary: act("recreate", { collection, count: fc.integer({ min: 0, max: 9 }) }),
    },
    { weight: 5, arbitrary: act("wait", { hours: fc.constantFrom(1, 6, 24, 25, 72, 24 * 8) }) },
    { weight: 1, arbitrary: act("turn-back", { minutes: fc.constantFrom(1, 4, 90, 2000) }) },
    {
      weight: 1,
      arbitrary: act("retention", {
        last: fc.integer({ min: 1, max: 4 }),
        daily: fc.integer({ min: 0, max: 3 }),
      }),
    },
    {
      weight: 1,
      arbitrary: act("weekly", { fate: fc.constantFrom("declare", "forget", "delete") }),
    },
    { weight: 1, arbitrary: act("rename", {}) },
    { weight: 1, arbitrary: act("take", {}) },
    {
      weight: 2,
      arbitrary: act("restore", { collection, into: fc.constantFrom("new", "replace", "alias") }),
    },
    { weight: 1, arbitrary: act("lose-state", { adopts: fc.boolean() }) },
    { weight: 1, arbitrary: act("pin", {}) },
    { weight: 5, arbitrary: act("apply", { acknowledges: fc.boolean() }) },
    {
      weight: 4,
      arbitrary: act("broken-apply", {
        how: fc.constantFrom("death", "error", "cancel"),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    {
      weight: 2,
      arbitrary: act("faulty-apply", {
        method: fc.constantFrom("createNative", "capture", "readNative", "restore", "deleteNative"),
        how: fc.constantFrom("before", "after", "hang"),
      }),
    },
  ),
  { minLength: 4, maxLength: 16 },
);

function act<K extends Act["kind"]>(
  kind: K,
  fields: { [F in Exclude<keyof Extract<Act, { kind: K }>, "kind">]: fc.Arbitrary<unknown> },
): fc.Arbitrary<Act> {
  return fc.record({ kind: fc.constant(kind), ...fields }) as unknown as fc.Arbitrary<Act>;
}
