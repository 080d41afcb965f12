import type { PolicyConfig } from "../../desired/canonical.ts";
import { retentionRules } from "../../desired/resolve.ts";
import { validateRules } from "../../policy/rules.ts";
import { validateSchedule, type Schedule } from "../../policy/schedule.ts";
import { atKey, atValue, type Draft } from "../draft.ts";
import type { Finding } from "../finding.ts";
import type { Path } from "../located.ts";
import { suggestion } from "../nearest.ts";
import { sentence } from "../wording.ts";

/** Patterns, schedules and retentions say something that can be done. */
export function checkPolicies(draft: Draft): readonly Finding[] {
  return Object.entries(draft.config.policies ?? {}).flatMap(([name, policy]) => {
    const path = ["policies", name];
    const patterns = (policy?.collections ?? []).flatMap((pattern, index) => {
      return checkPattern(draft, [...path, "collections", index], pattern);
    });
    return [
      ...patterns,
      ...checkSchedule(draft, [...path, "schedule"], policy?.schedule),
      ...checkRetention(draft, [...path, "retention"], policy?.retention as Retention),
    ];
  });
}

type Retention = PolicyConfig["retention"] | undefined;

function checkPattern(draft: Draft, path: Path, pattern: string | null): Finding[] {
  if (pattern === null || /^!?[^!\s]/.test(pattern)) return [];
  const detail =
    "A pattern is the name of a collection, or a part of it with `*`; a leading `!` leaves out " +
    "what matches. This one is empty, or begins with a space or with `!!`.";
  return [atValue(draft, path, { code: "invalid-pattern", summary: "Invalid pattern", detail })];
}

const scheduleCodes: Readonly<Record<string, string>> = {
  cron: "invalid-cron",
  timezone: "unknown-timezone",
};

function checkSchedule(
  draft: Draft,
  path: Path,
  given: Partial<Schedule> | undefined,
): readonly Finding[] {
  if (given?.cron === undefined || !draft.isWhole(path)) return [];
  const schedule: Schedule = { timezone: "UTC", ...given, cron: given.cron };
  return validateSchedule(schedule).map((problem) => {
    const neverFires = problem.message.startsWith("never fires");
    const isAmbiguous = problem.message.includes("are both set");
    const isZone = problem.path === "timezone";
    const near = isZone ? suggestion(schedule.timezone, Intl.supportedValuesOf("timeZone")) : "";
    return atValue(draft, [...path, problem.path], {
      code: neverFires
        ? "cron-never-fires"
        : isAmbiguous
          ? "cron-ambiguous"
          : (scheduleCodes[problem.path] ?? "invalid-schedule"),
      summary: neverFires
        ? "Schedule never runs"
        : isZone
          ? "Unknown time zone"
          : "Invalid cron expression",
      detail: neverFires
        ? `The expression ${problem.message}. Check day of month and month.`
        : `${sentence(problem.message)} ${near}`.trimEnd(),
    });
  });
}

function checkRetention(draft: Draft, path: Path, retention: Retention): readonly Finding[] {
  if (retention === undefined || !draft.isWhole(path)) return [];
  const rules = retentionRules(retention);
  if (retention.keepAll === true) {
    return Object.keys(rules).map((rule) => {
      const detail = `With "keepAll" everything is kept, so "${rule}" would mean nothing.`;
      const words = { code: "retention-conflict", summary: "Rule without effect", detail };
      return atKey(draft, [...path, rule], words);
    });
  }
  return validateRules(rules).map((problem) => {
    if (problem.path !== "") {
      const words = { code: "invalid-retention", summary: "Invalid retention rule" };
      const detail = sentence(problem.message);
      return atValue(draft, [...path, problem.path], { ...words, detail });
    }
    const detail =
      "A retention without any rule would keep nothing. Give at least one, such as `daily: 7`, " +
      "or write `retention: keep` to keep everything.";
    return atKey(draft, path, { code: "empty-retention", summary: "Empty retention", detail });
  });
}
