import { describe, expect, it } from "vitest";
import { HAZARDS, hazardLevel, type Hazard } from "../../../src/plan/hazard.ts";
import { planConfig } from "../../../src/plan/plan-config.ts";
import { formatPlanFile, parsePlanFile } from "../../../src/plan/plan-file.ts";
import * as build from "./build.ts";

const desired = build.desire({ policies: [build.policy()] });
const plan = planConfig(desired, build.world(), build.ledger(), build.NOW);
const text = formatPlanFile(plan);

function codeOf(file: string): string {
  try {
    parsePlanFile(file, "tonight.plan");
    return "fine";
  } catch (error) {
    expect((error as Error).message).toMatch(/^tonight\.plan /);
    return (error as { code: string }).code;
  }
}

describe("a plan file", () => {
  it("gives back the plan that was saved", () => {
    expect(parsePlanFile(text, "tonight.plan")).toEqual(plan);
  });

  it("does not depend on how its text is laid out", () => {
    expect(codeOf(JSON.stringify(JSON.parse(text)))).toBe("fine");
  });

  it("is refused when anything in it was changed", () => {
    expect(codeOf(text.replace("first snapshot", "last snapshot"))).toBe("corrupt");
    expect(codeOf(text.replace(/"digest": "./, '"digest": "_'))).toBe("corrupt");
  });

  it("is refused when it was written by a newer or an older snapform", () => {
    expect(codeOf(text.replace('"formatVersion": 1', '"formatVersion": 2'))).toBe("corrupt");
    expect(codeOf(text.replace('"formatVersion": 1', '"formatVersion": 0'))).toBe("stale-plan");
  });

  it.each(["", "{", "null", "[]", "3", '"plan"', '{"plan":null,"digest":""}', '{"a":1}'])(
    "is refused when it holds %s",
    (file) => {
      expect(codeOf(file)).toBe("corrupt");
    },
  );

  it("is not made of a plan for another instant", () => {
    const other = { ...plan, applicable: false };
    expect(() => formatPlanFile(other)).toThrow("cannot be saved");
  });
});

describe("hazards", () => {
  it("have one level and a sentence each", () => {
    for (const hazard of Object.keys(HAZARDS) as Hazard[]) {
      expect(["warn", "confirm", "acknowledge", "wait"]).toContain(hazardLevel(hazard));
      expect(HAZARDS[hazard].meaning).toMatch(/^[A-Z].*\.$/);
    }
  });
});
