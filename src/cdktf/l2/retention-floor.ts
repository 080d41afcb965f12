import { Token } from "cdktf";
import { parseDuration } from "../../clock/duration.ts";
import type { BackupPolicyRetention } from "../l1/backup-policy.gen.ts";
import { isPlain } from "../l1/attributes.ts";

/** The least that a retention has to keep, per rule. */
export interface RetentionFloor {
  /** The newest snapshots, however close together. */
  readonly last?: number;
  /** Hours that have a snapshot. */
  readonly hourly?: number;
  /** Days that have a snapshot. */
  readonly daily?: number;
  /** ISO weeks that have a snapshot. */
  readonly weekly?: number;
  /** Months that have a snapshot. */
  readonly monthly?: number;
  /** Years that have a snapshot. */
  readonly yearly?: number;
  /** The newest complete snapshots, whatever the rules say. */
  readonly minKeep?: number;
}

const hours = { year: 365 * 24, month: 30 * 24, day: 24 };
/** How long one bucket is at most, so that a window is never taken for more than it holds. */
const bucketHours = {
  hourly: 1,
  daily: 24,
  weekly: 7 * 24,
  monthly: 31 * 24,
  yearly: 366 * 24,
} as const;

/**
 * The rules of a floor that a retention stays under, one sentence each. A window counts for the
 * buckets that fit into it. What is not known yet is taken to be enough.
 */
export function underFloor(retention: unknown, floor: RetentionFloor): string[] {
  if (!isPlain(retention)) return [];
  const rules = retention as Partial<BackupPolicyRetention>;
  if (rules.keepAll === true || Token.isUnresolved(rules.keepAll)) return [];
  const wanted = Object.entries(floor) as [keyof RetentionFloor, number][];
  return wanted.flatMap(([rule, least]) => {
    if (isEnough(rules, rule, least)) return [];
    const given = rules[rule];
    const found = given === undefined ? "there is no such rule" : `it is ${given}`;
    return [`retention.${rule}: Under the floor. At least ${least} is required, ${found}.`];
  });
}

function isEnough(
  rules: Partial<BackupPolicyRetention>,
  rule: keyof RetentionFloor,
  least: number,
): boolean {
  if (countOf(rules[rule]) >= least) return true;
  if (rule === "minKeep" || rule === "last") return false;
  const own = rules[`within${rule.charAt(0).toUpperCase()}${rule.slice(1)}` as "withinDaily"];
  return [own, rules.within].some((window) => hoursOf(window) >= least * bucketHours[rule]);
}

function countOf(value: string | number | undefined): number {
  if (value === undefined) return 0;
  return Token.isUnresolved(value) || value === "all" ? Infinity : Number(value);
}

function hoursOf(window: string | undefined): number {
  if (window === undefined) return 0;
  if (Token.isUnresolved(window)) return Infinity;
  try {
    const { years, months, days, hours: rest } = parseDuration(window);
    return years * hours.year + months * hours.month + days * hours.day + rest;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The check of the policy itself says what is wrong with it.
    return Infinity;
  }
}
