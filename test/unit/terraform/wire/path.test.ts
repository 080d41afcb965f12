import { describe, expect, it } from "vitest";
import { encodePath, formatPath, type Path } from "../../../../src/terraform/wire/path.ts";
import { objectType, type Block } from "../../../../src/terraform/wire/schema.ts";

const block: Block = {
  attributes: {
    name: { type: "string" },
    tags: { type: ["map", "string"] },
    list: { type: ["list", ["object", { a: "string" }]] },
    set: { type: ["set", "string"] },
    nested: { nested: { mode: "map", attributes: { level: { type: "number" } } } },
  },
  blocks: { rule: { mode: "list", attributes: { action: { type: "string" } } } },
};

const spell = (path: Path, toPlace = false): unknown[] =>
  encodePath(block, path, toPlace).steps.flatMap((step) => Object.values(step));

describe("paths", () => {
  it("tell names, keys and indexes apart by the schema", () => {
    expect(encodePath(block, ["tags", "a"]).steps).toEqual([
      { attributeName: "tags" },
      { elementKeyString: "a" },
    ]);
    expect(encodePath(block, ["rule", 1, "action"]).steps).toEqual([
      { attributeName: "rule" },
      { elementKeyInt: 1 },
      { attributeName: "action" },
    ]);
    expect(encodePath(block, ["list", 0, "a"]).steps.at(-1)).toEqual({ attributeName: "a" });
    expect(spell(["nested", "k", "level"])).toEqual(["nested", "k", "level"]);
  });

  it("end where the schema does, before elements of sets, and for a place at nested attributes", () => {
    expect(spell(["name", "x"])).toEqual(["name"]);
    expect(spell(["absent", "x"])).toEqual([]);
    expect(spell(["set", 0])).toEqual(["set"]);
    expect(spell(["nested", "k", "level"], true)).toEqual(["nested"]);
    expect(spell(["__proto__"])).toEqual([]);
  });

  it("are readable", () => {
    expect(formatPath(["rule", 1, "action"])).toBe("rule[1].action");
    expect(formatPath([])).toBe("");
  });
});

describe("the type of a schema", () => {
  it("has all attributes and blocks", () => {
    expect(objectType(block)).toEqual([
      "object",
      {
        name: "string",
        tags: ["map", "string"],
        list: ["list", ["object", { a: "string" }]],
        set: ["set", "string"],
        nested: ["map", ["object", { level: "number" }]],
        rule: ["list", ["object", { action: "string" }]],
      },
    ]);
  });
});
