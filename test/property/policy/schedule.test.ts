import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextRuns, previousRun, validateSchedule } from "../../../src/policy/schedule.ts";
import type { Schedule } from "../../../src/policy/schedule.ts";
import { instants, schedules } from "./arbitraries.ts";
import { seed } from "./seed.ts";

const firing = schedules.filter((schedule) => validateSchedule(schedule).length === 0);
const minuteMs = 60_000;

describe("nextRuns and previousRun", () => {
  it("list the same runs in both directions", () => {
    fc.assert(
      fc.property(firing, instants, (schedule, from) => {
        const runs = nextRuns(schedule, { from, count: 8 });
        expect(runs).toHaveLength(8);
        let earlierMs = from.getTime();
        for (const run of runs) {
          expect(run.getTime()).toBeGreaterThan(earlierMs);
          expect(previousRun(schedule, { before: run })).toEqual(run);
          const justBefore = previousRun(schedule, { before: new Date(run.getTime() - 1) });
          if (run === runs[0]) expect(Number(justBefore)).toBeLessThanOrEqual(from.getTime());
          else expect(justBefore?.getTime()).toBe(earlierMs);
          earlierMs = run.getTime();
        }
      }),
      { seed, numRuns: 400 },
    );
  });

  it("find in UTC what the runtime's own zone of another name has", () => {
    const anyYear = fc.date({
      min: new Date("0000-06-01T00:00:00Z"),
      max: new Date("+010000-06-01T00:00:00Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(firing, fc.oneof(instants, anyYear), (schedule, at) => {
        const utc = { ...schedule, timezone: "UTC" };
        const alias = { ...schedule, timezone: "Etc/UTC" };
        const from = { from: at, count: 3 };
        expect(nextRuns(utc, from)).toEqual(nextRuns(alias, from));
        expect(previousRun(utc, { before: at })).toEqual(previousRun(alias, { before: at }));
      }),
      { seed, numRuns: 400 },
    );
  });

  it("agree with reading the five fields minute by minute in UTC", () => {
    fc.assert(
      fc.property(firing, instants, (schedule, from) => {
        const inUtc = { ...schedule, timezone: "UTC" };
        const untilMs = from.getTime() + 3 * 24 * 60 * minuteMs;
        const expected: number[] = [];
        let atMs = (Math.floor(from.getTime() / minuteMs) + 1) * minuteMs;
        for (; atMs <= untilMs && expected.length < 20; atMs += minuteMs) {
          if (matchesNaively(inUtc, new Date(atMs))) expected.push(atMs);
        }
        const runs = nextRuns(inUtc, { from, count: Math.max(expected.length, 1) });
        if (expected.length > 0) expect(runs.map(Number)).toEqual(expected);
        else expect(Number(runs[0])).toBeGreaterThan(untilMs);
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe("validateSchedule", () => {
  it("lets through only schedules that run within eight years of any instant", () => {
    fc.assert(
      fc.property(firing, instants, (schedule, from) => {
        const [run] = nextRuns(schedule, { from, count: 1 });
        const eightYearsMs = (8 * 365 + 3) * 24 * 60 * minuteMs;
        expect(Number(run) - from.getTime()).toBeLessThanOrEqual(eightYearsMs);
      }),
      { seed, numRuns: 400 },
    );
  });
});

function matchesNaively(schedule: Schedule, at: Date): boolean {
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] =
    schedule.cron.split(" ");
  const onDayOfMonth = matchesField(dayOfMonth, at.getUTCDate(), 1, 31);
  const day = at.getUTCDay();
  const onDayOfWeek =
    matchesField(dayOfWeek, day, 0, 6) || (day === 0 && matchesField(dayOfWeek, 7, 0, 6));
  const isEither = schedule.dayMatch === "any" && dayOfMonth !== "*" && dayOfWeek !== "*";
  return (
    matchesField(minute, at.getUTCMinutes(), 0, 59) &&
    matchesField(hour, at.getUTCHours(), 0, 23) &&
    matchesField(month, at.getUTCMonth() + 1, 1, 12) &&
    (isEither ? onDayOfMonth || onDayOfWeek : onDayOfMonth && onDayOfWeek)
  );
}

function matchesField(field: string, value: number, min: number, max: number): boolean {
  return field.split(",").some((item) => {
    const [range = "", step = "1"] = item.split("/");
    const [from = min, to = range === "*" ? max : from] =
      range === "*" ? [] : range.split("-").map(Number);
    return value >= from && value <= to && (value - from) % Number(step) === 0;
  });
}
