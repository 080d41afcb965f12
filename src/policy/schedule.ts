/**
 * Schedules: when a policy's runs fall. The calendar is croner's (it passed a fuzz of next against
 * previous over zones with odd clock changes, where four other libraries did not), read strictly:
 * what cron implementations disagree about is refused rather than guessed.
 *
 * Clock changes follow Vixie cron. A schedule without `*` or step in minute and hour runs once a
 * day whatever the clock does: a time that is skipped runs at the end of the gap, one that occurs
 * twice runs the first time. Others skip what is skipped and repeat what is repeated.
 */
import { Cron } from "croner";
import { isTimezone } from "../clock/zone.ts";
import { readCronFields, splitCronFields } from "./cron-fields.ts";
import type { CronFields } from "./cron-fields.ts";
import type { PolicyProblem } from "./rules.ts";
import { canStaySilent } from "./silence.ts";

/** When a policy runs. */
export interface Schedule {
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** An IANA zone, such as `Europe/Berlin` or `UTC`, whose wall clock the fields are read on. */
  readonly timezone: string;
  /**
   * Where day of month and day of week are both set: whether a day has to match `any` of them or
   * `all`. Required then, without effect otherwise.
   */
  readonly dayMatch?: "any" | "all";
}

const compiledLimit = 256;
const compiled = new Map<string, Cron>();
const secondMs = 1_000;
/** Croner's calendar begins with the year 1; in no zone does that begin earlier than this. */
const calendarStartMs = Date.parse("0000-12-30T00:00:00Z");

/**
 * The next runs strictly after an instant, in order.
 *
 * @throws RangeError when the schedule is invalid, `from` is, or `count` is not a whole number of
 *   zero or more
 */
export function nextRuns(
  schedule: Schedule,
  range: { readonly from: Date; readonly count: number },
): readonly Date[] {
  const cron = compile(schedule);
  requireInstant("from", range.from);
  if (!Number.isSafeInteger(range.count) || range.count < 0) {
    throw new RangeError(`count: expected a whole number of at least 0, got ${range.count}`);
  }
  return Object.freeze(range.count === 0 ? [] : cron.nextRuns(range.count, range.from));
}

/**
 * The latest run at or before an instant: a run exactly at `before` counts as passed. Null when
 * there is none since the year 1.
 *
 * @throws RangeError when the schedule or `before` is invalid
 */
export function previousRun(schedule: Schedule, range: { readonly before: Date }): Date | null {
  const cron = compile(schedule);
  requireInstant("before", range.before);
  if (range.before.getTime() < calendarStartMs) return null;
  // Runs fall on whole seconds and croner looks strictly before its reference.
  const wholeSecond = Math.floor(range.before.getTime() / secondMs) * secondMs;
  return cron.previousRuns(1, new Date(wholeSecond + secondMs))[0] ?? null;
}

/** Everything that is wrong with a schedule; empty when it can be used. */
export function validateSchedule(schedule: Schedule): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const { cron, timezone, dayMatch } = schedule;
  const { fields, problems: fieldProblems } = readCronFields(cron);
  for (const message of fieldProblems) problems.push({ path: "cron", message });
  const knowsZone = isTimezone(timezone);
  if (!knowsZone) {
    const message =
      `unknown time zone ${JSON.stringify(timezone)}; ` +
      `expected an IANA name such as "Europe/Berlin" or "UTC"`;
    problems.push({ path: "timezone", message });
  }
  if (dayMatch !== undefined && dayMatch !== "any" && dayMatch !== "all") {
    const message = `expected "any" or "all", got ${JSON.stringify(dayMatch)}`;
    problems.push({ path: "dayMatch", message });
  }
  if (fields === null) return problems;
  const days = dayProblem(fields, dayMatch);
  if (days !== null) problems.push({ path: "cron", message: days });
  if (problems.length === 0) problems.push(...cronerProblems(schedule));
  return problems;
}

function dayProblem(fields: CronFields, dayMatch: "any" | "all" | undefined): string | null {
  const { dayOfMonth, dayOfWeek } = fields;
  if (dayMatch === undefined && !dayOfMonth.isStar && !dayOfWeek.isStar) {
    const step = dayOfMonth.text.startsWith("*")
      ? `; ${JSON.stringify(dayOfMonth.text)} counts as set, though some crons take it for "*"`
      : "";
    return (
      `day of month ${JSON.stringify(dayOfMonth.text)} and day of week ` +
      `${JSON.stringify(dayOfWeek.text)} are both set; set dayMatch to "any" (a day matches ` +
      `either) or "all" (a day matches both)${step}`
    );
  }
  if (!canStaySilent(fields, dayMatch === "all")) return null;
  return "never fires, or can go more than eight years without a run";
}

function cronerProblems(schedule: Schedule): PolicyProblem[] {
  try {
    openCron(schedule);
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ path: "cron", message }];
  }
}

function compile(schedule: Schedule): Cron {
  const key = JSON.stringify([schedule.cron, schedule.timezone, schedule.dayMatch ?? null]);
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const problems = validateSchedule(schedule);
  if (problems.length > 0) {
    const lines = problems.map(({ path, message }) => `schedule.${path}: ${message}`);
    throw new RangeError(lines.join("; "));
  }
  const cron = openCron(schedule);
  const oldest = compiled.keys().next();
  if (compiled.size >= compiledLimit && !oldest.done) compiled.delete(oldest.value);
  compiled.set(key, cron);
  return cron;
}

function openCron(schedule: Schedule): Cron {
  return new Cron(splitCronFields(schedule.cron).join(" "), {
    mode: "5-part",
    fixedTimeRule: "no-wildcard",
    // The same instants as of the zone UTC, without the 15 ms that the first use of Intl takes.
    ...(schedule.timezone === "UTC" ? { utcOffset: 0 } : { timezone: schedule.timezone }),
    domAndDow: schedule.dayMatch === "all",
    paused: true,
  });
}

function requireInstant(name: string, at: Date): void {
  if (Number.isNaN(at.getTime())) throw new RangeError(`${name}: invalid time: not a valid Date`);
}
