import { describe, expect, it } from "vitest";
import { describeDst } from "../../../src/policy/dst.ts";
import { nextRuns, previousRun, validateSchedule } from "../../../src/policy/schedule.ts";
import type { Schedule } from "../../../src/policy/schedule.ts";

function next(cron: string, timezone: string, from: string, count: number): string[] {
  const runs = nextRuns({ cron, timezone }, { from: new Date(from), count });
  return runs.map((run) => run.toISOString().slice(0, 16));
}

function previous(cron: string, timezone: string, before: string): string | undefined {
  return previousRun({ cron, timezone }, { before: new Date(before) })
    ?.toISOString()
    .slice(0, 16);
}

function problems(schedule: Partial<Schedule> & { cron: string }): [string, string][] {
  return validateSchedule({ timezone: "UTC", ...schedule }).map(({ path, message }) => [
    path,
    message,
  ]);
}

describe("over a clock change", () => {
  it.each<[string, string, string, string, string[]]>([
    [
      "a daily time in the gap runs at its end",
      ...(["30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z"] as const),
      ["2026-03-08T07:00", "2026-03-09T06:30"],
    ],
    [
      "a list of hours runs at the end of the gap and later as usual",
      ...(["30 2,14 * * *", "America/New_York", "2026-03-08T00:00:00Z"] as const),
      ["2026-03-08T07:00", "2026-03-08T18:30", "2026-03-09T06:30"],
    ],
    [
      "a half-hourly step goes on through the gap",
      ...(["*/30 * * * *", "America/New_York", "2026-03-08T06:00:00Z"] as const),
      ["2026-03-08T06:30", "2026-03-08T07:00", "2026-03-08T07:30", "2026-03-08T08:00"],
    ],
    [
      "a daily time in the overlap runs once, the first time",
      ...(["30 1 * * *", "America/New_York", "2026-11-01T00:00:00Z"] as const),
      ["2026-11-01T05:30", "2026-11-02T06:30"],
    ],
    [
      "an hourly wildcard runs in both passes of the overlap",
      ...(["0 * * * *", "America/New_York", "2026-11-01T04:30:00Z"] as const),
      ["2026-11-01T05:00", "2026-11-01T06:00", "2026-11-01T07:00"],
    ],
    [
      "midnight in Cairo runs at 01:00 on the day that has none",
      ...(["0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z"] as const),
      ["2026-04-23T22:00", "2026-04-24T21:00"],
    ],
    [
      "a gap of half an hour on Lord Howe ends at 02:30",
      ...(["15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z"] as const),
      ["2026-10-03T15:30", "2026-10-04T15:15"],
    ],
    [
      "an overlap of half an hour on Lord Howe runs the first time",
      ...(["45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z"] as const),
      ["2026-04-04T14:45", "2026-04-05T15:15"],
    ],
  ])("%s", (_title, cron, timezone, from, expected) => {
    expect(next(cron, timezone, from, expected.length)).toEqual(expected);
    const [first, ...later] = expected;
    for (const [index, run] of later.entries()) {
      const earlier = index === 0 ? first : later[index - 1];
      const justBefore = new Date(new Date(`${run}:00Z`).getTime() - 1).toISOString();
      expect(previous(cron, timezone, justBefore)).toBe(earlier);
    }
  });
});

describe("nextRuns", () => {
  it("starts strictly after the instant", () => {
    expect(next("0 2 * * *", "UTC", "2026-01-01T02:00:00Z", 1)).toEqual(["2026-01-02T02:00"]);
    expect(next("0 2 * * *", "UTC", "2026-01-01T01:59:59.999Z", 1)).toEqual(["2026-01-01T02:00"]);
    expect(next("0 2 * * *", "UTC", "2026-01-01T02:00:00.001Z", 1)).toEqual(["2026-01-02T02:00"]);
  });

  it("reads the fields on the wall clock of the zone", () => {
    expect(next("0 2 * * *", "Europe/Berlin", "2026-07-01T12:00:00Z", 1)).toEqual([
      "2026-07-02T00:00",
    ]);
  });

  it("takes either day with dayMatch any and both with all", () => {
    const runs = (dayMatch: "any" | "all"): string[] =>
      nextRuns(
        { cron: "0 4 13 * FRI", timezone: "UTC", dayMatch },
        { from: new Date("2026-02-10T00:00:00Z"), count: 3 },
      ).map((run) => run.toISOString().slice(0, 10));
    expect(runs("any")).toEqual(["2026-02-13", "2026-02-20", "2026-02-27"]);
    expect(runs("all")).toEqual(["2026-02-13", "2026-03-13", "2026-11-13"]);
  });

  it("ignores dayMatch where only one of the days is set", () => {
    for (const dayMatch of ["any", "all"] as const) {
      const schedule = { cron: "0 4 * * 1", timezone: "UTC", dayMatch };
      const [run] = nextRuns(schedule, { from: new Date("2026-11-21T00:00:00Z"), count: 1 });
      expect(run?.toISOString()).toBe("2026-11-23T04:00:00.000Z");
    }
  });

  it("skips to the next leap year", () => {
    expect(next("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2)).toEqual([
      "2028-02-29T00:00",
      "2032-02-29T00:00",
    ]);
    expect(next("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", 1)).toEqual(["2104-02-29T00:00"]);
  });

  it("gives none when none are asked for", () => {
    expect(next("0 2 * * *", "UTC", "2026-01-01T00:00:00Z", 0)).toEqual([]);
  });

  it("refuses an invalid schedule, instant or count", () => {
    const from = new Date("2026-01-01T00:00:00Z");
    expect(() => next("0 4 30 2 *", "UTC", "2026-01-01T00:00:00Z", 1)).toThrow(RangeError);
    expect(() => next("@daily", "UTC", "2026-01-01T00:00:00Z", 1)).toThrow(/schedule\.cron/);
    expect(() => next("0 2 * * *", "Mars/X", "2026-01-01T00:00:00Z", 1)).toThrow(/Mars\/X/);
    expect(() => next("0 2 * * *", "UTC", "never", 1)).toThrow(/from/);
    for (const count of [-1, 1.5, NaN]) {
      const run = () => nextRuns({ cron: "0 2 * * *", timezone: "UTC" }, { from, count });
      expect(run).toThrow(/count/);
    }
  });

  it("stays right when more schedules are in use than it remembers", () => {
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 600; index += 1) {
        const [minute, hour] = [index % 60, Math.floor(index / 60)];
        const [run] = next(`${minute} ${hour} * * *`, "UTC", "2026-01-01T23:00:00Z", 1);
        const pad = (value: number): string => String(value).padStart(2, "0");
        expect(run).toBe(`2026-01-02T${pad(hour)}:${pad(minute)}`);
      }
    }
  });
});

describe("previousRun", () => {
  it("counts a run exactly at the instant as passed", () => {
    expect(previous("0 2 * * *", "UTC", "2026-01-02T02:00:00Z")).toBe("2026-01-02T02:00");
    expect(previous("0 2 * * *", "UTC", "2026-01-02T02:00:00.500Z")).toBe("2026-01-02T02:00");
    expect(previous("0 2 * * *", "UTC", "2026-01-02T01:59:59.999Z")).toBe("2026-01-01T02:00");
  });

  it("looks back over years", () => {
    expect(previous("0 0 29 2 *", "UTC", "2104-01-01T00:00:00Z")).toBe("2096-02-29T00:00");
  });

  it.each(["UTC", "Pacific/Kiritimati"])("finds none before the year 1 in %s", (timezone) => {
    for (const before of [new Date(-8.64e15), new Date("0000-12-20T00:00:00Z")]) {
      expect(previousRun({ cron: "0 2 * * *", timezone }, { before })).toBeNull();
    }
  });

  it("refuses an invalid instant", () => {
    expect(() => previous("0 2 * * *", "UTC", "never")).toThrow(/before/);
  });
});

describe("validateSchedule", () => {
  it.each([
    "0 2 * * *",
    "*/15 * * * *",
    "0 2 1,15 * *",
    "0 2 * * MON-FRI",
    "0 2 * jan-mar/2 *",
    "0-30/10 2 * * *",
    "0 2 * * FRI-SUN",
    "0 2 * * 5-7",
    " 0	2  * * 7 ",
    "0 0 29 2 *",
    "0 0 31 * *",
    "59 23 31 12 *",
    "*/60 */24 */31 */12 *",
    "0 0 * * */7",
  ])("finds nothing wrong with %j", (cron) => expect(problems({ cron })).toEqual([]));

  it.each<[string, RegExp]>([
    ["", /^empty; expected five fields/],
    ["   ", /^empty/],
    ["0 0 2 * * *", /got 6; seconds and years are not supported/],
    ["0 2 * *", /expected five fields .* got 4$/],
    ["@daily", /write "0 0 \* \* \*" instead/],
    ["@HOURLY", /write "0 \* \* \* \*" instead/],
    ["@reboot", /write the five fields instead: minute, hour/],
    ["0 2 L * *", /L, W and # are extensions/],
    ["0 2 LW * *", /L, W and # are extensions/],
    ["0 2 15W * *", /L, W and # are extensions/],
    ["0 2 * * FRI#2", /L, W and # are extensions/],
    ["0 2 * * 5L", /L, W and # are extensions/],
    ["0 2 1 * +MON", /set dayMatch: all/],
    ["0 2 ? * MON", /"\?" is not supported; write "\*"/],
    ["0 2 * * FRI-MON", /runs backwards/],
    ["30-10 2 * * *", /runs backwards/],
    ["5/15 * * * *", /a step needs a range; write 5-59\/15/],
    ["0 2 * * 7/2", /write 0-6\/2/],
    ["*/0 * * * *", /the step 0 is outside 1 to 60/],
    ["*/61 * * * *", /the step 61 is outside 1 to 60/],
    ["60 2 * * *", /minute "60": 60 is outside 0 to 59/],
    ["0 24 * * *", /hour "24"/],
    ["0 2 0 * *", /day of month "0"/],
    ["0 2 * 13 *", /month "13"/],
    ["0 2 * * 8", /day of week "8"/],
    ["0 2 * * WEDS", /names such as MON/],
    ["0 2 * FEBR *", /names such as FEB/],
    ["0 two * * *", /cannot read "two"; expected numbers from 0 to 23, with/],
    ["0,,5 2 * * *", /cannot read ""/],
    ["1-2-3 2 * * *", /cannot read "1-2-3"/],
    ["-5 2 * * *", /cannot read ""/],
    ["0 4 30 2 *", /never fires/],
    ["0 4 31 4,6,9,11 *", /never fires/],
  ])("refuses %j", (cron, message) => {
    expect(problems({ cron })).toEqual([["cron", expect.stringMatching(message)]]);
  });

  it.each(["0 4 1,15 * 5", "0 4 */2 * 1", "0 4 1-31 * 1", "0 4 1 * */2"])(
    "refuses both days in %j until dayMatch says what is meant",
    (cron) => {
      expect(problems({ cron })).toEqual([["cron", expect.stringMatching(/are both set/)]]);
      expect(problems({ cron, dayMatch: "any" })).toEqual([]);
      expect(problems({ cron, dayMatch: "all" })).toEqual([]);
    },
  );

  it("says that a step in day of month counts as set", () => {
    expect(problems({ cron: "0 4 */2 * 1" })[0]?.[1]).toMatch(/"\*\/2" counts as set/);
  });

  it("refuses days that meet less than once in eight years", () => {
    const cron = "0 0 29 2 MON";
    expect(problems({ cron, dayMatch: "all" })[0]?.[1]).toMatch(/more than eight years/);
    expect(problems({ cron, dayMatch: "any" })).toEqual([]);
    expect(problems({ cron: "0 4 13 * FRI", dayMatch: "all" })).toEqual([]);
  });

  it.each(["", "Mars/X", "+01:00", "Europe/Berlin "])("refuses the zone %j", (timezone) => {
    expect(problems({ cron: "0 2 * * *", timezone })).toEqual([
      ["timezone", expect.stringMatching(/unknown time zone/)],
    ]);
  });

  it("refuses a dayMatch that is neither any nor all", () => {
    const schedule = { cron: "0 2 * * *", timezone: "UTC", dayMatch: "both" } as unknown;
    expect(validateSchedule(schedule as Schedule)).toEqual([
      { path: "dayMatch", message: 'expected "any" or "all", got "both"' },
    ]);
  });

  it("collects everything that is wrong", () => {
    expect(problems({ cron: "61 25 * * 9", timezone: "Mars/X" }).map(([path]) => path)).toEqual([
      "cron",
      "cron",
      "cron",
      "timezone",
    ]);
  });
});

describe("describeDst", () => {
  const schedule = { cron: "30 2 * * *", timezone: "America/New_York" };

  it("gives the next change and the runs on both sides", () => {
    const from = new Date("2026-01-01T00:00:00Z");
    expect(describeDst(schedule, { from, count: 2 })).toEqual({
      changeAt: new Date("2026-03-08T07:00:00Z"),
      offsetBeforeMinutes: -300,
      offsetAfterMinutes: -240,
      runsBefore: [new Date("2026-03-06T07:30:00Z"), new Date("2026-03-07T07:30:00Z")],
      runsAfter: [new Date("2026-03-08T07:00:00Z"), new Date("2026-03-09T06:30:00Z")],
    });
  });

  it("gives null where the clock does not change", () => {
    const utc = { ...schedule, timezone: "UTC" };
    expect(describeDst(utc, { from: new Date("2026-01-01T00:00:00Z"), count: 2 })).toBeNull();
  });

  it("refuses an invalid schedule", () => {
    const broken = { ...schedule, cron: "@daily" };
    const run = () => describeDst(broken, { from: new Date("2026-01-01T00:00:00Z"), count: 2 });
    expect(run).toThrow(RangeError);
  });
});
