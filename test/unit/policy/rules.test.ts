import { describe, expect, it } from "vitest";
import { validateRules } from "../../../src/policy/rules.ts";
import type { RetentionRules } from "../../../src/policy/rules.ts";

const problems = (rules: unknown): [string, string][] =>
  validateRules(rules as RetentionRules).map(({ path, message }) => [path, message]);

describe("validateRules", () => {
  it("finds nothing wrong with counts, all and durations", () => {
    expect(problems({ last: 1, daily: "all", within: "14d", withinMonthly: "1y6m" })).toEqual([]);
  });

  it("collects every problem in the order of the rules", () => {
    const rules = { within: "2w", yearly: -1, daily: 1.5, last: 0, hourly: 3 };
    expect(problems(rules).map(([path]) => path)).toEqual(["last", "daily", "yearly", "within"]);
  });

  it.each([0, -1, 1.5, NaN, Infinity, 2 ** 53, "7", "ALL", null, true, {}])(
    "refuses the count %j",
    (daily) => {
      expect(problems({ daily })).toEqual([
        ["daily", expect.stringMatching(/^expected a whole number of at least 1, or "all", got /)],
      ]);
    },
  );

  it.each(["", "0d", "1w", "7", "all", "-1d"])("refuses the duration %j", (within) => {
    expect(problems({ within })).toEqual([["within", expect.stringMatching(/invalid duration/)]]);
  });

  it.each([7, null, ["1d"]])("refuses %j where a duration is expected", (within) => {
    expect(problems({ within })).toEqual([["within", expect.stringMatching(/such as "14d"/)]]);
  });

  it("refuses no rule at all", () => {
    expect(problems({})).toEqual([["", expect.stringMatching(/expected at least one rule/)]]);
    expect(problems({ daily: undefined })).toHaveLength(1);
  });

  it("refuses a rule that it does not know", () => {
    expect(problems({ dayly: 3 })).toEqual([["dayly", expect.stringMatching(/unknown rule/)]]);
    expect(problems({ toString: 3 })).toHaveLength(1);
  });
});
