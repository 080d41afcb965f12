import type { ListedSnapshot } from "../../workspace/workspace.ts";
import { formatAt, formatAtsWithin, type Zones } from "../text/instants.ts";
import type { Screen } from "../text/style.ts";
import { table } from "../text/table.ts";
import { counted, formatAge, formatBytes, formatCount } from "../text/units.ts";
import { mapStrings, visible } from "../text/visible.ts";
import { block, pad } from "../text/width.ts";
import { ownerText, placesText, statusText } from "./snapshot-words.ts";

export interface SnapshotsHumanOptions {
  readonly screen: Screen;
  readonly zones: Zones;
  readonly now: Date;
}

/** Snapshots as a table, as they come (newest first). */
export function snapshotsHuman(
  given: readonly ListedSnapshot[],
  { screen, zones, now }: SnapshotsHumanOptions,
): string {
  if (given.length === 0) return "There are no snapshots.\n";
  const rows = mapStrings(given, visible).map(({ snapshot, address, reasons }) => {
    const zone = zones.of(address);
    return [
      snapshot.id,
      `${snapshot.cluster}/${snapshot.collection}`,
      formatAt(snapshot.startedAt, zone),
      formatAge(snapshot.startedAt, now),
      formatBytes(snapshot.bytes),
      statusText(snapshot) + (snapshot.pinned ? ", pinned" : ""),
      placesText(snapshot),
      ownerText(snapshot, address),
      formatAtsWithin(reasons.join(", "), zone),
    ];
  });
  const columns = [
    { title: "ID" },
    { title: "COLLECTION" },
    { title: "TAKEN", drop: 3 },
    { title: "AGE", align: "right" },
    { title: "SIZE", align: "right", drop: 6 },
    { title: "STATE", drop: 5 },
    { title: "IN", drop: 2 },
    { title: "OF", drop: 4 },
    { title: "WHY", drop: 1 },
  ] as const;
  const bytes = given.reduce((sum, { snapshot }) => sum + snapshot.bytes, 0);
  const total = `${counted(given.length, "snapshot")}, ${formatBytes(bytes)} in all.`;
  return `${table(columns, rows, screen.columns)}\n\n${total}\n`;
}

/** Everything that is known of one snapshot. */
export function snapshotHuman(
  given: ListedSnapshot,
  { screen, zones, now }: SnapshotsHumanOptions,
): string {
  const { snapshot, address, reasons } = mapStrings(given, visible);
  const zone = zones.of(address);
  const at = (text: string | null): string | null =>
    text === null ? null : `${formatAt(text, zone)} (${formatAge(text, now)})`;
  const { points, bytes } = snapshot;
  const range = points && [...new Set([points.before, points.after])].map(formatCount).join(" to ");
  const rows: readonly (readonly [string, string | null])[] = [
    ["collection", `${snapshot.cluster}/${snapshot.collection}`],
    ["engine", snapshot.engine],
    ["of", ownerText(snapshot, address)],
    ["taken", at(snapshot.startedAt)],
    ["finished", at(snapshot.finishedAt)],
    ["for run", at(snapshot.scheduledFor)],
    ["state", statusText(snapshot) + (snapshot.pinned ? ", pinned" : "")],
    ["in", placesText(snapshot)],
    ["size", formatBytes(bytes)],
    ["points", range],
    ["verified", at(snapshot.verifiedAt)],
    ["kept until", at(snapshot.keepUntil)],
    ["description", snapshot.description],
    ["why", formatAtsWithin(reasons.join(", "), zone) || null],
  ];
  const lines = rows.flatMap(([label, value]) =>
    value === null ? [] : [block(`${pad(label, 11)}  ${value}`, 2, screen.columns, 13)],
  );
  return `${screen.style.bold(snapshot.id)}\n${lines.join("\n")}\n`;
}
