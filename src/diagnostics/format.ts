import type { Diagnostic, SourceRange } from "./diagnostic.ts";

export interface FormatDiagnosticOptions {
  /** Whether to use terminal colours; not by default. */
  readonly color?: boolean;
  /** The text of the file in the range, with secrets masked; its line is shown. */
  readonly source?: string;
}

const widthLimit = 160;
const leadLimit = 60;

/**
 * A diagnostic for people:
 *
 *     Error: Unknown key
 *       on snapform.yaml:12:5, in policies.nightly:
 *       12 |     retnetion: keep
 *          |     ^^^^^^^^^
 *       There is no key "retnetion" in policies.nightly. Did you mean "retention"?
 */
export function formatDiagnostic(
  diagnostic: Diagnostic,
  options: FormatDiagnosticOptions = {},
): string {
  const { severity, summary, detail, range, path } = diagnostic;
  const paint = (code: string, text: string): string =>
    options.color ? `\u001b[${code}m${text}\u001b[0m` : text;
  const title = severity === "error" ? paint("1;31", "Error:") : paint("1;33", "Warning:");
  const lines = [`${title} ${paint("1", summary)}`];
  const within = path ?? diagnostic.address;
  if (range) {
    const { line, column } = range.start;
    const where = within === undefined ? "" : `, in ${within}`;
    lines.push(`  on ${range.file}:${line}:${column}${where}:`);
    lines.push(...excerpt(range, options.source, paint));
  } else if (within !== undefined) {
    lines.push(`  in ${within}:`);
  }
  lines.push(...detail.split("\n").map((line) => `  ${line}`));
  return lines.join("\n");
}

function excerpt(
  { start, end }: SourceRange,
  source: string | undefined,
  paint: (code: string, text: string) => string,
): string[] {
  const line = source?.split("\n")[start.line - 1]?.replace(/\r$/, "");
  if (line === undefined || line.trim() === "") return [];
  const lastColumn = end.line === start.line ? end.column : line.length + 1;
  // Of a long line, the part around the mistake.
  const from = line.length > widthLimit ? Math.max(0, start.column - 1 - leadLimit) : 0;
  const window = line.slice(from, from + widthLimit);
  const column = start.column - from;
  const count = Math.max(1, Math.min(lastColumn - from, window.length + 1) - column);
  // Control characters could move the cursor; a tab stays one column wide, as the caret needs it.
  const shown = window.replace(/\p{Cc}/gu, " ");
  const number = String(start.line);
  const gutter = " ".repeat(number.length);
  const carets = " ".repeat(column - 1) + paint("31", "^".repeat(count));
  return [`  ${number} | ${shown}`, `  ${gutter} | ${carets}`];
}
