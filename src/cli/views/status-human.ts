import { resourceOf } from "../../address/address.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { CollectionStatus, Status } from "../../workspace/workspace.ts";
import { formatAt, type Zones } from "../text/instants.ts";
import type { Screen, Style } from "../text/style.ts";
import { table } from "../text/table.ts";
import { counted, formatAge, formatBytes, formatCount } from "../text/units.ts";
import { mapStrings, visible } from "../text/visible.ts";
import { block } from "../text/width.ts";
import { diagnosticsHuman, type Sources } from "./diagnostics-human.ts";

export interface StatusHumanOptions {
  readonly screen: Screen;
  readonly zones: Zones;
  readonly sources: Sources;
  readonly now: Date;
}

/** How well everything is protected: what is wrong first, then a line per collection. */
export function statusHuman(given: Status, options: StatusHumanOptions): string {
  const { diagnostics } = given;
  const status = { ...mapStrings({ ...given, diagnostics: [] }, visible), diagnostics };
  const { style } = options.screen;
  const section = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? "" : `${style.bold(title)}\n${lines.join("\n")}\n`;
  return [
    section("Attention", attention(status, options)),
    section(
      "Collections",
      [collectionTable(status, options)].filter((text) => text !== ""),
    ),
    section("Damaged: see `snapform repository check`", list(status.damaged, options)),
    section("Repositories", repositoryLines(status, options)),
    section("Not protected by any policy", names(status.unprotected, options)),
    section("Orphaned: the resource is not declared any more", list(status.orphaned, options)),
    section("Unmanaged: made by others", list(status.unmanaged, options)),
    diagnosticsHuman(diagnostics, options.sources, options.screen),
    summary(status, style),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

/** What a collection is now, in a word. */
export function stateOf(entry: CollectionStatus): "problem" | "failed" | "empty" | "due" | "ok" {
  if (entry.problem !== null) return "problem";
  if (entry.lastRun?.status === "failed") return "failed";
  if (entry.snapshotCount === 0) return "empty";
  return entry.overdueSince === null ? "ok" : "due";
}

/** Whether nothing is wrong with a repository: it is there, and its listing found no damage. */
export function isSound({ status, problem }: Status["repositories"][number]): boolean {
  return problem === null && (status === "ok" || status === "new");
}

function attention(status: Status, { screen, zones, now }: StatusHumanOptions): readonly string[] {
  return status.collections.flatMap((entry) => {
    const { address, problem, lastRun, overdueSince } = entry;
    const zone = zones.of(address);
    const texts = [];
    if (problem !== null) texts.push(problem);
    if (lastRun?.status === "failed") {
      const at = `${formatAt(lastRun.at, zone)} (${formatAge(lastRun.at, now)})`;
      texts.push(`the last run failed at ${at}: ${lastRun.error ?? "no reason was recorded"}`);
    }
    if (overdueSince !== null) {
      texts.push(`due since ${formatAt(overdueSince, zone)} (${formatAge(overdueSince, now)})`);
    }
    return texts.map((text) => block(`${address}: ${text}`, 2, screen.columns, 2));
  });
}

function collectionTable(status: Status, { screen, zones, now }: StatusHumanOptions): string {
  const columns = [
    { title: "COLLECTION" },
    { title: "POLICY", drop: 6 },
    { title: "STATE" },
    { title: "NEWEST", drop: 4 },
    { title: "AGE", align: "right" },
    { title: "OLDEST", drop: 1 },
    { title: "COUNT", align: "right", drop: 5 },
    { title: "SIZE", align: "right", drop: 3 },
    { title: "NEXT RUN", drop: 2 },
    { title: "NEXT", align: "right" },
  ] as const;
  const rows = status.collections.map((entry) => {
    const zone = zones.of(entry.address);
    const at = (text: string | null): string => (text === null ? "none" : formatAt(text, zone));
    const age = (text: string | null): string => (text === null ? "" : formatAge(text, now));
    return [
      `${entry.cluster}/${entry.collection}`,
      resourceOf(entry.address).replace(/^policy\./, ""),
      stateOf(entry),
      at(entry.newestRestorable),
      age(entry.newestRestorable),
      at(entry.oldestRestorable),
      formatCount(entry.snapshotCount),
      formatBytes(entry.bytes),
      at(entry.nextRun),
      age(entry.nextRun),
    ];
  });
  return table(columns, rows, screen.columns, 2);
}

function repositoryLines({ repositories }: Status, { screen }: StatusHumanOptions): string[] {
  return repositories.map((repository) => {
    const { name, status, problem } = repository;
    const word = status === "new" ? "new, made by the first apply" : status;
    const text =
      problem === null
        ? word
        : status === "ok"
          ? `${problem.message}; see \`snapform repository check ${name}\``
          : `${word}: ${problem.message}`;
    const line = block(`${name}  ${text}`, 2, screen.columns, 2);
    return isSound(repository) ? line : screen.style.red(line);
  });
}

const mostListed = 20;

function names(all: readonly string[], { screen }: StatusHumanOptions): readonly string[] {
  const shown = all.slice(0, mostListed).map((name) => block(name, 2, screen.columns, 2));
  const rest = all.length - shown.length;
  return rest > 0 ? [...shown, `  ... and ${formatCount(rest)} more`] : shown;
}

function list(snapshots: readonly Snapshot[], options: StatusHumanOptions): readonly string[] {
  return names(
    snapshots.map(({ id, cluster, collection, owner }) => {
      const whose = owner === null ? "" : `  ${owner.project} ${owner.address}`;
      return `${cluster}/${collection}  ${id}${whose}`;
    }),
    options,
  );
}

function summary({ collections, repositories, damaged }: Status, style: Style): string {
  const bad = collections.filter((entry) => stateOf(entry) !== "ok").length;
  const unsound = repositories.filter((entry) => !isSound(entry)).length;
  const all = counted(collections.length, "collection");
  if (bad === 0 && unsound === 0 && damaged.length === 0) {
    const isAny = collections.length > 0;
    const text = isAny ? style.green(`All well: ${all} protected.`) : "No collection is protected.";
    return `${style.bold(text)}\n`;
  }
  const ofAll = `, of ${formatCount(collections.length)}.`;
  const texts = [
    ...(bad === 0
      ? []
      : [`${counted(bad, "collection needs", "collections need")} attention${ofAll}`]),
    ...(unsound === 0
      ? []
      : [`${counted(unsound, "repository needs", "repositories need")} attention.`]),
    ...(damaged.length === 0
      ? []
      : [`${counted(damaged.length, "snapshot is", "snapshots are")} damaged.`]),
  ];
  return texts.map((text) => `${style.bold(style.yellow(text))}\n`).join("");
}
