// Tools for text on a screen: escaping, width, wrapping, tables, units, instants, colour. Pure
// functions that know nothing of snapform's own words beyond instants. Invariant: text from outside
// passes through `visible` (or the escaping of Markdown) before it is shown, so that no name can
// move the cursor, change colours or forge a line.

/** Control characters, and those that reorder or hide text around them. */
const hidden = new RegExp(
  [
    // C0, DEL, C1, the soft hyphen, marks of direction, spaces and joiners of no width.
    "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2028-\\u202e]",
    "[\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb]",
    // Halves of characters, which no output can carry.
    "\\p{Surrogate}",
    // Tags: invisible copies of ASCII.
    "[\\u{e0001}\\u{e0020}-\\u{e007f}]",
  ].join("|"),
  "gu",
);

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text with every character that would not show, or would do something, written out. */
export function visible(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return short[character] ?? `\\u{${code.toString(16)}}`;
  });
}

/** As `visible`, but keeps line ends: for texts of several lines, such as a diagnostic's detail. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

/** A copy of plain data with `change` applied to every string in it, keys included. */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  return mapped(value, change) as T;
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((entry) => mapped(entry, change));
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [change(key), mapped(entry, change)]),
  );
}
