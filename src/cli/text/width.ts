/** Marks and joiners that take no column of their own. */
const zero = /\p{Mark}|\p{Default_Ignorable_Code_Point}/u;

/** Ranges of East Asian Wide and Fullwidth characters and of emoji, roughly as terminals do it. */
const wide = new RegExp(
  [
    "[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff]",
    "[\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6]",
    "[\\u{1f300}-\\u{1f64f}\\u{1f680}-\\u{1f6ff}\\u{1f900}-\\u{1f9ff}\\u{20000}-\\u{3fffd}]",
  ].join("|"),
  "u",
);

// oxlint-disable-next-line no-control-regex
const colours = /\u001b\[[\d;]*m/g;

/** How many columns a text takes on a terminal; colours take none. */
export function widthOf(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text.replace(colours, "")) {
    if (zero.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

/** The text filled up with spaces to a width. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const gap = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + gap : gap + text;
}

/** The text cut to a width, with `...` where something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (widthOf(kept + character) > width - 3) break;
    kept += character;
  }
  return `${kept}...`;
}

const instant = /(\d{4}-\d\d-\d\d) (?=\d\d:\d\d)/g;

/**
 * Lines of at most `width` columns, broken at spaces but not within an instant; a word longer than
 * that is broken. The first line may be longer by `firstExtra`.
 */
export function wrap(text: string, width: number, firstExtra = 0): readonly string[] {
  const room = Math.max(10, width);
  const lines = text
    .replace(instant, "$1\u00a0")
    .split("\n")
    .flatMap((paragraph, index) =>
      wrapWords(paragraph, room, index === 0 ? room + firstExtra : room),
    );
  return lines.map((line) => line.replaceAll("\u00a0", " ").trimEnd());
}

function wrapWords(paragraph: string, room: number, firstRoom: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(" ")) {
    const here = lines.length === 0 ? firstRoom : room;
    const joined = line === "" ? word : `${line} ${word}`;
    if (widthOf(joined) <= here) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = broken(word, lines.length === 0 ? firstRoom : room);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  return [...lines, line];
}

function broken(word: string, width: number): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const character of word) {
    if (piece !== "" && widthOf(piece + character) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}

/** Wrapped lines behind an indent; from the second line on it is `hanging` deeper. */
export function block(text: string, indent: number, width: number, hanging = 0): string {
  const [first = "", ...rest] = wrap(text, width - indent - hanging, hanging);
  return [
    " ".repeat(indent) + first,
    ...rest.map((line) => (line === "" ? "" : " ".repeat(indent + hanging) + line)),
  ].join("\n");
}
