import type { ActionOutcome, ApplyEvent, ApplyResult, Outcome } from "../../apply/events.ts";
import type { Action, ActionKind } from "../../plan/action.ts";
import type { Plan } from "../../plan/plan.ts";
import { formatAtsWithin, type Zones } from "../text/instants.ts";
import type { Screen, Style } from "../text/style.ts";
import { counted, formatBytes, formatElapsed } from "../text/units.ts";
import { visible } from "../text/visible.ts";
import { block, cut } from "../text/width.ts";

type Progress = Extract<ApplyEvent, { type: "progress" }>["progress"];

/** An action that is being carried out. */
export interface Running {
  readonly action: Action;
  readonly startedMs: number;
  readonly progress: Progress | null;
}

/** `create prod/docs 20261121T010000Z-0a1b2c3d`. */
function nameOf({ kind, cluster, collection, snapshotId }: Action): string {
  return visible(`${kind} ${cluster}/${collection} ${snapshotId}`);
}

/**
 * How far a running action is: `copying 12.3 MB of 40.0 MB, 31%, 5.1 MB/s, 2 s`, behind its name,
 * of which is left out what does not fit.
 */
export function runningLine(
  { action, startedMs, progress }: Running,
  nowMs: number,
  columns: number,
): string {
  const elapsedMs = Math.max(0, nowMs - startedMs);
  const { phase = "working", doneBytes, totalBytes } = progress ?? {};
  const parts = [visible(phase)];
  if (doneBytes !== undefined) {
    const known = totalBytes !== undefined && totalBytes > 0;
    const total = known ? ` of ${formatBytes(totalBytes)}` : "";
    parts[0] += ` ${formatBytes(doneBytes)}${total}`;
    if (known) parts.push(`${Math.min(100, Math.floor((doneBytes / totalBytes) * 100))}%`);
    if (elapsedMs >= 500)
      parts.push(`${formatBytes(Math.round(doneBytes / (elapsedMs / 1_000)))}/s`);
  }
  if (elapsedMs >= 1_000) parts.push(`${Math.floor(elapsedMs / 1_000)} s`);
  const text = parts.join(", ");
  const name = visible(`${action.kind} ${action.cluster}/${action.collection}`);
  return cut(`  ${cut(name, Math.max(12, columns - text.length - 4))}: ${text}`, columns);
}

/** The line that an event leaves; null for one that leaves none. */
export function eventLine(event: ApplyEvent, style: Style, withStarts: boolean): string | null {
  switch (event.type) {
    case "waiting":
      return `Waiting for the state, which is held by ${visible(event.holder)}.`;
    case "recovered":
      return `Recovered: ${visible(event.text)}`;
    case "warning":
      return `${style.yellow("Warning:")} ${visible(event.text)}`;
    case "started":
      return withStarts ? `${nameOf(event.action)}: started` : null;
    case "progress":
      return null;
    case "finished":
      return `${nameOf(event.action)}: ${outcomeText(event.outcome, style)}`;
    case "swept": {
      const { freedBytes, removedObjectCount } = event.result;
      if (removedObjectCount === 0 && freedBytes === 0) return null;
      return `Swept repository ${visible(event.repository)}: ${formatBytes(freedBytes)} freed.`;
    }
  }
}

function outcomeText(outcome: Outcome, style: Style): string {
  switch (outcome.status) {
    case "done": {
      const { bytes, newBytes, durationMs } = outcome.detail;
      const added = newBytes === undefined ? "" : ` (${formatBytes(newBytes)} new)`;
      const size = bytes === undefined ? "" : ` ${formatBytes(bytes)}${added}`;
      const isQuick = durationMs === undefined || durationMs < 50;
      const time = isQuick ? "" : ` in ${formatElapsed(durationMs)}`;
      return `${style.green("done")}${size}${time}`;
    }
    case "satisfied":
      return `nothing to do, ${visible(outcome.why)}`;
    case "kept":
      return `kept, ${visible(outcome.why)}`;
    case "withheld":
      return style.yellow(visible(outcome.why));
    case "skipped":
      return `not done, ${visible(outcome.why)}`;
    case "failed":
      return `${style.red("failed")}, ${visible(outcome.failure.message)}`;
  }
}

export interface ApplySummaryOptions {
  readonly screen: Screen;
  readonly zones: Zones;
  readonly elapsedMs: number;
  /** True when a saved plan was carried out. */
  readonly isReviewed: boolean;
}

const done: Readonly<Record<ActionKind, string>> = {
  create: "created",
  copy: "copied",
  restore: "restored",
  expire: "expired",
};

/** What came of it: the counts, what failed or was held back and what to do about it. */
export function applyHuman(
  plan: Plan,
  result: ApplyResult,
  { screen, zones, elapsedMs, isReviewed }: ApplySummaryOptions,
): string {
  const { style, columns } = screen;
  const lines: string[] = [];
  const line = (text: string, indent = 0): void => void lines.push(block(text, indent, columns, 2));
  for (const { action, outcome } of result.outcomes) {
    if (outcome.status !== "done") continue;
    const { undo, check } = outcome.detail;
    for (const finding of check?.findings ?? []) line(`${nameOf(action)}: ${visible(finding)}`);
    if (check?.limitation) line(visible(check.limitation), 2);
    if (undo !== undefined && action.kind === "restore") {
      line(formatAtsWithin(`To go back: ${visible(undo)}`, zones.of(action.address)), 2);
    }
  }
  const failed = result.outcomes.filter(({ outcome }) => outcome.status === "failed");
  if (failed.length > 0) lines.push(style.bold(style.red("Failed")));
  for (const { action, outcome } of failed) {
    if (outcome.status !== "failed") continue;
    const { message, code, hint } = outcome.failure;
    line(`${nameOf(action)}: ${visible(message)} (${code})`, 2);
    if (hint !== null) line(visible(hint), 4);
  }
  if (lines.length > 0) lines.push("");
  lines.push(style.bold(block(totals(plan, result, elapsedMs), 0, columns)));
  for (const step of nextSteps(plan, result, isReviewed)) line(step);
  return `\n${lines.join("\n")}\n`;
}

function totals(
  { problems }: Plan,
  { outcomes, counts, isCancelled }: ApplyResult,
  elapsedMs: number,
): string {
  const kinds = (Object.keys(done) as ActionKind[]).flatMap((kind) => {
    const count = outcomes.filter((entry) => isDone(entry, kind)).length;
    return count === 0 ? [] : [`${count} ${done[kind]}`];
  });
  const others = [
    [counts.satisfied, "done before"],
    [counts.kept, "kept after all"],
    [counts.withheld, "held back"],
    [counts.skipped, "not done"],
    [counts.failed, "failed"],
  ] as const;
  const parts = [
    ...kinds,
    ...others.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])),
  ];
  if (parts.length === 0) {
    if (isCancelled) return "Stopped before anything was begun.";
    return problems.length > 0 ? "Nothing could be done." : "Nothing to do.";
  }
  const isNothing = counts.done === 0 && counts.satisfied === 0;
  const head = isCancelled ? "Stopped" : isNothing ? "Nothing done" : "Done";
  return `${head}: ${parts.join(", ")}, in ${formatElapsed(elapsedMs)}.`;
}

function isDone({ action, outcome }: ActionOutcome, kind: ActionKind): boolean {
  return action.kind === kind && outcome.status === "done";
}

function nextSteps(plan: Plan, result: ApplyResult, isReviewed: boolean): readonly string[] {
  const steps: string[] = [];
  if (result.acknowledge !== null) {
    const held = counted(result.counts.withheld, "action is", "actions are");
    const hash = `--acknowledge ${result.acknowledge}`;
    const right = result.counts.withheld === 1 ? "If it is right" : "If they are right";
    steps.push(`${held} held back. ${right}, run the same command with ${hash}.`);
  } else if (result.counts.withheld > 0) {
    steps.push("What is held back waits until the world is right again; see `snapform plan`.");
  }
  if (result.isCancelled) steps.push("Run the same command again to go on.");
  else if (result.counts.failed > 0) {
    steps.push("What is done is recorded. Put the failures right and run `snapform apply` again.");
  }
  if (plan.problems.length > 0) {
    // A saved plan is not shown again; any other stands above.
    const where = isReviewed ? "see `snapform plan`" : "see above";
    steps.push(`${counted(plan.problems.length, "problem")} in the plan; ${where}.`);
  }
  return steps;
}
