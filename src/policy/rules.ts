/** Retention rules as a user writes them: their shape, what is wrong with them, their meaning. */
import { formatDuration, parseDuration } from "../clock/duration.ts";
import type { Duration } from "../clock/duration.ts";
import type { Period } from "./buckets.ts";

/** How many periods keep a snapshot: a whole number of at least 1, or `"all"`. */
export type RetentionCount = number | "all";

/**
 * What to keep. Rules are ORed: a snapshot that any rule wants stays. Durations are calendar
 * durations such as `14d` or `1y2m3d4h`, counted back from the newest snapshot.
 */
export interface RetentionRules {
  /** The newest snapshots, this many. */
  readonly last?: RetentionCount;
  /** The newest snapshot of each of this many hours that have one; likewise below. */
  readonly hourly?: RetentionCount;
  readonly daily?: RetentionCount;
  readonly weekly?: RetentionCount;
  readonly monthly?: RetentionCount;
  readonly yearly?: RetentionCount;
  /** Every snapshot younger than this. */
  readonly within?: string;
  /** The newest snapshot of each hour younger than this; likewise below. */
  readonly withinHourly?: string;
  readonly withinDaily?: string;
  readonly withinWeekly?: string;
  readonly withinMonthly?: string;
  readonly withinYearly?: string;
}

/** One thing that is wrong with rules or a schedule; `path` is relative to it, "" for the whole. */
export interface PolicyProblem {
  readonly path: string;
  readonly message: string;
}

/** A rule, understood. `count` is Infinity for `"all"` and for rules limited by time alone. */
export interface Rule {
  /** `each`: every snapshot is a period of its own. */
  readonly period: Period | "each";
  readonly count: number;
  readonly within: Duration | null;
  readonly reason: string;
}

type RuleName = keyof RetentionRules;

const countPeriods: Readonly<Record<string, Period | "each">> = {
  last: "each",
  hourly: "hourly",
  daily: "daily",
  weekly: "weekly",
  monthly: "monthly",
  yearly: "yearly",
};

const withinPeriods: Readonly<Record<string, Period | "each">> = {
  within: "each",
  withinHourly: "hourly",
  withinDaily: "daily",
  withinWeekly: "weekly",
  withinMonthly: "monthly",
  withinYearly: "yearly",
};

const ruleNames = [...Object.keys(countPeriods), ...Object.keys(withinPeriods)] as RuleName[];

/**
 * Everything that is wrong with retention rules, in the order of the rules; empty when they can be
 * used. No rule at all is a problem: it would keep nothing.
 */
export function validateRules(rules: RetentionRules): readonly PolicyProblem[] {
  return readRules(rules).problems;
}

/**
 * The rules in the order in which reasons are given.
 *
 * @throws RangeError that names each rule that is wrong
 */
export function compileRules(rules: RetentionRules): readonly Rule[] {
  const { compiled, problems } = readRules(rules);
  if (problems.length === 0) return compiled;
  const lines = problems.map(({ path, message }) =>
    path === "" ? `retention: ${message}` : `retention.${path}: ${message}`,
  );
  throw new RangeError(lines.join("; "));
}

function readRules(rules: RetentionRules): { compiled: Rule[]; problems: PolicyProblem[] } {
  const compiled: Rule[] = [];
  const problems: PolicyProblem[] = [];
  for (const path of Object.keys(rules)) {
    if (!ruleNames.includes(path as RuleName)) {
      problems.push({ path, message: `unknown rule; expected one of ${ruleNames.join(", ")}` });
    }
  }
  for (const name of ruleNames) {
    const value: unknown = rules[name];
    if (value === undefined) continue;
    try {
      compiled.push(readRule(name, value));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push({ path: name, message: error.message });
    }
  }
  if (compiled.length === 0 && problems.length === 0) {
    const message = `expected at least one rule of ${ruleNames.join(", ")}; none keeps nothing`;
    problems.push({ path: "", message });
  }
  return { compiled, problems };
}

function readRule(name: RuleName, value: unknown): Rule {
  const counted = countPeriods[name];
  if (counted !== undefined) {
    return { period: counted, count: readCount(value), within: null, reason: name };
  }
  const period = withinPeriods[name] ?? "each";
  if (typeof value !== "string") {
    throw new RangeError(`expected a duration such as "14d" or "1y6m", got ${show(value)}`);
  }
  const within = parseDuration(value);
  const suffix = `within ${formatDuration(within)}`;
  const reason = period === "each" ? suffix : `${period} ${suffix}`;
  return { period, count: Infinity, within, reason };
}

function readCount(value: unknown): number {
  if (value === "all") return Infinity;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`expected a whole number of at least 1, or "all", got ${show(value)}`);
}

function show(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? typeof value);
}
