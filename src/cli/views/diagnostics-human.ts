// Views: what a command found out, as text. One file per verb and kind of reader; pure functions
// of plain data and of the screen. They know the words and the types of workspace and apply, never
// the context. Invariant: text from outside is made visible (or escaped for Markdown) here, before
// it is mixed with what moves, colours or breaks lines.
import type { Diagnostic, SourceRange } from "../../diagnostics/diagnostic.ts";
import { visible, visibleLines } from "../text/visible.ts";
import { block, cut, widthOf } from "../text/width.ts";
import type { Screen } from "../text/style.ts";

/** The texts of the files that ranges point into. */
export type Sources = Readonly<Record<string, string>>;

/** Diagnostics with the lines that they point at, one paragraph each; empty without any. */
export function diagnosticsHuman(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
  screen: Screen,
): string {
  return diagnostics.map((diagnostic) => diagnosticHuman(diagnostic, sources, screen)).join("\n");
}

function diagnosticHuman(diagnostic: Diagnostic, sources: Sources, screen: Screen): string {
  const { style, columns } = screen;
  const { severity, summary, detail, range } = diagnostic;
  const mark =
    severity === "error" ? style.bold(style.red("Error:")) : style.bold(style.yellow("Warning:"));
  const where = whereOf(diagnostic);
  const lines = [
    block(`${mark} ${style.bold(visible(summary))}`, 0, columns, 2),
    ...(where === "" ? [] : [style.dim(block(where, 2, columns, 2))]),
    ...(range === undefined ? [] : excerpt(range, sources, screen)),
    block(visibleLines(detail), 2, columns),
  ];
  return `${lines.join("\n")}\n`;
}

function whereOf({ range, path, address }: Diagnostic): string {
  const place =
    range === undefined ? "" : `${visible(range.file)}:${range.start.line}:${range.start.column}`;
  const what = visible(path ?? address ?? "");
  return [place, what].filter((part) => part !== "").join("  ");
}

/** The first line that a range covers, with carets below what it covers. */
function excerpt(range: SourceRange, sources: Sources, screen: Screen): readonly string[] {
  const source = sources[range.file]?.split(/\r\n|\n|\r/)[range.start.line - 1];
  if (source === undefined || source.trim() === "") return [];
  const number = String(range.start.line);
  const room = screen.columns - number.length - 7;
  const before = visible(source.slice(0, range.start.column - 1).replaceAll("\t", " "));
  const endColumn = range.end.line === range.start.line ? range.end.column : source.length + 1;
  const marked = visible(source.slice(range.start.column - 1, endColumn - 1));
  const isFar = widthOf(before) + 1 > room;
  const text = visible(source.replaceAll("\t", " "));
  const shown = isFar ? cut(text.slice(before.length), room) : cut(text, room);
  const offset = isFar ? 0 : widthOf(before);
  const caretCount = Math.max(1, Math.min(widthOf(marked), room - offset));
  const margin = " ".repeat(number.length);
  const { style } = screen;
  return [
    `  ${style.dim(`${number} |`)} ${shown.trimEnd()}`,
    `  ${style.dim(`${margin} |`)} ${" ".repeat(offset)}${style.red("^".repeat(caretCount))}`,
  ];
}
