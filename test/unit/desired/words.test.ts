import { describe, expect, test } from "vitest";
import { ENGINE_FIELDS, ENGINE_NAMES } from "../../../src/desired/engine-fields.ts";
import { cycleFrom, followMoves } from "../../../src/desired/moves.ts";
import { formatRestorePoint, parseRestorePoint } from "../../../src/desired/restore-point.ts";
import { ENGINE_CREATES } from "../../../src/snapshot/capabilities.ts";

describe("a point in time", () => {
  test.each([
    ["latest", "latest"],
    ["2026-11-01T02:00:00+02:00", "2026-11-01T00:00:00.000Z"],
    ["20261101T020000Z-3f9c1a2b", "20261101T020000Z-3f9c1a2b"],
  ])("is read and written: %s", (text, expected) => {
    const point = parseRestorePoint(text);
    expect(point && formatRestorePoint(point)).toBe(expected);
  });

  test.each(["", "Latest", "2026-11-01", "2026-02-30T00:00:00Z", "20261101T020000Z"])(
    "is refused: %s",
    (text) => {
      expect(parseRestorePoint(text)).toBeNull();
    },
  );
});

describe("moves", () => {
  test("are followed to their end, and circles do not trap", () => {
    const moves = [
      { from: "policy.b", to: "policy.c" },
      { from: "policy.a", to: "policy.b" },
      { from: "policy.x", to: "policy.x" },
    ];
    expect(followMoves(moves)).toEqual([
      { from: "policy.a", to: "policy.c" },
      { from: "policy.b", to: "policy.c" },
      { from: "policy.x", to: "policy.x" },
    ]);
    expect(cycleFrom("policy.x", moves)).toEqual(["policy.x", "policy.x"]);
    expect(cycleFrom("policy.a", moves)).toEqual([]);
  });
});

describe("the table of engines", () => {
  test("names the engines that are known elsewhere, and hides the one for tests", () => {
    expect(Object.keys(ENGINE_FIELDS).sort()).toEqual(Object.keys(ENGINE_CREATES).sort());
    expect(ENGINE_NAMES).toEqual(["lancedb", "milvus", "qdrant", "zilliz"]);
  });
});
