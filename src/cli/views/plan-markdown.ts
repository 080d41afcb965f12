import type { Action, ExpireAction } from "../../plan/action.ts";
import type { Plan, RecoveryPoints } from "../../plan/plan.ts";
import { formatAt, formatAtsWithin, type Zones } from "../text/instants.ts";
import {
  fold,
  markdownCode as code,
  markdownRow,
  markdownTable,
  markdownText as text,
} from "../text/markdown.ts";
import { counted, formatBytes, formatCount } from "../text/units.ts";
import { mapStrings, visible } from "../text/visible.ts";
import { fitted, type Section } from "./plan-markdown-fit.ts";
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

/** The first line of the comment, by which a later run finds and replaces it. */
export const MARKER = "<!-- snapform plan -->";

/**
 * A plan as one comment on a pull request: the totals, deletions in the open, dangers and what can
 * be restored next, details folded. Always shorter than GitHub's limit of 65,536 characters: what
 * does not fit is left out line by line, and how much is said.
 */
export function planMarkdown(given: Plan, zones: Zones): string {
  const plan = dated(mapStrings(given, visible), zones);
  const head = [MARKER, `## ${headline(plan)}`, "", about(plan, zones), ""];
  return fitted(head, [
    diagnosticsSection(plan),
    deletions(plan),
    dangers(plan),
    recovery(plan),
    problems(plan),
    deletionDetails(plan),
    changes(plan),
    keeps(plan),
  ]);
}

/** The plan with its instants written for people, each in the zone of its resource. */
function dated(plan: Plan, zones: Zones): Plan {
  const collections = new Map<string, string>();
  for (const { cluster, collection, address } of [...plan.actions, ...plan.keeps]) {
    if (address?.startsWith("policy.")) {
      collections.set(`${cluster}/${collection}`, zones.of(address));
    }
  }
  const points = ({ newest, oldest, ...rest }: RecoveryPoints, zone: string): RecoveryPoints => ({
    ...rest,
    newest: newest === null ? null : formatAt(newest, zone),
    oldest: oldest === null ? null : formatAt(oldest, zone),
  });
  return {
    ...plan,
    actions: plan.actions.map((action) => {
      const zone = zones.of(action.address);
      const reason = formatAtsWithin(action.reason, zone);
      if (action.kind !== "expire") return { ...action, reason };
      const { startedAt, undoUntil } = action;
      return {
        ...action,
        reason,
        startedAt: formatAt(startedAt, zone),
        undoUntil: undoUntil === null ? null : formatAt(undoUntil, zone),
      };
    }),
    recovery: plan.recovery.map((entry) => {
      const zone = collections.get(`${entry.cluster}/${entry.collection}`) ?? zones.common;
      return {
        ...entry,
        before: points(entry.before, zone),
        after: points(entry.after, zone),
      };
    }),
  };
}

function headline(plan: Plan): string {
  if (plan.diagnostics.some(({ severity }) => severity === "error")) {
    return "Snapform plan: errors";
  }
  if (isEmpty(plan)) return `Snapform plan: no changes, ${formatCount(plan.keeps.length)} kept`;
  return summaryLine(plan).replace("Plan:", "Snapform plan:").replace(/\.$/, "");
}

function about(plan: Plan, zones: Zones): string {
  const at = formatAt(plan.plannedAt, zones.common);
  return `Project ${code(plan.project)}, planned at ${at}${text(limitsText(plan))}.`;
}

/** So many deletions are listed one by one in the open; more are summed up per collection. */
const listed = 50;

/** What reviewers look at first: what goes, in the open, whatever else has to be folded. */
function deletions(plan: Plan): Section {
  const expires = plan.actions.filter(isExpire);
  const isListed = expires.length <= listed;
  const rows = isListed
    ? expires.map(deletionRow)
    : groupsOf(expires, subjectOf).flatMap((group) => collectionRow(group));
  const titles = isListed ? deletionTitles : ["of", "expires:", "size:", "oldest", "newest", ""];
  const head = [`### Deletions: ${deletionTotal(plan)}`, "", ...markdownTable(titles)];
  return { head, lines: rows, tail: [""], noun: "line" };
}

/** Every deletion, folded, where the open table holds sums only. */
function deletionDetails(plan: Plan): Section {
  const expires = plan.actions.filter(isExpire);
  const lines = expires.length <= listed ? [] : expires.map(deletionRow);
  const { open, close } = fold(`${counted(expires.length, "expire")}, one by one`);
  return {
    head: [...open, ...markdownTable(deletionTitles)],
    lines,
    tail: close,
    noun: "expire",
  };
}

const deletionTitles = ["of", "snapshot", "taken", "size:", "why", "undo until", ""];

function deletionRow(action: ExpireAction): string {
  const what = action.isWhole ? "" : `; only from ${action.places.join(", ")}`;
  return markdownRow([
    code(subjectOf(action)),
    code(action.snapshotId),
    action.startedAt,
    formatBytes(action.bytes),
    text(`${action.reason}${what}`),
    action.undoUntil ?? "never",
    holdText([action]),
  ]);
}

function collectionRow(group: readonly ExpireAction[]): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const byAge = group.toSorted((a, b) => (a.snapshotId < b.snapshotId ? -1 : 1));
  return [
    markdownRow([
      code(subjectOf(first)),
      formatCount(group.length),
      formatBytes(group.reduce((sum, { bytes }) => sum + bytes, 0)),
      byAge[0]?.startedAt ?? "",
      byAge.at(-1)?.startedAt ?? "",
      holdText(group),
    ]),
  ];
}

function holdText(actions: readonly Action[]): string {
  const holds = [...new Set(actions.flatMap(holdsOf))].sort();
  return holds.length === 0 ? "" : `held back: ${holds.join(", ")}`;
}

function dangers(plan: Plan): Section {
  const held = meaningsOf(plan.actions.flatMap(holdsOf));
  const lines = held.map((meaning) => `- ${text(meaning)}`);
  const tail = [""];
  if (plan.acknowledge !== null) {
    const flag = code(`--acknowledge ${plan.acknowledge}`);
    tail.unshift("", `To have this very set of actions done all the same: ${flag}`);
  }
  return { head: ["### Held back", ""], lines, tail, noun: "hazard" };
}

function recovery(plan: Plan): Section {
  const arrow = (from: string, to: string): string => (from === to ? to : `${from} → ${to}`);
  const rows = plan.recovery
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after))
    .map(({ cluster, collection, before, after }) =>
      markdownRow([
        code(`${cluster}/${collection}`),
        arrow(formatCount(before.count), formatCount(after.count)),
        arrow(before.newest ?? "none", after.newest ?? "none"),
        arrow(before.oldest ?? "none", after.oldest ?? "none"),
      ]),
    );
  const titles = ["collection", "snapshots:", "newest", "oldest"];
  const head = ["### Recovery points", "", ...markdownTable(titles)];
  return { head, lines: rows, tail: [""], noun: "collection" };
}

function problems(plan: Plan): Section {
  const lines = plan.problems.map(
    ({ address, message, code: name }) => `- ${code(address)}: ${text(message)} (${name})`,
  );
  return { head: ["### Problems", ""], lines, tail: [""], noun: "problem" };
}

function diagnosticsSection(plan: Plan): Section {
  const lines = plan.diagnostics.map(
    ({ severity, summary, detail }) => `- **${severity}:** ${text(`${summary}. ${detail}`)}`,
  );
  return { head: [], lines, tail: [""], noun: "diagnostic" };
}

function changes(plan: Plan): Section {
  const rows = plan.actions
    .filter((action) => !isExpire(action))
    .map((action) =>
      markdownRow([
        code(SYMBOLS[action.kind]),
        code(subjectOf(action)),
        code(action.snapshotId),
        text([`${action.reason}${target(action)}`, ...routeLines(action)].join(". ")),
        holdText([action]),
      ]),
    );
  const { open, close } = fold(`${counted(rows.length, "action")}: create, copy, restore`);
  const head = [...open, ...markdownTable(["", "of", "snapshot", "why", ""])];
  return { head, lines: rows, tail: close, noun: "action" };
}

function target(action: Action): string {
  switch (action.kind) {
    case "create":
      return `; to ${action.place}`;
    case "copy":
      return `; to ${action.to}`;
    case "restore":
      return `; from ${action.from.cluster}/${action.from.collection} in ${action.from.place}`;
    case "expire":
      return "";
  }
}

function keeps(plan: Plan): Section {
  const lines = groupsOf(plan.keeps, subjectOf).map((group) => {
    const subject = group[0] === undefined ? "" : subjectOf(group[0]);
    return `- ${code(subject)}: keeps ${group.length}: ${text(reasonTotals(group))}`;
  });
  const { open, close } = fold(`${counted(plan.keeps.length, "snapshot")} kept`);
  return { head: open, lines, tail: close, noun: "line" };
}
