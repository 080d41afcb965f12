/**
 * Wall clocks of IANA time zones: from an instant to local fields and back. Pure arithmetic over
 * the zone rules of the runtime; nothing here reads the time.
 */
import { isTimezone, offsetMsAt, offsetSpanAt } from "./zone-offset.ts";

export { isTimezone };

/** A local date and time, as a calendar and a clock on the wall show it. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
  readonly hour?: number;
  readonly minute?: number;
  readonly second?: number;
  readonly millisecond?: number;
}

/** Everything a wall calendar says about an instant. */
export interface ZonedFields extends Required<LocalTime> {
  /** ISO 8601: 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  /** The year that the ISO week belongs to; differs from `year` around New Year. */
  readonly isoYear: number;
  /** 1 to 53. */
  readonly isoWeek: number;
  /** Local time minus UTC, in milliseconds. */
  readonly offsetMs: number;
}

/** A change of a zone's offset, such as the start of summer time. */
export interface OffsetChange {
  readonly atMs: number;
  readonly offsetBeforeMs: number;
  readonly offsetAfterMs: number;
}

const dayMs = 86_400_000;
const minuteMs = 60_000;

/**
 * The instant in milliseconds, shifted so that its UTC fields read as local time.
 *
 * @throws RangeError when the zone is unknown or the instant is invalid
 */
export function localMsOf(instantMs: number, zone: string): number {
  return instantMs + offsetMsAt(instantMs, zone);
}

/**
 * The local calendar fields of an instant.
 *
 * @throws RangeError when the zone is unknown or the instant is invalid
 */
export function zonedFields(instantMs: number, zone: string): ZonedFields {
  const offsetMs = offsetMsAt(instantMs, zone);
  const local = new Date(instantMs + offsetMs);
  const dayNumber = Math.floor(local.getTime() / dayMs);
  const weekday = ((((dayNumber + 3) % 7) + 7) % 7) + 1;
  // ISO 8601: a week belongs to the year that its Thursday is in.
  const thursday = dayNumber - weekday + 4;
  const isoYear = new Date(thursday * dayMs).getUTCFullYear();
  const newYear = Math.floor(utcMs({ year: isoYear, month: 1, day: 1 }) / dayMs);
  return Object.freeze({
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: local.getUTCMilliseconds(),
    weekday,
    isoYear,
    isoWeek: Math.floor((thursday - newYear) / 7) + 1,
    offsetMs,
  });
}

/**
 * The instant at which a zone's clocks show a local time, in milliseconds. Fields out of range
 * roll over (month 13 is January, 30 February is in March). A time that occurs twice is the first
 * of the two; one that is skipped moves forward by the length of the gap: Temporal's "compatible".
 *
 * @throws RangeError when the zone is unknown or the result is outside what a Date can hold
 */
export function instantFromLocal(local: LocalTime, zone: string): number {
  const localMs = utcMs(local);
  if (Number.isNaN(localMs)) throw new RangeError("invalid local time: outside the calendar");
  // No offset reaches a day, so these two lie on either side of the instant that is looked for.
  const before = offsetMsAt(localMs - dayMs, zone);
  const after = offsetMsAt(localMs + dayMs, zone);
  const candidates = [localMs - before, localMs - after].filter(
    (instantMs) => localMsOf(instantMs, zone) === localMs,
  );
  const instantMs = candidates.length > 0 ? Math.min(...candidates) : localMs - before;
  if (Number.isNaN(new Date(instantMs).getTime())) {
    throw new RangeError("invalid local time: outside what a date can hold");
  }
  return instantMs;
}

/**
 * RFC 3339 text of an instant in a zone's local time: `2026-11-21T04:00:00+01:00`, with `Z` for
 * the zone `UTC` and a fraction only where there are milliseconds. Offsets with seconds (before
 * 1972) are rounded to the minute, which RFC 3339 asks for; the instant stays exact.
 *
 * @throws RangeError when the zone is unknown or the instant is invalid
 */
export function formatInZone(instant: Date, zone: string): string {
  const instantMs = instant.getTime();
  const offsetMinutes = Math.round(offsetMsAt(instantMs, zone) / minuteMs);
  const iso = new Date(instantMs + offsetMinutes * minuteMs).toISOString();
  const text = iso.endsWith(".000Z") ? iso.slice(0, -5) : iso.slice(0, -1);
  return zone === "UTC" ? `${text}Z` : `${text}${formatOffset(offsetMinutes)}`;
}

/**
 * The first change of a zone's offset strictly after an instant and not later than `withinMs`
 * after it, or null.
 *
 * @throws RangeError when the zone is unknown or the instant is invalid
 */
export function nextOffsetChange(
  afterMs: number,
  zone: string,
  withinMs: number,
): OffsetChange | null {
  let span = offsetSpanAt(afterMs, zone);
  while (span.endMs <= afterMs + withinMs) {
    const next = offsetSpanAt(span.endMs, zone);
    if (next.offsetMs !== span.offsetMs) {
      return Object.freeze({
        atMs: span.endMs,
        offsetBeforeMs: span.offsetMs,
        offsetAfterMs: next.offsetMs,
      });
    }
    span = next;
  }
  return null;
}

function utcMs(local: LocalTime): number {
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  const date = new Date(0);
  date.setUTCFullYear(local.year, local.month - 1, local.day);
  date.setUTCHours(local.hour ?? 0, local.minute ?? 0, local.second ?? 0, local.millisecond ?? 0);
  return date.getTime();
}

function formatOffset(offsetMinutes: number): string {
  const total = Math.abs(offsetMinutes);
  const hours = String(Math.floor(total / 60)).padStart(2, "0");
  const minutes = String(total % 60).padStart(2, "0");
  return `${offsetMinutes < 0 ? "-" : "+"}${hours}:${minutes}`;
}
