import { CONFIG_SHAPE } from "../desired/shape.gen.ts";
import { shapeBelow, type Shape } from "../desired/shape.ts";
import { soleReference } from "./interpolate.ts";
import type { Located, SourceText, Span } from "./located.ts";

const secretWord = /key|token|passw|secret|credential|auth/i;
const secretLine = /^(.*?\b\w*(?:key|token|passw|secret|credential)\w*["']?\s*:\s*)(\S.*)?$/i;
/** User names and passwords in addresses, with or without a scheme. Bounded, or it is quadratic. */
const login = /(?<=:\/\/)[^/\s"'@]{1,256}(?=@)|[^\s"'/@:,[{(]{1,64}:[^\s"'/@]{1,256}(?=@)/g;
/** Longer lines of a file that is no YAML are hidden as a whole. */
const lineLimit = 1000;

/**
 * The texts of files for showing beside a diagnostic: what stands in a secret field, or looks as if
 * it was meant for one, is replaced by stars, so that columns stay where they are.
 */
export function maskSources(
  files: readonly { readonly source: SourceText; readonly root: Located | null }[],
): ReadonlyMap<string, string> {
  return new Map(
    files.map(({ source, root }) => {
      const spans: Span[] = [];
      if (root) collectSecrets(CONFIG_SHAPE, root, spans);
      const text = root ? maskSpans(source.text, spans) : maskLines(source.text);
      return [source.file, text.replace(login, (found) => "*".repeat(found.length))];
    }),
  );
}

/** `shape` is null below keys that no schema knows. */
function collectSecrets(shape: Shape | null, value: Located, spans: Span[]): void {
  if (value.kind === "scalar") {
    const isSecret = shape !== null && "sensitive" in shape && shape.sensitive;
    if (isSecret && soleReference(value.declared) === null) spans.push(value.span);
    return;
  }
  if (value.kind === "list") {
    const items = shape && shapeBelow(shape, 0);
    for (const item of value.items) collectSecrets(items, item, spans);
    return;
  }
  for (const [key, entry] of value.entries) {
    const below = shape && shapeBelow(shape, key);
    const inner = entry.value;
    if (below && !("sensitive" in below && inner.kind !== "scalar")) {
      collectSecrets(below, inner, spans);
    } else if (below || secretWord.test(key) || isNearSecret(shape, key)) {
      spans.push(inner.span);
    }
  }
}

/** Whether a misspelt key may have been meant for a secret: then its value is one. */
function isNearSecret(shape: Shape | null, key: string): boolean {
  if (shape?.kind !== "object" || Object.hasOwn(shape.fields, key)) return false;
  return Object.values(shape.fields).some((field) => "sensitive" in field && field.sensitive);
}

function maskSpans(text: string, spans: readonly Span[]): string {
  let masked = text;
  for (const { start, end } of spans) {
    const hidden = masked.slice(start, end).replace(/[^\s]/g, "*");
    masked = masked.slice(0, start) + hidden + masked.slice(end);
  }
  return masked;
}

/** For a file that could not be read as YAML: by the words at the beginning of its lines. */
function maskLines(text: string): string {
  let secretIndent = Infinity;
  const lines = text.split("\n").map((line) => {
    const indent = line.search(/\S/);
    if (indent > secretIndent || line.length > lineLimit) return line.replace(/\S/g, "*");
    if (indent >= 0) secretIndent = Infinity;
    const match = secretLine.exec(line);
    if (match === null) return line;
    secretIndent = indent;
    const [, before = "", value = ""] = match;
    return soleReference(value.trim()) ? line : before + value.replace(/\S/g, "*");
  });
  return lines.join("\n");
}
