import type { Explanation } from "../../workspace/workspace.ts";
import { formatAt, formatAtsWithin, type Zones } from "../text/instants.ts";
import type { Screen } from "../text/style.ts";
import { formatAge } from "../text/units.ts";
import { mapStrings, visible } from "../text/visible.ts";
import { block } from "../text/width.ts";
import { placesText, statusText } from "./snapshot-words.ts";

export interface ExplainHumanOptions {
  readonly screen: Screen;
  readonly zones: Zones;
  readonly now: Date;
}

/** Why each snapshot of a resource stays or goes, and when it runs next. */
export function explainHuman(given: Explanation, options: ExplainHumanOptions): string {
  const explanation = mapStrings(given, visible);
  const { screen, zones, now } = options;
  const { columns, style } = screen;
  const zone = zones.of(explanation.address);
  const section = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? "" : `${style.bold(title)}\n${lines.join("\n")}\n`;
  const snapshots = explanation.snapshots.map(({ snapshot, reasons }) => {
    const goes = reasons.some((reason) => reason.startsWith("expires: "));
    const mark = goes ? style.red("-") : style.dim("=");
    const why = formatAtsWithin(reasons.join(", "), zone) || "no rule speaks of it";
    const name = `${snapshot.cluster}/${snapshot.collection}`;
    const about = [formatAt(snapshot.startedAt, zone), formatAge(snapshot.startedAt, now)];
    const where = `${name}, ${statusText(snapshot)} in ${placesText(snapshot)}`;
    return [
      `  ${mark} ${snapshot.id}`,
      block(`${about.join(", ")}; ${where}`, 6, columns),
      block(why, 6, columns),
    ].join("\n");
  });
  const runs = explanation.nextRuns.map(
    (run) => `  ${formatAt(run, zone)}  ${formatAge(run, now)}`,
  );
  const changes = explanation.dst === null ? [] : dstLines(explanation.dst, zone, columns);
  const notes = explanation.notes.map((note) => block(formatAtsWithin(note, zone), 2, columns, 2));
  return [
    `${style.bold(explanation.address)}\n`,
    section("Notes", notes),
    section(`Snapshots: ${snapshots.length}`, snapshots),
    section("Next runs", runs),
    section("Around the next change of the clocks", changes),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

function dstLines(
  { changeAt, runs }: NonNullable<Explanation["dst"]>,
  zone: string,
  columns: number,
): readonly string[] {
  const changeMs = Date.parse(changeAt);
  const before = runs.filter((run) => Date.parse(run) < changeMs);
  const after = runs.filter((run) => Date.parse(run) >= changeMs);
  return [
    ...before.map((run) => `  ${formatAt(run, zone)}`),
    block(`${formatAt(changeAt, zone)}  the clocks change`, 2, columns, 2),
    ...after.map((run) => `  ${formatAt(run, zone)}`),
  ];
}
