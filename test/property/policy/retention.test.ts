import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retain } from "../../../src/policy/retention.ts";
import type { Retention, RetentionRules } from "../../../src/policy/retention.ts";
import { instants, rules, series, zones } from "./arbitraries.ts";
import { naiveRetain } from "./naive-retention.ts";
import { seed } from "./seed.ts";

const settings = { seed, numRuns: 400 };
const expiredIds = (result: Retention): string[] => result.expired.map(({ id }) => id);
const keptIds = (result: Retention): string[] => result.kept.map(({ id }) => id);
const maybeNow = fc.option(instants, { nil: undefined });

describe("retain", () => {
  it("puts every snapshot into exactly one of kept and expired, newest first", () => {
    fc.assert(
      fc.property(series, rules, zones, maybeNow, (snapshots, wanted, timezone, now) => {
        const request = { snapshots, rules: wanted, timezone };
        const result = retain(now === undefined ? request : { ...request, now });
        const ids = [...keptIds(result), ...expiredIds(result)].sort();
        expect(ids).toEqual(snapshots.map(({ id }) => id).sort());
        for (const { reasons } of result.kept) expect(reasons.length).toBeGreaterThan(0);
        const atMs = new Map(snapshots.map(({ id, createdAt }) => [id, createdAt.getTime()]));
        for (const list of [keptIds(result), expiredIds(result)]) {
          const times = list.map((id) => atMs.get(id) ?? NaN);
          expect(times).toEqual(times.toSorted((a, b) => b - a));
        }
      }),
      settings,
    );
  });

  it("decides as a naive transcript of restic does, reasons included", () => {
    fc.assert(
      fc.property(series, rules, zones, (snapshots, wanted, timezone) => {
        const result = retain({ snapshots, rules: wanted, timezone });
        const reasons = new Map(result.kept.map(({ id, reasons: why }) => [id, [...why]]));
        const naive = naiveRetain(snapshots, wanted, timezone);
        expect(Object.fromEntries(reasons)).toEqual(Object.fromEntries(naive));
      }),
      settings,
    );
  });

  it("keeps everything, for the same reasons, when it is asked again about what it kept", () => {
    fc.assert(
      fc.property(series, rules, zones, (snapshots, wanted, timezone) => {
        const first = retain({ snapshots, rules: wanted, timezone });
        const left = new Set(keptIds(first));
        const remaining = snapshots.filter(({ id }) => left.has(id));
        expect(retain({ snapshots: remaining, rules: wanted, timezone })).toEqual({
          kept: first.kept,
          expired: [],
        });
      }),
      settings,
    );
  });

  it("keeps everything that it kept also with a clock in between", () => {
    fc.assert(
      fc.property(series, rules, zones, instants, (snapshots, wanted, timezone, now) => {
        const first = retain({ snapshots, rules: wanted, timezone, now });
        const left = new Set(keptIds(first));
        const remaining = snapshots.filter(({ id }) => left.has(id));
        const again = retain({ snapshots: remaining, rules: wanted, timezone, now });
        expect(again.expired).toEqual([]);
      }),
      settings,
    );
  });

  it("never expires more when a rule is added or keeps more", () => {
    fc.assert(
      fc.property(series, rules, rules, zones, maybeNow, (snapshots, some, more, zone, now) => {
        const grown = { ...some, ...larger(some, more) };
        const request = { snapshots, timezone: zone, ...(now === undefined ? {} : { now }) };
        const before = new Set(expiredIds(retain({ ...request, rules: some })));
        const after = expiredIds(retain({ ...request, rules: grown }));
        expect(after.filter((id) => !before.has(id))).toEqual([]);
      }),
      settings,
    );
  });

  it("does not depend on the order of snapshots whose instants differ", () => {
    fc.assert(
      fc.property(series, rules, zones, (snapshots, wanted, timezone) => {
        const distinct = [
          ...new Map(snapshots.map((item) => [item.createdAt.getTime(), item])).values(),
        ];
        const request = { rules: wanted, timezone };
        const forwards = retain({ ...request, snapshots: distinct });
        expect(retain({ ...request, snapshots: distinct.toReversed() })).toEqual(forwards);
      }),
      settings,
    );
  });

  it("never expires the newest snapshot", () => {
    fc.assert(
      fc.property(series, rules, zones, maybeNow, (snapshots, wanted, timezone, now) => {
        const request = { snapshots, rules: wanted, timezone };
        const result = retain(now === undefined ? request : { ...request, now });
        const newestMs = Math.max(...snapshots.map(({ createdAt }) => createdAt.getTime()));
        const [first] = result.kept;
        const kept = snapshots.find(({ id }) => id === first?.id);
        if (snapshots.length > 0) expect(kept?.createdAt.getTime()).toBe(newestMs);
      }),
      settings,
    );
  });
});

/** The second rules, each at least as generous as the same one of the first. */
function larger(some: RetentionRules, more: RetentionRules): RetentionRules {
  const entries = Object.entries(more).map(([name, value]) => {
    const before = some[name as keyof RetentionRules];
    if (typeof before === "string" && before !== "all") return [name, longer(before)];
    const counts = [before ?? 1, value].map((count) => (count === "all" ? Infinity : count));
    if (typeof value === "string" && value !== "all") return [name, value];
    const most = Math.max(...counts.map(Number));
    return [name, most === Infinity ? "all" : most];
  });
  return Object.fromEntries(entries) as RetentionRules;
}

/** The same duration with a year more. */
function longer(duration: string): string {
  const years = /^(\d+)y/.exec(duration)?.[1];
  return years === undefined ? `1y${duration}` : duration.replace(/^\d+/, `${Number(years) + 1}`);
}
