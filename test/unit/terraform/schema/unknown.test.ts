import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasUnknown } from "../../../../src/terraform/schema/canonical-value.ts";
import {
  checkResource,
  resolveProvider,
  resolveResource,
} from "../../../../src/terraform/schema/convert.ts";
import type { ResourceTypeName } from "../../../../src/terraform/schema/resource-config.ts";
import {
  UNKNOWN,
  type TerraformObject,
  type TerraformValue,
} from "../../../../src/terraform/schema/schema.ts";
import { around, baseEnv, baseProvider, leanPolicy, leanRestore, told } from "./samples.ts";

const surroundings = { ...around, env: baseEnv };

/** The value with what lies at one of its places unknown. */
function withUnknown(value: TerraformValue, choose: (count: number) => number): TerraformValue {
  const paths = pathsOf(value, []);
  return replaced(value, paths[choose(paths.length)] ?? []);
}

function pathsOf(value: TerraformValue, path: readonly string[]): (readonly string[])[] {
  const below =
    typeof value === "object" && value !== null
      ? Object.entries(value as TerraformObject).flatMap(([key, each]) => {
          return pathsOf(each, [...path, key]);
        })
      : [];
  return path.length === 0 ? below : [path, ...below];
}

function replaced(value: TerraformValue, [step, ...rest]: readonly string[]): TerraformValue {
  if (step === undefined) return UNKNOWN;
  if (Array.isArray(value)) {
    return value.map((each: TerraformValue, index) =>
      String(index) === step ? replaced(each, rest) : each,
    );
  }
  const object = value as TerraformObject;
  return { ...object, [step]: replaced(object[step] ?? null, rest) };
}

const policy = {
  ...leanPolicy,
  retention: { last: "3", within_daily: "14d", min_keep: 2 },
  repository: "vault",
  former_names: ["weekly", "daily", "hourly"],
  timeouts: { create: "10m" },
};
const restore = {
  ...leanRestore,
  to: { cluster: "local", collection: "c", if_exists: "alias", alias: "docs" },
  refresh: "follow",
};
const snapshot = { name: "s", cluster: "prod", collection: "docs", repository: "vault" };
const samples: readonly (readonly [ResourceTypeName, TerraformObject])[] = [
  ["snapform_backup_policy", policy],
  ["snapform_restore", restore],
  ["snapform_snapshot", snapshot],
];

describe("what is not known yet", () => {
  const seed = Number(process.env["SEED"] ?? 20261121);

  test.each(samples)(
    `makes no mistake of %s, wherever it stands (seed ${seed})`,
    (type, sample) => {
      fc.assert(
        fc.property(fc.nat(), fc.nat(), fc.boolean(), (first, second, twice) => {
          const once = withUnknown(sample, (count) => first % count);
          const value = (twice ? withUnknown(once, (n) => second % n) : once) as TerraformObject;
          expect(hasUnknown(value)).toBe(true);
          expect(told(checkResource(type, value))).toEqual([]);
          expect(told(resolveResource(type, value, baseProvider, surroundings).mistakes)).toEqual(
            [],
          );
        }),
        { seed, numRuns: 200 },
      );
    },
  );

  test(`makes no mistake of the provider, and nothing is resolved (seed ${seed})`, () => {
    fc.assert(
      fc.property(fc.nat(), (choice) => {
        const provider = withUnknown(baseProvider, (n) => choice % n) as TerraformObject;
        const { desired, mistakes } = resolveProvider(provider, surroundings);
        expect(told(mistakes)).toEqual([]);
        const { desired: inner, mistakes: more } = resolveResource(
          "snapform_backup_policy",
          leanPolicy,
          provider,
          surroundings,
        );
        expect(told(more)).toEqual([]);
        // The defaults count for what says nothing itself only.
        const isSilent = provider["defaults"] === UNKNOWN;
        expect([desired === null, inner]).toEqual([!isSilent, null]);
      }),
      { seed, numRuns: 200 },
    );
  });

  test("resolves nothing while the name is not known", () => {
    const value: TerraformObject = { ...leanPolicy, name: UNKNOWN };
    const found = resolveResource("snapform_backup_policy", value, baseProvider, surroundings);
    expect(found).toEqual({ desired: null, statePath: null, mistakes: expect.any(Array) });
  });

  test("may yet turn out to be nothing, so it excludes nothing", () => {
    const from: TerraformObject = {
      policy: UNKNOWN,
      repository: "vault",
      cluster: "prod",
      collection: "docs",
    };
    expect(checkResource("snapform_restore", { ...leanRestore, from })).toEqual([]);
    const clusters: TerraformObject = {
      q: { engine: "qdrant", nodes: [{ url: "http://q:1" }], uri: UNKNOWN },
    };
    const { mistakes } = resolveProvider({ ...baseProvider, clusters }, surroundings);
    expect(told(mistakes)).toEqual([]);
  });

  test("does not hide a mistake beside it", () => {
    const from: TerraformObject = {
      policy: UNKNOWN,
      cluster: "prod",
      collection: "docs",
      at: "yesterday",
    };
    expect(told(checkResource("snapform_restore", { ...leanRestore, from }))).toEqual([
      expect.stringMatching(/^from\.at invalid-point: /),
    ]);
    const schedule = { cron: "61 * * * *" };
    const value: TerraformObject = { ...leanPolicy, cluster: UNKNOWN, schedule };
    expect(told(checkResource("snapform_backup_policy", value))).toEqual([
      expect.stringMatching(/^schedule\.cron invalid-cron: /),
    ]);
  });
});
