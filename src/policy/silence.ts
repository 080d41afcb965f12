/** How long a schedule can stay silent: days such as 30 February that come rarely or never. */
import type { CronFields } from "./cron-fields.ts";

/** Eight years: the longest wait for 29 February, over a year such as 2100. */
const longestWaitDays = 8 * 365 + 2;
const dayMs = 86_400_000;
/** The Gregorian calendar repeats after 400 years, weekdays included. */
const cycleStart = 2000;
const cycleYears = 400;

/**
 * Whether a schedule can go more than eight years without a run, or never runs. The answer is a
 * property of the calendar and does not depend on the present.
 *
 * @param matchesBoth whether a day has to match day of month and day of week, where both are set
 */
export function canStaySilent(fields: CronFields, matchesBoth: boolean): boolean {
  const { dayOfMonth, dayOfWeek } = fields;
  if (dayOfMonth.isStar) return false;
  const bothCount = matchesBoth && !dayOfWeek.isStar;
  if (!dayOfWeek.isStar && !bothCount) return false;
  if (!bothCount && Math.min(...dayOfMonth.values) <= 28) return false;
  return longestGapDays(fields, bothCount) > longestWaitDays;
}

function longestGapDays(fields: CronFields, bothCount: boolean): number {
  const months = [...fields.month.values].sort((a, b) => a - b);
  const daysOfMonth = [...fields.dayOfMonth.values].sort((a, b) => a - b);
  let longest = 0;
  let previous: number | null = null;
  // The first run of the next cycle closes the gap after the last one of this cycle.
  for (let year = cycleStart; year < cycleStart + 2 * cycleYears; year += 1) {
    for (const month of months) {
      for (const dayOfMonth of daysOfMonth) {
        const date = new Date(Date.UTC(year, month - 1, dayOfMonth));
        if (date.getUTCMonth() !== month - 1) continue;
        if (bothCount && !fields.dayOfWeek.values.has(date.getUTCDay())) continue;
        const dayNumber = date.getTime() / dayMs;
        if (previous !== null) longest = Math.max(longest, dayNumber - previous);
        if (year >= cycleStart + cycleYears) return longest;
        previous = dayNumber;
      }
    }
    if (previous === null && year >= cycleStart + cycleYears) return Infinity;
  }
  return longest;
}
