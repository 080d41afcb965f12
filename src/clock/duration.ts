/**
 * Lengths of time as text. A *duration* (`1y2m3d4h`) is counted on a calendar, for people; a
 * *span* (`30s`, `10m`) is a fixed number of milliseconds, for machines. In a duration `m` means
 * months, in a span it means minutes.
 */
import { instantFromLocal, zonedFields } from "./zone.ts";

/** A calendar duration. All four are whole numbers, zero where the text leaves the unit out. */
export interface Duration {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
}

const hourMs = 3_600_000;
const number = "[1-9]\\d";
const durationPattern = new RegExp(
  `^(?:(${number}{0,3})y)?(?:(${number}{0,5})m)?(?:(${number}{0,5})d)?(?:(${number}{0,5})h)?$`,
);
const spanPattern = /^(0|[1-9]\d{0,11})(ms|s|m|h|d)$/;
const spanUnits = { d: 86_400_000, h: hourMs, m: 60_000, s: 1_000, ms: 1 } as const;

/**
 * Reads a calendar duration: years `y`, months `m`, days `d` and hours `h`, in that order, each at
 * most once, at least one of them, without spaces. The grammar is restic's, made strict.
 *
 * @throws RangeError that says what was expected
 */
export function parseDuration(text: string): Duration {
  const match = durationPattern.exec(text);
  if (match === null || text === "") {
    throw new RangeError(
      `invalid duration ${JSON.stringify(text)}: expected years, months, days and hours in this ` +
        `order, such as "14d", "6m" or "1y2m3d4h"`,
    );
  }
  const [, years, months, days, hours] = match;
  return Object.freeze({
    years: Number(years ?? 0),
    months: Number(months ?? 0),
    days: Number(days ?? 0),
    hours: Number(hours ?? 0),
  });
}

/** The text of a duration, as {@link parseDuration} reads it; `0h` for one of no length. */
export function formatDuration(duration: Duration): string {
  const { years, months, days, hours } = duration;
  const parts = [`${years}y`, `${months}m`, `${days}d`, `${hours}h`];
  return parts.filter((part) => !part.startsWith("0")).join("") || "0h";
}

/**
 * The instant a duration earlier, on the calendar of a zone. Years, months and days move the local
 * date and keep the local time; a day that does not exist rolls forward (2026-03-31 less `1m` is
 * 2026-03-03), as Go's `AddDate` does. Then the hours are taken off as absolute time.
 *
 * @throws RangeError when the zone is unknown, or the result outside what a Date can hold
 */
export function subtractDuration(instant: Date, duration: Duration, timezone: string): Date {
  return shift(instant, duration, timezone, -1);
}

/** The instant a duration later; otherwise as {@link subtractDuration}. */
export function addDuration(instant: Date, duration: Duration, timezone: string): Date {
  return shift(instant, duration, timezone, 1);
}

function shift(instant: Date, duration: Duration, timezone: string, sign: 1 | -1): Date {
  const local = zonedFields(instant.getTime(), timezone);
  const hasDate = duration.years > 0 || duration.months > 0 || duration.days > 0;
  // Going through the wall clock would move the second pass of a repeated hour to the first.
  const dateMs = hasDate
    ? instantFromLocal(
        {
          ...local,
          year: local.year + sign * duration.years,
          month: local.month + sign * duration.months,
          day: local.day + sign * duration.days,
        },
        timezone,
      )
    : instant.getTime();
  const shifted = new Date(dateMs + sign * duration.hours * hourMs);
  if (Number.isNaN(shifted.getTime())) {
    throw new RangeError(`${formatDuration(duration)} away is outside what a date can hold`);
  }
  return shifted;
}

/**
 * Reads a fixed span of time and returns milliseconds: a whole number and one of `ms`, `s`, `m`
 * (minutes), `h` and `d` (24 hours), or a bare `0`.
 *
 * @throws RangeError that says what was expected
 */
export function parseSpan(text: string): number {
  if (text === "0") return 0;
  const match = spanPattern.exec(text);
  const ms =
    match === null ? NaN : Number(match[1]) * spanUnits[match[2] as keyof typeof spanUnits];
  if (!Number.isSafeInteger(ms)) {
    throw new RangeError(
      `invalid span ${JSON.stringify(text)}: expected a whole number and one of ms, s, m, h, d, ` +
        `such as "30s", "10m" or "7d", or "0"`,
    );
  }
  return ms;
}

/**
 * The text of a span in the largest unit that divides it: `604800000` is `7d`, `90000` is `90s`.
 *
 * @throws RangeError when it is not a whole number of milliseconds, zero or more
 */
export function formatSpan(spanMs: number): string {
  if (!Number.isSafeInteger(spanMs) || spanMs < 0) {
    throw new RangeError(`invalid span ${spanMs}: expected whole milliseconds, zero or more`);
  }
  if (spanMs === 0) return "0";
  const [unit, unitMs] = Object.entries(spanUnits).find(([, ms]) => spanMs % ms === 0) ?? ["ms", 1];
  return `${spanMs / unitMs}${unit}`;
}
