import type { ActionOutcome, ApplyEvent, ApplyResult } from "../../apply/events.ts";
import type { Applied } from "../../workspace/workspace.ts";
import type { Diagnostic } from "../server/diagnostic.ts";
import { deletionsFirst, lineOf } from "./change-lines.ts";
import type { Kind } from "./kind.ts";
import {
  inTerraformWords,
  listed,
  NOT_NOW,
  planDiagnostics,
  sentence,
} from "./plan-diagnostics.ts";

/** What became of a change, for Terraform. */
export interface Aftermath {
  /** True when something exists, or is gone, that was not so before. */
  readonly isAnythingDone: boolean;
  /** True when something that should have been done was not. */
  readonly isIncomplete: boolean;
  /** What was done, one line each. */
  readonly changes: readonly string[];
  /** What went wrong, as warnings. */
  readonly diagnostics: readonly Diagnostic[];
}

export function aftermathOf(
  kind: Kind,
  { plan, result }: Applied,
  events: readonly ApplyEvent[],
  isAllowed: boolean,
): Aftermath {
  const outcomes = inOrder(result?.outcomes ?? []);
  const done = outcomes.filter(({ outcome }) => outcome.status === "done");
  const satisfied = outcomes.filter(({ outcome }) => outcome.status === "satisfied");
  const { failed = 0, skipped = 0 } = result?.counts ?? {};
  return {
    isAnythingDone: done.length + satisfied.length > 0,
    isIncomplete: failed + skipped > 0 || plan.problems.length > 0,
    changes: done.map(({ action }) => lineOf(action)),
    diagnostics: [
      ...planDiagnostics(kind, plan, isAllowed),
      ...failures(outcomes, result),
      ...notices(outcomes),
      ...said(events),
    ],
  };
}

/** As `deletionsFirst` has actions. */
function inOrder(outcomes: readonly ActionOutcome[]): readonly ActionOutcome[] {
  const byKind = outcomes.map((each) => ({ ...each, kind: each.action.kind }));
  return deletionsFirst(byKind);
}

function failures(
  outcomes: readonly ActionOutcome[],
  result: ApplyResult | null,
): readonly Diagnostic[] {
  const found = outcomes.flatMap(({ action, outcome }): Diagnostic[] => {
    if (outcome.status !== "failed") return [];
    const { code, message, hint } = outcome.failure;
    const way = hint === null ? "" : `\n\n${hint}`;
    const detail = `${lineOf(action)}\n\n${code}: ${inTerraformWords(message)}${way}`;
    return [{ severity: "warning", summary: `Could not ${action.kind} a snapshot`, detail }];
  });
  const skipped = outcomes.flatMap(({ action, outcome }) =>
    outcome.status === "skipped" ? [`${lineOf(action)} (${outcome.why})`] : [],
  );
  if (skipped.length === 0) return found;
  const summary = result?.isCancelled === true ? "Stopped before the end" : "Not everything begun";
  return [...found, { severity: "warning", summary, detail: listed(skipped) }];
}

/** What was planned and, rightly, not done. */
function notices(outcomes: readonly ActionOutcome[]): readonly Diagnostic[] {
  const lines = outcomes.flatMap(({ action, outcome }) =>
    outcome.status === "satisfied" || outcome.status === "kept"
      ? [`${lineOf(action)} (${outcome.why})`]
      : [],
  );
  if (lines.length === 0) return [];
  const summary = "The world has moved since the plan";
  return [{ severity: "warning", summary, detail: `Not done:\n${listed(lines)}` }];
}

function said(events: readonly ApplyEvent[]): readonly Diagnostic[] {
  return events.flatMap((event): Diagnostic[] => {
    if (event.type !== "warning" && event.type !== "recovered") return [];
    const summary =
      event.type === "recovered" ? "Recovered from an interruption" : "Something to know";
    return [{ severity: "warning", summary, detail: sentence(event.text) }];
  });
}

/** What has failed as errors: of an object that stays what it is, whatever they say. */
export function asErrors(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.map((each) =>
    each.summary.startsWith("Could not") ? { ...each, severity: "error" } : each,
  );
}

/** Nothing has been done, and why. */
export function nothingDone(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const failures = asErrors(found).map((each): Diagnostic => {
    return each.summary === NOT_NOW ? { ...each, severity: "error" } : each;
  });
  if (failures.some(({ severity }) => severity === "error")) return failures;
  const detail = "It was stopped before anything was made. Apply again.";
  return [...failures, { severity: "error", summary: "Nothing was done", detail }];
}
