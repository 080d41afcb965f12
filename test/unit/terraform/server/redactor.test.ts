import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openRedactor, type Redactor } from "../../../../src/terraform/server/redactor.ts";
import { fromPlain } from "../../../../src/terraform/wire/plain.ts";
import { settings } from "../wire/arbitraries.ts";

const schema = {
  attributes: { keys: { type: ["list", "string"], sensitive: true, optional: true } },
} as const;

function knowing(keys: readonly string[]): Redactor {
  const redactor = openRedactor();
  redactor.learn(schema, fromPlain({ keys }));
  return redactor;
}

describe("a redactor", () => {
  it("takes secrets of any length and number out of a text", () => {
    const lengths = [4, 999, 1000, 1001, 30_000, 5_000_000];
    const long = lengths.map((length) => `(${length})`.padEnd(length, ".*$"));
    const many = Array.from({ length: 3000 }, (_, index) => `${index}`.padStart(1000, "[x"));
    const redactor = knowing([...long, ...many]);
    for (const secret of [...long, many[0] ?? "", many[2999] ?? ""]) {
      expect(redactor.redact(`<${secret}>`) === "<(sensitive value)>").toBe(true);
    }
    expect(redactor.redact("nothing of it")).toBe("nothing of it");
  });

  it("takes the whole of a secret that begins like another", () => {
    const redactor = knowing(["sesame", `sesame${"y".repeat(2000)}`, "sesame-7"]);
    expect(redactor.redact(`sesame-7 sesame${"y".repeat(2000)} sesame`)).toBe(
      "(sensitive value) (sensitive value) (sensitive value)",
    );
  });

  it("leaves no secret in any text", () => {
    const secret = fc.string({ unit: "binary", minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(secret, { minLength: 1 }),
        fc.string({ unit: "binary" }),
        (keys, text) => {
          const hidden = keys.filter(
            (key) => key.trim() !== "" && !"(sensitive value)".includes(key),
          );
          const redactor = knowing(keys);
          const said = redactor.redact(hidden.map((key) => `${text}\u0000${key}`).join("\u0001"));
          const rest = said.split("(sensitive value)");
          for (const key of hidden) expect(rest.some((part) => part.includes(key))).toBe(false);
        },
      ),
      settings,
    );
  });
});
