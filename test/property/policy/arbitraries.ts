import fc from "fast-check";
import { formatDuration } from "../../../src/clock/duration.ts";
import type { RetentionRules, RetentionSnapshot } from "../../../src/policy/retention.ts";
import type { Schedule } from "../../../src/policy/schedule.ts";

/** Zones whose clocks do everything that clocks do. */
export const zones: fc.Arbitrary<string> = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Asia/Kathmandu",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Asia/Gaza",
  "Antarctica/Troll",
  "America/Sao_Paulo",
  "Pacific/Chatham",
  "Asia/Tokyo",
);

export interface DatedSnapshot extends RetentionSnapshot {
  readonly createdAt: Date;
}

const firstMs = Date.UTC(2005, 0, 1);

/** Snapshots a few minutes to a few months apart, many of them on the clock, some at once. */
export const series: fc.Arbitrary<DatedSnapshot[]> = fc
  .record({
    startMs: fc.integer({ min: 0, max: 20 * 365 * 24 * 60 }).map((m) => firstMs + m * 60_000),
    stepMinutes: fc.constantFrom(1, 15, 30, 60, 180, 720, 1_440, 10_080, 44_640),
    steps: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 }),
    order: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ startMs, stepMinutes, steps, order }) => {
    let atMs = startMs;
    const snapshots = steps.map((step, index) => {
      atMs += step * stepMinutes * 60_000;
      return { id: `s${index}`, createdAt: new Date(atMs) };
    });
    const keyed = snapshots.map((snapshot) => ({ snapshot, key: order.next().value }));
    return keyed.sort((a, b) => a.key - b.key).map(({ snapshot }) => snapshot);
  });

const count = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 1, arbitrary: fc.constant("all" as const) },
);
const duration = fc
  .record({
    years: fc.integer({ min: 0, max: 2 }),
    months: fc.integer({ min: 0, max: 14 }),
    days: fc.integer({ min: 0, max: 40 }),
    hours: fc.integer({ min: 0, max: 30 }),
  })
  .map(formatDuration)
  .filter((text) => text !== "0h");

/** Any subset of the rules with at least one in it. */
export const rules: fc.Arbitrary<RetentionRules> = fc
  .record(
    {
      last: count,
      hourly: count,
      daily: count,
      weekly: count,
      monthly: count,
      yearly: count,
      within: duration,
      withinHourly: duration,
      withinDaily: duration,
      withinWeekly: duration,
      withinMonthly: duration,
      withinYearly: duration,
    },
    { requiredKeys: [] },
  )
  .filter((value) => Object.keys(value).length > 0);

function field(min: number, max: number): fc.Arbitrary<string> {
  const value = fc.integer({ min, max });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.integer({ min: 1, max: max - min });
  return fc.oneof(
    fc.constant("*"),
    value.map(String),
    range,
    step.map((by) => `*/${by}`),
    fc.tuple(range, step).map(([span, by]) => `${span}/${by}`),
    fc.array(value, { minLength: 2, maxLength: 4 }).map((list) => list.join(",")),
  );
}

/** Schedules of the grammar that snapform takes; some of them never fire. */
export const schedules: fc.Arbitrary<Schedule> = fc
  .record({
    fields: fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7)),
    timezone: zones,
    dayMatch: fc.constantFrom("any" as const, "all" as const),
  })
  .map(({ fields, timezone, dayMatch }) => ({ cron: fields.join(" "), timezone, dayMatch }));

/** Instants to the millisecond, 2005 to 2037. */
export const instants: fc.Arbitrary<Date> = fc.date({
  min: new Date(firstMs),
  max: new Date(Date.UTC(2037, 0, 1)),
  noInvalidDate: true,
});
