import { isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import type { Finding } from "./finding.ts";
import { interpolate, type Environment } from "./interpolate.ts";
import {
  placeOf,
  type Located,
  type LocatedEntry,
  type LocatedMap,
  type LocatedScalar,
  type Path,
  type SourceText,
  type Span,
} from "./located.ts";

const depthLimit = 32;
const entryLimit = 10_000;
/** How many values aliases may add to a file, all together. */
const aliasLimit = 10_000;
const coreTags = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** The located content of one document. */
export interface LocatedDocument {
  /** Null when it is not a map. */
  readonly root: LocatedMap | null;
  readonly findings: readonly Finding[];
}

/** Turns the nodes of one YAML document into located values, within limits. */
export function locate(contents: unknown, source: SourceText, env: Environment): LocatedDocument {
  const walk = new Walk(source, env);
  const root = walk.value(contents as Node | null, [], source.text.length);
  const { findings } = walk;
  if (root.kind === "map") return { root, findings };
  if (walk.findings.length === 0) {
    const detail = "Expected a map that begins with `version: 1` and `project: NAME`.";
    walk.report("not-a-map", "Not a configuration", detail, [], root.span);
  }
  return { root: null, findings };
}

interface Anchored {
  readonly value: Located;
  /** How many values it stands for, aliases in it counted in full. */
  readonly size: number;
}

class Walk {
  readonly findings: Finding[] = [];
  readonly #source: SourceText;
  readonly #env: Environment;
  readonly #anchors = new Map<string, Anchored>();
  #size = 0;
  #aliased = 0;

  constructor(source: SourceText, env: Environment) {
    this.#source = source;
    this.#env = env;
  }

  report(code: string, summary: string, detail: string, path: Path, span: Span): void {
    this.findings.push({ code, summary, detail, path, span });
  }

  value(node: Node | null, path: Path, fallbackAt: number): Located {
    if (node === null) return this.#scalar(null, null, this.#span([fallbackAt, fallbackAt]));
    const span = this.#span(node.range ?? [fallbackAt, fallbackAt]);
    if (path.length > depthLimit) {
      const detail = `Values may be nested ${depthLimit} levels deep at most.`;
      this.report("too-deep", "Nested too deeply", detail, path, span);
      return this.#brokenAt(span);
    }
    if (isAlias(node)) return this.#alias(node.source, path, span);
    const hasTag = this.#hasForeignTag(node, path, span);
    const sizeBefore = this.#size;
    this.#size += 1;
    const content = this.#content(node, path, span);
    const value: Located = hasTag ? { ...content, isBroken: true } : content;
    const anchor = "anchor" in node ? node.anchor : undefined;
    if (anchor !== undefined) {
      this.#anchors.set(anchor, { value, size: this.#size - sizeBefore });
    }
    return value;
  }

  #content(node: Node, path: Path, span: Span): Located {
    if (isCollection(node) && node.items.length > entryLimit) {
      const detail = `A map or list may have ${entryLimit} entries at most.`;
      this.report("too-many-entries", "Too many entries", detail, path, span);
      return this.#brokenAt(span);
    }
    if (isMap(node)) return this.#map(node.items as Pair<Node, Node | null>[], path, span);
    if (isSeq(node)) {
      const items = node.items.map((item, index) =>
        this.value(item as Node | null, [...path, index], span.end),
      );
      return { kind: "list", span, items };
    }
    const content: unknown = isScalar(node) ? node.value : null;
    if (typeof content === "string") return this.#text(content, path, span);
    const isPlain = typeof content === "number" || typeof content === "boolean";
    return this.#scalar(isPlain ? content : null, null, span);
  }

  #map(pairs: readonly Pair<Node, Node | null>[], path: Path, span: Span): LocatedMap {
    const entries = new Map<string, LocatedEntry>();
    let isWhole = true;
    for (const { key, value } of pairs) {
      const keySpan = this.#span(key.range ?? [span.start, span.start]);
      const name = this.#keyOf(key, path, keySpan);
      if (name === null) {
        isWhole = false;
        continue;
      }
      const first = entries.get(name);
      if (first) {
        const detail = `The key ${JSON.stringify(name)} stands at ${placeOf(first.key)} already.`;
        this.report("duplicate-key", "Duplicate key", detail, path, keySpan);
        continue;
      }
      entries.set(name, { key: keySpan, value: this.value(value, [...path, name], keySpan.end) });
    }
    // What is missing in it may be what the refused key would have given.
    return { kind: "map", span, entries, ...(isWhole ? {} : { isBroken: true }) };
  }

  #keyOf(key: Node, path: Path, span: Span): string | null {
    if (!isScalar(key) || ("anchor" in key && key.anchor !== undefined)) {
      const detail = "A key must be a plain name; no map, list, anchor or alias.";
      this.report("invalid-key", "Invalid key", detail, path, span);
      return null;
    }
    const name = typeof key.value === "string" ? key.value : (key.source ?? "");
    if (name !== "<<") return name;
    const detail = "Merge keys (`<<`) are not supported. Repeat the values, or alias whole values.";
    this.report("merge-key", "Merge key", detail, path, span);
    return null;
  }

  #alias(name: string, path: Path, span: Span): Located {
    const anchored = this.#anchors.get(name);
    if (anchored === undefined) {
      const detail =
        "There is no anchor of this name before it. If it is meant as a pattern, put it in quotes.";
      this.report("unknown-alias", "Unknown alias", detail, path, span);
      return this.#brokenAt(span);
    }
    this.#aliased += anchored.size;
    if (this.#aliased > aliasLimit) {
      // One report is enough: every alias behind it would be another.
      if (this.#aliased - anchored.size <= aliasLimit) {
        const detail = `Aliases may add ${aliasLimit} values to a file at most.`;
        this.report("alias-expansion", "Aliases expand too far", detail, path, span);
      }
      return this.#brokenAt(span);
    }
    this.#size += anchored.size;
    return anchored.value;
  }

  #hasForeignTag(node: Node, path: Path, span: Span): boolean {
    const tag = isScalar(node) || isCollection(node) ? node.tag : undefined;
    if (tag === undefined || coreTags.test(tag)) return false;
    const { text } = this.#source;
    const at = text.lastIndexOf("!", span.start);
    const start = text[at - 1] === "!" ? at - 1 : at;
    const length = /^!+[^\s,[\]{}]*/.exec(text.slice(start))?.[0].length ?? 1;
    const detail =
      "YAML tags are not supported. If the text begins with `!`, as in a pattern, quote it.";
    this.report("yaml-tag", "YAML tag", detail, path, this.#span([start, start + length]));
    return true;
  }

  #text(text: string, path: Path, span: Span): LocatedScalar {
    if (!text.includes("${")) return this.#scalar(text, text, span);
    const { value, missing, malformed } = interpolate(text, this.#env);
    for (const name of new Set(missing)) {
      const detail = `The environment variable ${name} is not set.`;
      this.report("missing-variable", "Missing environment variable", detail, path, span);
    }
    if (malformed.length > 0) {
      const detail =
        "Only `${env:NAME}` can be used here, NAME being letters, digits and `_`. Write `$${` " +
        "for a plain `${`.";
      this.report("invalid-reference", "Invalid reference", detail, path, span);
    }
    const scalar = this.#scalar(value, text, span);
    return missing.length + malformed.length > 0 ? { ...scalar, isBroken: true } : scalar;
  }

  #brokenAt(span: Span): LocatedScalar {
    return { ...this.#scalar(null, null, span), isBroken: true };
  }

  #scalar(value: LocatedScalar["value"], declared: string | null, span: Span): LocatedScalar {
    return { kind: "scalar", span, value, declared };
  }

  #span(range: readonly number[]): Span {
    const [start = 0, valueEnd = start] = range;
    let end = valueEnd;
    // The range of a block collection takes in the line breaks behind it.
    while (end > start && /\s/.test(this.#source.text[end - 1] ?? "")) end -= 1;
    return { source: this.#source, start, end };
  }
}
