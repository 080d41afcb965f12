import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { fixture, load, shown } from "./load.ts";

const env = { QDRANT_API_KEY: "s3cret-from-env" };
const complete = fixture("complete.yaml");
const words = complete.match(/[\w-]+|[^\w\s]/g) ?? [];

/** A mistake: some characters of the text replaced by a word, a sign or nothing. */
const edits = fc.array(
  fc.record({
    at: fc.nat(complete.length),
    length: fc.nat(12),
    by: fc.oneof(
      fc.constantFrom(...words, "", "\n", "  ", "*", "&a ", "!x ", "<<: ", "${env:X}", "\t"),
      fc.string({ maxLength: 4 }),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

describe("loading, whatever the text", () => {
  test("returns either what is desired or where the mistakes are, and shows no secret", () => {
    fc.assert(
      fc.property(edits, (changes) => {
        let text = complete;
        for (const { at, length, by } of changes) {
          text = text.slice(0, at) + by + text.slice(at + length);
        }
        const loaded = load(text, env);
        const errors = loaded.diagnostics.filter(({ severity }) => severity === "error");
        expect(loaded.desired === null).toBe(errors.length > 0);
        expect(errors.every(({ range }) => range !== undefined)).toBe(true);
        expect(shown(loaded)).not.toContain(env.QDRANT_API_KEY);
      }),
      { numRuns: 400 },
    );
  });

  test("does not fail on any value in any place", () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    const keys = [
      "clusters",
      "repositories",
      "policies",
      "snapshots",
      "restores",
      "moved",
      "removed",
    ];
    const anything = fc.dictionary(fc.constantFrom(...keys, "state", "project"), value);
    fc.assert(
      fc.property(anything, (content) => {
        const { diagnostics, desired } = load(stringify({ version: 1, project: "p", ...content }));
        expect(desired === null).toBe(diagnostics.length > 0);
      }),
      { numRuns: 400 },
    );
  });
});
