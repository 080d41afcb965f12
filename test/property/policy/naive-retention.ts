/**
 * restic's ApplyPolicy written a second time, as slowly and directly as possible: Intl for every
 * calendar field, Go's date arithmetic spelt out, one pass per rule. For comparison only.
 */
import type { RetentionRules } from "../../../src/policy/retention.ts";
import type { DatedSnapshot } from "./arbitraries.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

/** Local fields as Intl prints them: [year, month, day, hour, minute, second]. */
export function intlFields(at: Date, zone: string): number[] {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone,
      dateStyle: "short",
      timeStyle: "medium",
    });
    formats.set(zone, format);
  }
  return (format.format(at).match(/\d+/g) ?? []).map(Number);
}

function isoWeek(year: number, month: number, day: number): string {
  const date = new Date(Date.UTC(year, month - 1, day));
  // The Thursday of the same week says which year and week it is.
  const fromThursday = [3, -3, -2, -1, 0, 1, 2][date.getUTCDay()] ?? 0;
  date.setUTCDate(date.getUTCDate() - fromThursday);
  const dayOfYear = (date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000;
  return `${date.getUTCFullYear()}-W${Math.floor(dayOfYear / 7) + 1}`;
}

function period(name: string, at: Date, zone: string, index: number): string {
  const [year = 0, month = 0, day = 0, hour = 0] = intlFields(at, zone);
  switch (name) {
    case "hourly":
      return `${year}-${month}-${day}T${hour}`;
    case "daily":
      return `${year}-${month}-${day}`;
    case "weekly":
      return isoWeek(year, month, day);
    case "monthly":
      return `${year}-${month}`;
    case "yearly":
      return `${year}`;
    default:
      return `#${index}`;
  }
}

/** The instant at which the wall clock shows the fields, found by trying every quarter hour. */
function instantOf(fields: readonly number[], zone: string): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  const wanted = Date.UTC(year, month - 1, day, hour, minute, second);
  const quarterMs = 15 * 60_000;
  for (let offset = 15 * 4; offset >= -15 * 4; offset -= 1) {
    const candidate = wanted - offset * quarterMs;
    const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = intlFields(new Date(candidate), zone);
    if (Date.UTC(y, mo - 1, d, h, mi, s) === wanted) return candidate;
  }
  // In a gap: with the offset of the day before, the clock has moved on by the gap.
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = intlFields(
    new Date(wanted - 86_400_000),
    zone,
  );
  return wanted - (Date.UTC(y, mo - 1, d, h, mi, s) - (wanted - 86_400_000));
}

function cutoff(latest: Date, text: string, zone: string): number {
  const part = (unit: string): number => Number(new RegExp(`(\\d+)${unit}`).exec(text)?.[1] ?? 0);
  const [year = 0, month = 0, day = 0, ...time] = intlFields(latest, zone);
  if (part("y") + part("m") + part("d") === 0) return latest.getTime() - part("h") * 3_600_000;
  const fields = [year - part("y"), month - part("m"), day - part("d"), ...time];
  const milliseconds = latest.getTime() % 1_000;
  return instantOf(fields, zone) + milliseconds - part("h") * 3_600_000;
}

/** The reasons of each snapshot that is kept, by id. */
export function naiveRetain(
  snapshots: readonly DatedSnapshot[],
  rules: RetentionRules,
  zone: string,
): Map<string, string[]> {
  const list = snapshots.toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  const kept = new Map<string, string[]>();
  const order = [
    "last",
    "hourly",
    "daily",
    "weekly",
    "monthly",
    "yearly",
    "within",
    "withinHourly",
    "withinDaily",
    "withinWeekly",
    "withinMonthly",
    "withinYearly",
  ] as const;
  for (const name of order) {
    const value = rules[name as keyof RetentionRules];
    const [latest] = list;
    if (value === undefined || latest === undefined) continue;
    const isWithin = name.startsWith("within");
    const kind = isWithin ? name.slice("within".length).toLowerCase() : name;
    const label = isWithin ? `${kind} within ${value}`.trim() : name;
    const after = isWithin ? cutoff(latest.createdAt, String(value), zone) : -Infinity;
    let left = isWithin || value === "all" ? -1 : Number(value);
    let previous = "none";
    for (const [index, { id, createdAt }] of list.entries()) {
      if (left === 0 || createdAt.getTime() <= after) continue;
      const current = period(kind, createdAt, zone, index);
      if (current === previous && index !== list.length - 1) continue;
      kept.set(id, [...(kept.get(id) ?? []), current === previous ? `oldest ${label}` : label]);
      previous = current;
      if (left > 0) left -= 1;
    }
  }
  return kept;
}
