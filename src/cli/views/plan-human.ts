import type { Action } from "../../plan/action.ts";
import type { Keep, Plan, Recovery } from "../../plan/plan.ts";
import { formatAt, formatAtsWithin, type Zones } from "../text/instants.ts";
import type { Screen } from "../text/style.ts";
import { counted, formatBytes, formatCount } from "../text/units.ts";
import { mapStrings, visible } from "../text/visible.ts";
import { block, pad, widthOf } from "../text/width.ts";
import { diagnosticsHuman, type Sources } from "./diagnostics-human.ts";
import {
  deletionTotal,
  groupsOf,
  holdsOf,
  isEmpty,
  isExpire,
  limitsText,
  meaningsOf,
  reasonTotals,
  routeLines,
  subjectOf,
  summaryLine,
  SYMBOLS,
} from "./plan-words.ts";

export interface PlanHumanOptions {
  readonly screen: Screen;
  readonly zones: Zones;
  readonly sources: Sources;
  /** List every kept snapshot with its reasons, and the recovery of what does not change. */
  readonly verbose: boolean;
}

/** A plan for a person who has to decide: deletions first, then the rest, the total last. */
export function planHuman(given: Plan, options: PlanHumanOptions): string {
  // Line ends in a diagnostic's detail are ours; it is made visible where it is printed.
  const plan: Plan = { ...mapStrings(given, visible), diagnostics: given.diagnostics };
  const { style } = options.screen;
  const at = formatAt(plan.plannedAt, options.zones.common);
  const heading = style.bold(`Plan for project ${plan.project}`);
  const limits = limitsText(plan);
  const expires = plan.actions.filter(isExpire);
  const others = plan.actions.filter((action) => !isExpire(action));
  return [
    `${block(`${heading} at ${at}${limits}`, 0, options.screen.columns, 2)}\n`,
    section(`Deletions: ${deletionTotal(plan)}`, actionLines(expires, options)),
    heldBack(plan, options),
    section("Changes", actionLines(others, options)),
    section("Kept", keepLines(plan.keeps, options)),
    section("Recovery points", recoveryLines(plan, options)),
    section("Problems", problemLines(plan, options)),
    diagnosticsHuman(plan.diagnostics, options.sources, options.screen),
    ending(plan, options),
  ]
    .filter((part) => part !== "")
    .join("\n");

  function section(title: string, lines: readonly string[]): string {
    if (lines.length === 0) return "";
    const wrapped = block(title, 0, options.screen.columns, 2);
    return `${style.bold(wrapped)}\n${lines.join("\n")}\n`;
  }
}

/** Actions under headings that say once what many of them share. */
function actionLines(actions: readonly Action[], options: PlanHumanOptions): readonly string[] {
  const key = (action: Action): string =>
    JSON.stringify([action.cluster, action.collection, action.address, clauses(action, options)]);
  return groupsOf(actions, key).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { columns, style } = options.screen;
    const holds = holdsOf(first);
    const heading = `${subjectOf(first)}: ${clauses(first, options)}`;
    const mark = `held back: ${holds.join(", ")}`;
    return [
      block(heading, 2, columns, 2),
      ...(holds.length === 0 ? [] : [style.yellow(block(mark, 4, columns, 2))]),
      ...group.flatMap((action) => [
        actionLine(action, options),
        ...routeLines(action).map((line) => block(line, 8, columns, 2)),
      ]),
    ];
  });
}

/** What a group of actions has in common: the reason, and what comes with it. */
function clauses(action: Action, { zones }: PlanHumanOptions): string {
  const zone = zones.of(action.address);
  const parts = [formatAtsWithin(action.reason, zone)];
  switch (action.kind) {
    case "create":
      parts.push(`to ${action.place}`);
      break;
    case "copy":
      parts.push(`to ${action.to}`);
      break;
    case "restore": {
      const { place, cluster, collection } = action.from;
      parts.push(`from ${cluster}/${collection} in ${place}`, `check ${action.check}`);
      if (action.procedure !== "new") parts.push("replaces what the collection holds");
      if (action.alias !== null) parts.push(`then moves alias ${action.alias}`);
      if (action.aliases) parts.push("with the aliases that it had");
      break;
    }
    case "expire":
      if (!action.isWhole) parts.push(`only from ${action.places.join(", ")}`);
      parts.push(
        action.undoUntil === null
          ? "cannot be undone"
          : `can be undone until ${formatAt(action.undoUntil, zone)}`,
      );
  }
  return parts.join("; ");
}

const idWidth = 25;

function actionLine(action: Action, { screen, zones }: PlanHumanOptions): string {
  const { style, columns } = screen;
  const paint = { create: style.green, copy: style.cyan, restore: style.yellow, expire: style.red };
  const id = pad(action.snapshotId, idWidth);
  const at = instantOf(action);
  const size = action.kind === "create" || action.bytes === 0 ? "" : formatBytes(action.bytes);
  const instant = at === null ? "" : formatAt(at, zones.of(action.address));
  const text = [id, pad(instant, 25), pad(size, 9, "right")].join("  ").trimEnd();
  const symbol = paint[action.kind](SYMBOLS[action.kind]);
  if (widthOf(text) + 6 <= columns) return `    ${symbol} ${text}`;
  const rest = [instant, size].filter((part) => part !== "").join("  ");
  const lines = [`    ${symbol} ${action.snapshotId}`];
  if (rest !== "") lines.push(block(rest, 8, columns));
  return lines.join("\n");
}

/** The instant that a snapshot holds, as its id and the plan tell it. */
function instantOf(action: Action): string | null {
  if (action.kind === "expire" || action.kind === "restore") return action.startedAt;
  if (action.kind === "create" && action.scheduledFor !== null) return action.scheduledFor;
  const stamp = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-/.exec(action.snapshotId);
  if (stamp === null) return null;
  const [, year, month, day, hour, minute, second] = stamp;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
}

function heldBack(plan: Plan, { screen }: PlanHumanOptions): string {
  const { style, columns } = screen;
  const held = plan.actions.flatMap(holdsOf);
  if (held.length === 0) return "";
  const lines = meaningsOf(held).map((meaning) => block(meaning, 2, columns, 2));
  if (plan.acknowledge !== null) {
    const how = "To have it done all the same, name this very set of actions:";
    lines.push(block(how, 2, columns), `    --acknowledge ${plan.acknowledge}`);
  }
  return `${style.bold(style.yellow("Held back"))}\n${lines.join("\n")}\n`;
}

function keepLines(keeps: readonly Keep[], options: PlanHumanOptions): readonly string[] {
  const { columns, style } = options.screen;
  return groupsOf(keeps, subjectOf).flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const zone = options.zones.of(first.address);
    const totals = formatAtsWithin(reasonTotals(group), zone);
    const heading = `${subjectOf(first)}: keeps ${formatCount(group.length)}`;
    if (!options.verbose) return [block(`${heading}: ${totals}`, 2, columns, 2)];
    const lines = group.map((keep) => {
      const reasons = formatAtsWithin(keep.reasons.join(", "), zone);
      const at = formatAt(keep.startedAt, zone);
      const text = `${pad(keep.snapshotId, idWidth)}  ${at}  ${reasons}`;
      if (widthOf(text) + 6 <= columns) return `    ${style.dim("=")} ${text}`;
      const rest = block(`${at}  ${reasons}`, 8, columns);
      return `    ${style.dim("=")} ${keep.snapshotId}\n${rest}`;
    });
    return [block(heading, 2, columns, 2), ...lines];
  });
}

function recoveryLines(plan: Plan, options: PlanHumanOptions): readonly string[] {
  const zones = new Map<string, string>();
  for (const { cluster, collection, address } of [...plan.actions, ...plan.keeps]) {
    const name = `${cluster}/${collection}`;
    if (address?.startsWith("policy.")) zones.set(name, options.zones.of(address));
  }
  const changing = plan.recovery.filter((entry) => options.verbose || changes(entry));
  return changing.flatMap((entry) => {
    const { before, after, cluster, collection } = entry;
    const name = `${cluster}/${collection}`;
    const zone = zones.get(name) ?? options.zones.common;
    const at = (text: string | null): string => (text === null ? "none" : formatAt(text, zone));
    const { columns } = options.screen;
    const row = (label: string, from: string, to: string): string =>
      block(`${pad(label, 7)} ${from === to ? to : `${from} -> ${to}`}`, 4, columns, 8);
    return [
      block(name, 2, columns, 2),
      row("newest", at(before.newest), at(after.newest)),
      row("oldest", at(before.oldest), at(after.oldest)),
      row("count", formatCount(before.count), formatCount(after.count)),
    ];
  });
}

/** Whether a plan changes what can be restored of a collection. */
function changes({ before, after }: Recovery): boolean {
  return (
    before.newest !== after.newest || before.oldest !== after.oldest || before.count !== after.count
  );
}

function problemLines(plan: Plan, { screen }: PlanHumanOptions): readonly string[] {
  return plan.problems.map(({ address, message, code }) =>
    screen.style.red(block(`${address}: ${message} (${code})`, 2, screen.columns, 2)),
  );
}

function ending(plan: Plan, { screen }: PlanHumanOptions): string {
  const { style, columns } = screen;
  const has = plan.diagnostics.some(({ severity }) => severity === "error");
  if (has) return `${style.bold("Nothing can be done before the errors above are put right.")}\n`;
  const kept = counted(plan.keeps.length, "snapshot");
  if (isEmpty(plan)) {
    const wanting = plan.problems.length > 0 ? " But not all that is wanted could be planned." : "";
    return `${style.bold(block(`No changes. ${kept} kept.${wanting}`, 0, columns))}\n`;
  }
  return `${style.bold(block(summaryLine(plan), 0, columns))}\n`;
}
