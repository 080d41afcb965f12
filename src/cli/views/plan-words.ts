import { resourceOf } from "../../address/address.ts";
import type { Action, ActionKind, ExpireAction } from "../../plan/action.ts";
import { HAZARDS, hazardLevel, type Hazard } from "../../plan/hazard.ts";
import type { Keep, Plan } from "../../plan/plan.ts";
import { counted, formatBytes, formatCount } from "../text/units.ts";

/** What stands before an action of each kind; plain characters, so that any terminal shows them. */
export const SYMBOLS: Readonly<Record<ActionKind, string>> = Object.freeze({
  create: "+",
  copy: ">",
  restore: "<",
  expire: "-",
});

export function isExpire(action: Action): action is ExpireAction {
  return action.kind === "expire";
}

/** The hazards that hold an action back: those to acknowledge, and those to wait for. */
export function holdsOf(action: Action): readonly Hazard[] {
  return [...new Set(action.hazards)].filter((hazard) => {
    const level = hazardLevel(hazard);
    return level === "acknowledge" || level === "wait";
  });
}

/** `mass-expire: One run would ...`, for every hazard of a list. */
export function meaningsOf(hazards: Iterable<Hazard>): readonly string[] {
  return [...new Set(hazards)].sort().map((hazard) => `${hazard}: ${HAZARDS[hazard].meaning}`);
}

/** `prod/docs, policy.nightly`: what an action or a keep is about, and who asks for it. */
export function subjectOf(entry: {
  readonly cluster: string;
  readonly collection: string;
  readonly address: string | null;
}): string {
  const place = `${entry.cluster}/${entry.collection}`;
  return entry.address === null ? place : `${place}, ${resourceOf(entry.address)}`;
}

/** Entries with the same key together, in the order of first appearance. */
export function groupsOf<T>(
  entries: readonly T[],
  key: (entry: T) => string,
): readonly (readonly T[])[] {
  return [...Map.groupBy(entries, key).values()];
}

/** How a restore is done, for whoever decides: which node takes what, then its notes. */
export function routeLines(action: Action): readonly string[] {
  if (action.kind !== "restore") return [];
  const steps = action.route.map(({ part, node }) =>
    part === node ? `${node} takes its own part` : `${node} takes part ${part}`,
  );
  return [...(steps.length === 0 ? [] : [`${steps.join(", then ")}.`]), ...action.notes];
}

/**
 * How often each rule is a reason, the most frequent first: `daily 7, weekly 4, pinned 1`. What
 * is a sentence rather than a rule comes last: `2 of project other`.
 */
export function reasonTotals(keeps: readonly Keep[]): string {
  const totals = new Map<string, number>();
  for (const { reasons } of keeps) {
    const rules = new Set(reasons.map((reason) => reason.replace(/^oldest | \d+$/g, "")));
    for (const rule of rules) totals.set(rule, (totals.get(rule) ?? 0) + 1);
  }
  const isSentence = (rule: string): boolean => rule.split(" ").length > 2;
  return [...totals]
    .sort(
      ([a, left], [b, right]) =>
        Number(isSentence(a)) - Number(isSentence(b)) || right - left || (a < b ? -1 : 1),
    )
    .map(([rule, count]) => (isSentence(rule) ? `${count} ${rule}` : `${rule} ${count}`))
    .join(", ");
}

/** The one line that sums a plan up. */
export function summaryLine({ summary, actions }: Plan): string {
  const of = (kind: ActionKind, count: number): string => {
    const held = actions.filter((action) => action.kind === kind && holdsOf(action).length > 0);
    const suffix = held.length === 0 ? "" : ` (${formatCount(held.length)} held back)`;
    return `${formatCount(count)} to ${kind}${suffix}`;
  };
  const { create, copy, restore, expire, keep } = summary;
  const parts = [
    of("create", create),
    of("copy", copy),
    of("restore", restore),
    of("expire", expire),
  ];
  return `Plan: ${parts.join(", ")}, ${formatCount(keep)} kept.`;
}

/** `39 expires, 481.5 MB at most (37 held back)`; empty without any. */
export function deletionTotal(plan: Plan): string {
  const expires = plan.actions.filter(isExpire);
  if (expires.length === 0) return "";
  const held = expires.filter((action) => holdsOf(action).length > 0).length;
  const size = formatBytes(plan.summary.expiredBytes);
  const suffix = held === 0 ? "" : ` (${formatCount(held)} held back)`;
  return `${counted(expires.length, "expire")}, ${size} at most${suffix}`;
}

/** What a plan was limited to: ` (only policy.nightly; without expires)`; empty for a whole one. */
export function limitsText({ scope, applicable }: Plan): string {
  const limits = [
    ...(applicable ? [] : ["as if it were then; cannot be applied"]),
    ...(scope.only.length === 0 ? [] : [`only ${scope.only.join(", ")}`]),
    ...(scope.force.length === 0 ? [] : [`asked for: ${scope.force.join(", ")}`]),
    ...(scope.noExpire ? ["without expires"] : []),
  ];
  return limits.length === 0 ? "" : ` (${limits.join("; ")})`;
}

/** True when the plan asks for nothing at all. */
export function isEmpty(plan: Plan): boolean {
  return plan.actions.length === 0;
}
