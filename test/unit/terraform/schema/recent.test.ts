import { describe, expect, test } from "vitest";
import { checkResource, resolveResource } from "../../../../src/terraform/schema/convert.ts";
import { openRecent } from "../../../../src/terraform/schema/recent.ts";
import { UNKNOWN, type TerraformObject } from "../../../../src/terraform/schema/schema.ts";
import { around, baseEnv, baseProvider, comparable, leanPolicy } from "./samples.ts";

const surroundings = { ...around, env: baseEnv };

function resolved(
  change: TerraformObject,
  provider: TerraformObject = baseProvider,
): ReturnType<typeof resolveResource> {
  const value = { ...leanPolicy, ...change };
  return resolveResource("snapform_backup_policy", value, provider, surroundings);
}

describe("what was worked out lately", () => {
  test("is not worked out again", () => {
    const recent = openRecent<object>();
    const made = recent.of("a", () => ({}));
    expect(recent.of("a", () => ({}))).toBe(made);
  });

  test("is forgotten after as many others as Terraform has in hand at once", () => {
    const recent = openRecent<number>();
    const keep = (key: number): number => recent.of(String(key), () => key);
    keep(0);
    for (let key = 1; key < 64; key += 1) keep(key);
    expect(recent.of("0", () => -1)).toBe(0);
    keep(64);
    expect(recent.of("1", () => -1)).toBe(-1);
    expect(recent.of("0", () => -1)).toBe(0);
  });

  test("is not kept where it is large", () => {
    const recent = openRecent<number>();
    const [large, half] = ["l".repeat(200_001), "h".repeat(150_000)];
    recent.of(large, () => 1);
    expect(recent.of(large, () => 2)).toBe(2);
    recent.of(half, () => 1);
    recent.of("h".repeat(100_000), () => 1);
    expect(recent.of(half, () => 2)).toBe(2);
  });
});

describe("a resource that is asked for again", () => {
  test("is resolved once, whatever has come of it meanwhile", () => {
    const before = resolved({ status: "ok", next_run: "2026-01-01T00:00:00Z" });
    expect(before.desired).not.toBeNull();
    expect(resolved({ status: "due", next_run: UNKNOWN })).toBe(before);
  });

  test.each<[string, TerraformObject, TerraformObject]>([
    ["another value", { keep_on_cluster: 1 }, { keep_on_cluster: 2 }],
    ["null and unknown", { description: null }, { description: UNKNOWN }],
    ["unknown and a text", { description: UNKNOWN }, { description: "not known" }],
    ["another name", { name: "one" }, { name: "two" }],
  ])("is resolved anew for %s", (_, one, other) => {
    expect(resolved(one)).not.toBe(resolved(other));
  });

  test("is resolved anew for another provider or in other surroundings", () => {
    const moved = { ...baseProvider, project: "another" };
    expect(resolved({}, moved).desired?.project).toBe("another");
    expect(resolved({}).desired?.project).toBe("search-backups");
    const bare = resolveResource("snapform_backup_policy", leanPolicy, baseProvider, around);
    expect(bare.desired?.fingerprint).not.toBe(resolved({}).desired?.fingerprint);
  });
});

test("policies that differ in a name are told apart where one of them is wrong", () => {
  const found = (name: string): readonly string[] =>
    checkResource("snapform_backup_policy", { ...leanPolicy, name, keep_on_cluster: -1 }).map(
      ({ path }) => path.join("."),
    );
  expect(found("one")).toEqual(["keep_on_cluster"]);
  expect(found("two")).toEqual(["keep_on_cluster"]);
  const right = checkResource("snapform_backup_policy", { ...leanPolicy, name: "three" });
  expect(right).toEqual([]);
  const wrong = checkResource("snapform_backup_policy", { ...leanPolicy, name: "no name" });
  expect(wrong).toHaveLength(1);
});

describe("policies that are alike", () => {
  const names = ["one", "two", "odd name", "three"];

  test("come to the same as each does alone", () => {
    const changes: readonly TerraformObject[] = [
      {},
      { collections: ["a", "b"] },
      { collections: ["a*", "!ab"] },
      { cluster: "nowhere" },
      { keep_on_cluster: 3, retention: { last: "2", within: "30d" } },
      { schedule: { cron: "0 2 1 * 1" } },
      { former_names: ["old"] },
      { description: UNKNOWN },
    ];
    for (const change of changes) {
      for (const name of names) {
        const alone = resolved({ ...change, name }, { ...baseProvider });
        const found = resolved({ ...change, name });
        expect(found.mistakes).toEqual(alone.mistakes);
        expect(found.statePath).toBe(alone.statePath);
        expect(found.desired && comparable(found.desired)).toEqual(
          alone.desired && comparable(alone.desired),
        );
      }
    }
  });
});
