import type { Check, Listing, Swept } from "../answers.ts";
import type { DesiredRepository } from "../../desired/desired.ts";
import { formatAt } from "../text/instants.ts";
import type { Screen } from "../text/style.ts";
import { table } from "../text/table.ts";
import { counted, formatAge, formatBytes, formatCount } from "../text/units.ts";
import { mapStrings, visible } from "../text/visible.ts";
import { block } from "../text/width.ts";

/** The repositories that the configuration declares. */
export function repositoriesHuman(given: readonly DesiredRepository[], screen: Screen): string {
  if (given.length === 0) return "The configuration declares no repository.\n";
  const rows = mapStrings(given, visible).map(({ name, type, path, hash }) => [
    name,
    type,
    hash,
    path,
  ]);
  const titles = [{ title: "NAME" }, { title: "TYPE", drop: 2 }, { title: "HASH", drop: 1 }];
  return `${table([...titles, { title: "PATH" }], rows, screen.columns)}\n`;
}

/** What a repository holds: snapshots, what can still be brought back, and what is damaged. */
export function repositoryListHuman(given: Listing, screen: Screen, now: Date): string {
  const { snapshots, trash, damage } = mapStrings(given, visible);
  const { columns, style } = screen;
  const rows = snapshots
    .toSorted((a, b) => (a.manifest.id < b.manifest.id ? 1 : -1))
    .map(({ manifest, notes }) => [
      manifest.id,
      `${manifest.cluster}/${manifest.collection}`,
      formatAge(manifest.startedAt, now),
      formatBytes(manifest.bytes),
      [notes.damaged ? "damaged" : "ok", ...(notes.pinned ? ["pinned"] : [])].join(", "),
      `${manifest.owner.project} ${manifest.owner.address}`,
    ]);
  const titles = [
    { title: "ID" },
    { title: "COLLECTION" },
    { title: "AGE", align: "right" },
    { title: "SIZE", align: "right" },
    { title: "STATE" },
    { title: "OF", drop: 1 },
  ] as const;
  const gone = trash.map((entry) => [
    entry.id,
    `${entry.cluster}/${entry.collection}`,
    formatBytes(entry.bytes),
    `${formatAt(entry.undoUntil)} (${formatAge(entry.undoUntil, now)})`,
  ]);
  const goneTitles = [
    { title: "ID" },
    { title: "COLLECTION" },
    { title: "SIZE", align: "right", drop: 1 },
    { title: "UNTIL" },
  ] as const;
  const parts = [
    rows.length === 0 ? "" : `${table(titles, rows, columns)}\n`,
    gone.length === 0
      ? ""
      : `${style.bold("Expired; `snapform undelete ID` brings back")}\n` +
        `${table(goneTitles, gone, columns)}\n`,
    damageHuman(damage, screen),
    `${counted(rows.length, "snapshot")}, ${formatCount(gone.length)} expired.\n`,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function damageHuman(damage: Listing["damage"], screen: Screen): string {
  if (damage.length === 0) return "";
  const { columns, style } = screen;
  const lines = damage.map(({ kind, path, fault, detail, snapshots }) => {
    const needs = snapshots.map(({ id }) => id).join(", ");
    const who = needs === "" ? "" : `\n${block(`needed by ${needs}`, 4, columns)}`;
    return block(`${kind} ${path}: ${fault}; ${detail}`, 2, columns, 2) + who;
  });
  return `${style.bold(style.red(`Damage: ${damage.length}`))}\n${lines.join("\n")}\n`;
}

/** What a check of a repository found. */
export function repositoryCheckHuman(given: Check, screen: Screen, readData: boolean): string {
  const { snapshotCount, objectCount, checkedBytes, damage } = mapStrings(given, visible);
  const how = readData ? `${formatBytes(checkedBytes)} read and hashed` : "sizes compared";
  const what = `${counted(snapshotCount, "snapshot")}, ${counted(objectCount, "object")}, ${how}`;
  const result = damage.length === 0 ? `No damage found: ${what}.` : `Checked ${what}.`;
  const hint = readData ? "" : " Use --read-data to hash every byte.";
  return [damageHuman(damage, screen), `${block(`${result}${hint}`, 0, screen.columns)}\n`]
    .filter((part) => part !== "")
    .join("\n");
}

/** What a sweep removed, or would remove. */
export function pruneHuman(given: Swept, isDryRun: boolean): string {
  const { removedSnapshots, removedObjectCount, freedBytes } = mapStrings(given, visible);
  const lines = removedSnapshots.map(
    ({ cluster, collection, id }) => `- ${cluster}/${collection} ${id}\n`,
  );
  const objects = counted(removedObjectCount, "object");
  const verb = isDryRun ? "Would remove" : "Removed";
  const ended = counted(removedSnapshots.length, "expired snapshot");
  return `${lines.join("")}${verb} ${ended} and ${objects}, ${formatBytes(freedBytes)}.\n`;
}
