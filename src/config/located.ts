import type { SourcePosition, SourceRange } from "../diagnostics/diagnostic.ts";
import type { Json } from "../snapshot/manifest.ts";

export type Path = readonly (string | number)[];

/** The text of one file, with the offsets at which its lines begin. */
export interface SourceText {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
  readonly lineStarts: readonly number[];
}

/** A stretch of a file, in offsets. */
export interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
  /** What a message calls the place where there is no file; most places are never called. */
  readonly name?: () => string;
}

interface AnyLocated {
  readonly span: Span;
  /** A finding speaks of it already: nothing more is to be said about it or what is in it. */
  readonly isBroken?: true;
  /** It will have a value later, or none: what depends on it cannot be judged. Also broken. */
  readonly isUnknown?: true;
}

export interface LocatedScalar extends AnyLocated {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** The text as it stands in the file, where `value` is a text with references replaced. */
  readonly declared: string | null;
}

export interface LocatedList extends AnyLocated {
  readonly kind: "list";
  readonly items: readonly Located[];
}

export interface LocatedEntry {
  readonly key: Span;
  readonly value: Located;
}

export interface LocatedMap extends AnyLocated {
  readonly kind: "map";
  readonly entries: ReadonlyMap<string, LocatedEntry>;
}

/** A value of a file, with the place where it stands. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

/** Splits a text into lines once, so that any offset can be turned into line and column. */
export function sourceText(file: string, text: string): SourceText {
  const lineStarts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    lineStarts.push(at + 1);
  }
  return { file, text, lineStarts };
}

export function rangeOf(span: Span): SourceRange {
  const { source, start, end } = span;
  return { file: source.file, start: positionOf(source, start), end: positionOf(source, end) };
}

/** `snapform.yaml:12:5`. */
export function placeOf(span: Span): string {
  if (span.name !== undefined) return span.name();
  const { line, column } = positionOf(span.source, span.start);
  return `${span.source.file}:${line}:${column}`;
}

function positionOf({ lineStarts }: SourceText, offset: number): SourcePosition {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

/** The value at a path; null where there is none. */
export function valueAt(root: Located, path: Path): Located | null {
  let here: Located | null = root;
  for (const step of path) {
    if (here?.kind === "map") here = here.entries.get(String(step))?.value ?? null;
    else if (here?.kind === "list") here = here.items[Number(step)] ?? null;
    else return null;
  }
  return here;
}

/** Where the key of a path stands; where it has none (a list's item), its value. */
export function keySpanAt(root: Located, path: Path): Span {
  const parent = path.length === 0 ? null : valueAt(root, path.slice(0, -1));
  const entry = parent?.kind === "map" ? parent.entries.get(String(path.at(-1))) : undefined;
  return entry?.key ?? spanAt(root, path);
}

/** Where the value of a path stands, or of the nearest one around it that exists. */
export function spanAt(root: Located, path: Path): Span {
  const value = valueAt(root, path);
  if (value !== null || path.length === 0) return (value ?? root).span;
  return keySpanAt(root, path.slice(0, -1));
}

/**
 * The value without its places. What is broken, or in `broken`, is left out of maps and null in
 * lists. Maps have no prototype, so that a key such as `__proto__` is a key like any other.
 */
export function plainOf(value: Located, broken: ReadonlySet<Located>): Json {
  if (value.kind === "scalar") return value.value;
  if (value.kind === "list")
    return value.items.map((item) => (isOut(item, broken) ? null : plainOf(item, broken)));
  const plain = Object.create(null) as Record<string, Json>;
  for (const [key, entry] of value.entries) {
    if (!isOut(entry.value, broken)) plain[key] = plainOf(entry.value, broken);
  }
  return plain;
}

function isOut(value: Located, broken: ReadonlySet<Located>): boolean {
  return value.isBroken === true || broken.has(value);
}

/** Whether a value, or anything in it, is broken. */
export function hasBroken(value: Located, broken: ReadonlySet<Located>): boolean {
  if (isOut(value, broken)) return true;
  if (value.kind === "list") return value.items.some((item) => hasBroken(item, broken));
  if (value.kind === "scalar") return false;
  for (const entry of value.entries.values()) if (hasBroken(entry.value, broken)) return true;
  return false;
}
