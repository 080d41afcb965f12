import { describe, expect, it } from "vitest";
import { retain } from "../../../src/policy/retention.ts";
import type { RetentionRules } from "../../../src/policy/retention.ts";

/** Keeps snapshots that are named by their instants. */
function kept(instants: readonly string[], rules: RetentionRules, timezone = "UTC"): string[] {
  const snapshots = instants.map((at) => ({ id: at, createdAt: at }));
  return retain({ snapshots, rules, timezone }).kept.map(({ id }) => id);
}

function reasons(
  instants: readonly string[],
  rules: RetentionRules,
  extra: { timezone?: string; now?: string } = {},
): Record<string, readonly string[]> {
  const snapshots = instants.map((at) => ({ id: at, createdAt: at }));
  const { kept: list } = retain({ snapshots, rules, timezone: "UTC", ...extra });
  return Object.fromEntries(list.map(({ id, reasons: why }) => [id, why]));
}

describe("restic's documented example", () => {
  const day = (date: string, time = "11:00"): string => `2025-${date}T${time}:00Z`;
  const snapshots = [
    ...["04-21", "04-22", "04-23", "04-24", "04-25"].map((date) => day(date)),
    day("04-25", "23:00"),
    day("04-28"),
    day("04-29"),
    day("05-01"),
    day("05-02"),
    day("05-02", "23:00"),
  ];
  const newest = day("05-02", "23:00");

  it("keeps five days with daily 5", () => {
    expect(kept(snapshots, { daily: 5 })).toEqual([
      newest,
      day("05-01"),
      day("04-29"),
      day("04-28"),
      day("04-25", "23:00"),
    ]);
  });

  it("keeps four days with withinDaily 7d, because exactly 7 days old is not within", () => {
    const expected = [newest, day("05-01"), day("04-29"), day("04-28")];
    expect(kept(snapshots, { withinDaily: "7d" })).toEqual(expected);
  });

  it("keeps every snapshot of seven days with within 7d", () => {
    const expected = [newest, day("05-02"), day("05-01"), day("04-29"), day("04-28")];
    expect(kept(snapshots, { within: "7d" })).toEqual(expected);
  });

  it("keeps one of each of the nine days with daily 100", () => {
    const list = kept(snapshots, { daily: 100 });
    expect(list).toHaveLength(9);
    expect(new Set(list.map((at) => at.slice(0, 10))).size).toBe(9);
    expect(list).not.toContain(day("05-02"));
    expect(list).not.toContain(day("04-25"));
  });

  it("keeps the oldest with weekly 5, which still has room", () => {
    expect(reasons(snapshots, { weekly: 5 })).toEqual({
      [newest]: ["weekly"],
      [day("04-25", "23:00")]: ["weekly"],
      [day("04-21")]: ["oldest weekly"],
    });
  });
});

describe("a year of nightly snapshots", () => {
  const dayMs = 86_400_000;
  const firstMs = Date.UTC(2026, 0, 1, 3);
  const nightly = Array.from({ length: 325 }, (_, index) =>
    new Date(firstMs + index * dayMs).toISOString(),
  );
  const dates = (list: readonly string[]): string[] => list.map((at) => at.slice(5, 10));

  it("ends on 21 November", () => {
    expect(dates(nightly).at(-1)).toBe("11-21");
  });

  it("keeps 14 with daily 7, weekly 4 and monthly 6", () => {
    expect(dates(kept(nightly, { daily: 7, weekly: 4, monthly: 6 })).reverse()).toEqual([
      "06-30",
      "07-31",
      "08-31",
      "09-30",
      "10-31",
      "11-01",
      "11-08",
      "11-15",
      "11-16",
      "11-17",
      "11-18",
      "11-19",
      "11-20",
      "11-21",
    ]);
  });

  it("keeps seven days over an outage with daily 7, and one with withinDaily 7d", () => {
    const outage = nightly.filter((at) => at < "2026-10-25" || at >= "2026-11-21");
    expect(dates(kept(outage, { daily: 7 })).reverse()).toEqual([
      "10-19",
      "10-20",
      "10-21",
      "10-22",
      "10-23",
      "10-24",
      "11-21",
    ]);
    expect(dates(kept(outage, { withinDaily: "7d" }))).toEqual(["11-21"]);
  });
});

describe("buckets", () => {
  const mixed = [
    "2026-03-01T23:30:00-05:00",
    "2026-03-02T01:00:00Z",
    "2026-03-02T06:00:00Z",
    "2026-03-02T08:00:00+09:00",
    "2026-03-01T22:00:00Z",
  ];

  it("are cut in one zone, whatever offset a snapshot was recorded with", () => {
    expect(kept(mixed, { daily: 2 }, "UTC")).toEqual([
      "2026-03-02T06:00:00Z",
      "2026-03-02T08:00:00+09:00",
    ]);
    expect(kept(mixed, { daily: 2 }, "America/New_York")).toEqual([
      "2026-03-02T06:00:00Z",
      "2026-03-01T23:30:00-05:00",
    ]);
  });

  it("with room left take the oldest as well, so that the same five give three", () => {
    expect(reasons(mixed, { daily: 10 })).toEqual({
      "2026-03-02T06:00:00Z": ["daily"],
      "2026-03-02T08:00:00+09:00": ["daily"],
      "2026-03-01T22:00:00Z": ["oldest daily"],
    });
  });

  it("of hours are hours of the wall clock, also where an offset has minutes", () => {
    const instants = ["2026-01-01T00:10:00Z", "2026-01-01T00:20:00Z", "2026-01-01T01:10:00Z"];
    const [first, second, third] = instants;
    expect(kept(instants, { hourly: 2 }, "UTC")).toEqual([third, second]);
    expect(kept(instants, { hourly: 2 }, "Asia/Kathmandu")).toEqual([third, first]);
  });

  it("of weeks are ISO weeks over the turn of a year", () => {
    const instants = ["2024-12-30T12:00:00Z", "2025-01-02T12:00:00Z", "2025-01-05T12:00:00Z"];
    expect(kept([...instants, "2024-12-29T12:00:00Z"], { weekly: 2 })).toEqual([
      "2025-01-05T12:00:00Z",
      "2024-12-29T12:00:00Z",
    ]);
  });

  it("of days skip the day that Apia skipped", () => {
    const instants = ["2011-12-30T09:00:00Z", "2011-12-30T11:00:00Z"];
    expect(kept(instants, { daily: 1 }, "Pacific/Apia")).toEqual(["2011-12-30T11:00:00Z"]);
    expect(kept(instants, { daily: 2 }, "Pacific/Apia")).toHaveLength(2);
  });

  it("work before 1970, where day numbers are negative", () => {
    const instants = ["1969-12-31T23:00:00Z", "1969-12-31T22:00:00Z", "1969-12-30T22:00:00Z"];
    expect(kept(instants, { daily: 2 })).toEqual([instants[0], instants[2]]);
    expect(kept(instants.slice(0, 1), { daily: 2 })).toEqual([instants[0]]);
  });
});

describe("equal instants", () => {
  it("stay in the order of the input, and the first takes the slot", () => {
    const createdAt = new Date("2015-10-22T10:20:30Z");
    const snapshots = ["b", "a", "c"].map((id) => ({ id, createdAt }));
    const result = retain({ snapshots, rules: { last: 1, daily: 1 }, timezone: "UTC" });
    expect(result.kept).toEqual([{ id: "b", reasons: ["last", "daily"] }]);
    expect(result.expired).toEqual([{ id: "a" }, { id: "c" }]);
  });
});

describe("reasons", () => {
  const instants = ["2026-11-21T03:00:00Z", "2026-11-20T03:00:00Z", "2026-11-20T02:00:00Z"];

  it("name every rule that keeps a snapshot, in the order of the rules", () => {
    const rules: RetentionRules = {
      withinYearly: "1y",
      withinMonthly: "1y",
      withinWeekly: "1y",
      withinDaily: "1y2m3d4h",
      withinHourly: "1d",
      within: "14d",
      yearly: "all",
      monthly: 1,
      weekly: 1,
      daily: 1,
      hourly: 1,
      last: 1,
    };
    expect(reasons(instants, rules)).toEqual({
      "2026-11-21T03:00:00Z": [
        "last",
        "hourly",
        "daily",
        "weekly",
        "monthly",
        "yearly",
        "within 14d",
        "hourly within 1d",
        "daily within 1y2m3d4h",
        "weekly within 1y",
        "monthly within 1y",
        "yearly within 1y",
      ],
      "2026-11-20T03:00:00Z": ["within 14d", "daily within 1y2m3d4h"],
      "2026-11-20T02:00:00Z": [
        "oldest yearly",
        "within 14d",
        "oldest daily within 1y2m3d4h",
        "oldest weekly within 1y",
        "oldest monthly within 1y",
        "oldest yearly within 1y",
      ],
    });
  });

  it("never call the oldest snapshot the oldest last", () => {
    expect(reasons(instants, { last: "all" })["2026-11-20T02:00:00Z"]).toEqual(["last"]);
  });

  it("do not name a rule whose range ends before the oldest", () => {
    expect(reasons(instants, { withinYearly: "1d1h" })["2026-11-20T02:00:00Z"]).toBeUndefined();
    expect(reasons(instants, { withinYearly: "1d2h" })["2026-11-20T02:00:00Z"]).toEqual([
      "oldest yearly within 1d2h",
    ]);
  });
});

describe("a duration rule", () => {
  it("rolls a day that does not exist forward", () => {
    const instants = ["2026-03-31T12:00:00Z", "2026-03-03T12:00:00Z", "2026-03-03T12:00:01Z"];
    expect(kept(instants, { within: "1m" })).toEqual([instants[0], instants[2]]);
  });

  it("counts days on the calendar of the zone", () => {
    const instants = ["2026-03-29T10:00:00Z", "2026-03-28T10:30:00Z"];
    expect(kept(instants, { within: "1d" }, "UTC")).toHaveLength(2);
    expect(kept(instants, { within: "1d" }, "Europe/Berlin")).toHaveLength(1);
  });
});

describe("snapshots dated in the future", () => {
  const now = "2026-11-21T12:00:00Z";
  const future = "2027-05-01T00:00:00Z";

  it("are kept, take no slot and do not say what is latest", () => {
    const instants = [future, "2026-11-20T12:00:00Z", "2026-11-19T12:00:00Z"];
    expect(reasons(instants, { last: 1, within: "1d" }, { now })).toEqual({
      [future]: ["dated in the future"],
      "2026-11-20T12:00:00Z": ["last", "within 1d"],
    });
  });

  it("count as present when they are at most five minutes ahead, but still not as latest", () => {
    const instants = ["2026-11-21T12:05:00.001Z", "2026-11-21T12:05:00Z", "2026-11-20T12:00:00Z"];
    expect(reasons(instants, { last: 1, within: "1h" }, { now })).toEqual({
      "2026-11-21T12:05:00.001Z": ["dated in the future"],
      "2026-11-21T12:05:00Z": ["last", "within 1h"],
      "2026-11-20T12:00:00Z": ["within 1h"],
    });
  });

  it("are ordinary when now is not given", () => {
    expect(reasons([future, now], { last: 1 })).toEqual({ [future]: ["last"] });
  });

  it("are all kept when there is nothing else", () => {
    expect(reasons([future], { within: "1d" }, { now })).toEqual({
      [future]: ["dated in the future"],
    });
  });

  it("leave within rules to keep everything when no snapshot is in the past", () => {
    expect(reasons(["2026-11-21T12:01:00Z"], { within: "1h" }, { now })).toEqual({
      "2026-11-21T12:01:00Z": ["within 1h"],
    });
  });
});

describe("the result", () => {
  it("is empty for no snapshots", () => {
    const result = retain({ snapshots: [], rules: { daily: 1, within: "1d" }, timezone: "UTC" });
    expect(result).toEqual({ kept: [], expired: [] });
  });

  it("lists both parts newest first, and is frozen", () => {
    const snapshots = ["2026-01-02", "2026-01-04", "2026-01-01", "2026-01-03"].map((day) => ({
      id: day,
      createdAt: new Date(day),
    }));
    const result = retain({ snapshots, rules: { last: 2 }, timezone: "UTC" });
    expect(result.kept.map(({ id }) => id)).toEqual(["2026-01-04", "2026-01-03"]);
    expect(result.expired.map(({ id }) => id)).toEqual(["2026-01-02", "2026-01-01"]);
    for (const value of [result, result.kept, result.kept[0], result.kept[0]?.reasons]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
  });
});

describe("invalid input", () => {
  const request = { snapshots: [], rules: { daily: 1 }, timezone: "UTC" };

  it("is refused with the name of the rule", () => {
    expect(() => retain({ ...request, rules: { daily: 0 } })).toThrow(RangeError);
    expect(() => retain({ ...request, rules: { daily: 0 } })).toThrow(/retention\.daily: .*got 0/);
    expect(() => retain({ ...request, rules: { withinDaily: "1w" } })).toThrow(/withinDaily.*"1w"/);
  });

  it("is refused when there is no rule at all", () => {
    expect(() => retain({ ...request, rules: {} })).toThrow(/at least one rule/);
  });

  it("is refused when the zone is unknown, even without snapshots", () => {
    expect(() => retain({ ...request, timezone: "Mars/Olympus" })).toThrow(/timezone.*Mars/);
  });

  it("is refused when a time cannot be read, with the snapshot's id", () => {
    const broken = (createdAt: Date | string) => () =>
      retain({ ...request, snapshots: [{ id: "s1", createdAt }] });
    expect(broken("2026-02-30T00:00:00Z")).toThrow(/"s1".*2026-02-30/);
    expect(broken("2026-01-01")).toThrow(RangeError);
    expect(broken(new Date(NaN))).toThrow(/"s1".*not a valid Date/);
    expect(() => retain({ ...request, now: "noon" })).toThrow(/now.*"noon"/);
  });

  it("is refused when an id is given twice, because one could be kept and the other not", () => {
    const snapshots = ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"].map((createdAt) => ({
      id: "same",
      createdAt,
    }));
    expect(() => retain({ ...request, snapshots })).toThrow(/"same" is given twice/);
  });
});
