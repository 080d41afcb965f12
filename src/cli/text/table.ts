import { block, pad, widthOf } from "./width.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** When the table is too wide, columns go in this order, 1 first; without it the column stays. */
  readonly drop?: number;
}

const gap = "  ";

/**
 * Rows as an aligned table that fits a width: first columns are dropped in their order, then every
 * row becomes a paragraph of `title: value` lines. Empty without rows.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  indent = 0,
): string {
  if (rows.length === 0) return "";
  const kept = columns.map((column, index) => ({ column, index }));
  const room = width - indent;
  const sizes = columns.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[index] ?? "")), widthOf(title)),
  );
  const total = (): number =>
    kept.reduce((sum, { index }) => sum + (sizes[index] ?? 0) + gap.length, -gap.length);
  while (total() > room) {
    const next = kept
      .filter(({ column }) => column.drop !== undefined)
      .toSorted((a, b) => (a.column.drop ?? 0) - (b.column.drop ?? 0))[0];
    if (next === undefined) return paragraphs(columns, rows, width, indent);
    kept.splice(kept.indexOf(next), 1);
  }
  const line = (cells: readonly string[]): string =>
    " ".repeat(indent) +
    kept
      .map(({ column, index }) => pad(cells[index] ?? "", sizes[index] ?? 0, column.align))
      .join(gap)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].join("\n");
}

function paragraphs(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  indent: number,
): string {
  const label = Math.max(...columns.slice(1).map(({ title }) => widthOf(title)), 0);
  return rows
    .map(([first = "", ...rest]) => {
      const lines = rest.flatMap((cell, index) => {
        if (cell === "") return [];
        const title = pad((columns[index + 1]?.title ?? "").toLowerCase(), label);
        return [block(`${title}  ${cell}`, indent + 2, width, label + 2)];
      });
      return [block(first, indent, width, 2), ...lines].join("\n");
    })
    .join("\n");
}
