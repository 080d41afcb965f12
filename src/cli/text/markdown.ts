/** Characters that mean something in Markdown or HTML, wherever they stand. */
const special = /[&<>"'|`*_[\]()~\\$!{}^]/g;

/** What would call a person, refer to an issue or make a link. */
const calling = /([@#])(?=[\w])|(:)(?=\/\/)|(w)(?=ww\.)/gi;

/**
 * Text for Markdown that shows as it is: special characters as entities, and a character of no
 * width after each that would notify somebody or link to something.
 */
export function markdownText(text: string): string {
  return text
    .replace(calling, (mark) => `${mark}\u200b`)
    .replace(special, (character) => `&#${character.charCodeAt(0)};`);
}

/** A row of a table. */
export function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** Text in the font of code: also escaped, and never a call to a person. */
export function markdownCode(text: string): string {
  return `<code>${markdownText(text)}</code>`;
}

/** How a table begins; the titles of columns that are aligned to the right end in `:`. */
export function markdownTable(titles: readonly string[]): readonly string[] {
  const rule = titles.map((title) => (title.endsWith(":") ? "---:" : "---"));
  return [markdownRow(titles.map((title) => title.replace(/:$/, ""))), markdownRow(rule)];
}

/** What opens and closes a part that is folded away until somebody unfolds it. */
export function fold(summary: string): {
  readonly open: readonly string[];
  readonly close: readonly string[];
} {
  const open = ["<details>", `<summary>${markdownText(summary)}</summary>`, ""];
  return { open, close: ["", "</details>", ""] };
}
