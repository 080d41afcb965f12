import type { State } from "../../ledger/state.ts";
import type { Holder } from "../answers.ts";
import { formatAt } from "../text/instants.ts";
import type { Screen } from "../text/style.ts";
import { table } from "../text/table.ts";
import { counted, formatAge } from "../text/units.ts";
import { mapStrings, visible } from "../text/visible.ts";
import { block } from "../text/width.ts";

/** The tables of a state whose records have a name. */
const tables = [
  "snapshots",
  "policies",
  "runs",
  "shrinks",
  "taken",
  "restores",
  "intents",
] as const;

/** The records of a state, and who holds its lock. */
export function stateListHuman(
  given: State,
  holder: Holder | null,
  screen: Screen,
  now: Date,
): string {
  const state = mapStrings(given, visible);
  const rows = tables.flatMap((name) =>
    Object.entries(state[name]).map(([key, record]) => {
      const { address, cluster, collection } = record as {
        readonly address?: string;
        readonly cluster?: string;
        readonly collection?: string;
      };
      const where = cluster === undefined ? "" : `${cluster}/${collection ?? ""}`;
      return [key, name.replace(/ies$/, "y").replace(/s$/, ""), where, address ?? ""];
    }),
  );
  const columns = [
    { title: "KEY" },
    { title: "KIND" },
    { title: "COLLECTION", drop: 2 },
    { title: "OF", drop: 1 },
  ];
  const seen = `${formatAt(state.lastSeenAt)} (${formatAge(state.lastSeenAt, now)})`;
  const about =
    `Project ${state.project}, lineage ${state.lineage}, serial ${state.serial}, ` +
    `last used ${seen}, ${counted(rows.length, "record")}.`;
  return [
    rows.length === 0 ? "" : `${table(columns, rows, screen.columns)}\n`,
    `${block(about, 0, screen.columns)}\n`,
    holder === null ? "" : `${block(holderText(holder, now), 0, screen.columns)}\n`,
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** Who holds a lock, and how to end that. */
function holderText(given: Holder, now: Date): string {
  const { id, operation, pid, host, acquiredAt, expiresAt } = mapStrings(given, visible);
  return (
    `Locked by ${operation}, process ${pid} on ${host}, ${formatAge(acquiredAt, now)}; its lease ` +
    `ends ${formatAge(expiresAt, now)}. If that process is gone: snapform unlock ${id}`
  );
}

/** The records of a state under one key, with the table that each stands in. */
export function recordsOf(state: State, key: string): Readonly<Record<string, object>> {
  const found = tables.flatMap((name): [string, object][] => {
    const record = Object.hasOwn(state[name], key) ? state[name][key] : undefined;
    return record === undefined ? [] : [[name, record]];
  });
  return Object.fromEntries(found);
}
