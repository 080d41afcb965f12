import { describe, expect, test } from "vitest";
import { coveringParts, coversAll, type PartLayout } from "../../../src/snapshot/layout.ts";

function chosen(shardCount: number, parts: Readonly<Record<string, readonly number[]>>): string[] {
  const list: PartLayout[] = Object.entries(parts).map(([name, shards]) => ({ name, shards }));
  const rest = { sharding: "auto", shardKeys: [], replicationFactor: 1, schemaHash: "h" } as const;
  const layout = { ...rest, shardCount, versions: ["1.18.0"], parts: list };
  return coveringParts(layout).map(({ name }) => name);
}

describe("parts that hold every shard", () => {
  test("are all of them where each shard is in one part only", () => {
    expect(chosen(3, { a: [0], b: [1], c: [2] })).toEqual(["a", "b", "c"]);
  });

  test("are as few as possible where shards are in several", () => {
    expect(chosen(3, { a: [0, 1], b: [1, 2], c: [2, 0] })).toEqual(["a", "b"]);
    expect(chosen(3, { a: [0], b: [0, 1, 2], c: [2] })).toEqual(["b"]);
  });

  test("are all parts where even together they do not hold all", () => {
    expect(chosen(3, { a: [0], b: [0] })).toEqual(["a", "b"]);
  });

  test("are told apart from parts that leave one out", () => {
    const part = (name: string, ...shards: number[]): PartLayout => ({ name, shards });
    expect(coversAll({ shardCount: 2 }, [part("a", 0), part("b", 0)])).toBe(false);
    expect(coversAll({ shardCount: 2 }, [part("a", 0), part("b", 1)])).toBe(true);
  });
});
