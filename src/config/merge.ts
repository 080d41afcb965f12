import type { ObjectShape } from "../desired/shape.ts";
import type { Finding } from "./finding.ts";
import { placeOf, type Located, type LocatedEntry, type LocatedMap, type Span } from "./located.ts";
import { expected, found } from "./wording.ts";

/** Several files as one configuration. */
export interface Merged {
  readonly root: LocatedMap;
  readonly findings: readonly Finding[];
}

/**
 * Merges the top level of several files: maps take in each other's names, lists follow one another,
 * `version` and `project` may be repeated when they are equal. A name declared twice is a mistake
 * that is told with both places. A section that is empty (`policies:`) counts as left out.
 */
export function mergeFiles(
  roots: readonly [LocatedMap, ...LocatedMap[]],
  shape: ObjectShape,
): Merged {
  const merged = new Map<string, LocatedEntry>();
  const findings: Finding[] = [];
  for (const root of roots) {
    for (const [key, entry] of root.entries) {
      const section = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
      const isSection =
        section !== undefined && section.kind !== "text" && section.kind !== "integer";
      if (isSection && isNothing(entry.value)) continue;
      if (isSection && entry.value.kind !== (section.kind === "list" ? "list" : "map")) {
        const detail = `Expected ${expected(section)}, found ${found(entry.value, section)}.`;
        const { span } = entry.value;
        findings.push({ code: "wrong-type", summary: "Wrong type", detail, path: [key], span });
        continue;
      }
      const first = merged.get(key);
      if (first === undefined) merged.set(key, entry);
      else merged.set(key, mergeEntries(key, first, entry, findings));
    }
  }
  return { root: { kind: "map", span: roots[0].span, entries: merged }, findings };
}

function mergeEntries(
  key: string,
  first: LocatedEntry,
  second: LocatedEntry,
  findings: Finding[],
): LocatedEntry {
  const [a, b] = [first.value, second.value];
  if (a.kind === "list" && b.kind === "list") {
    return { key: first.key, value: { ...a, items: [...a.items, ...b.items] } };
  }
  if (a.kind === "map" && b.kind === "map" && key !== "state") {
    const entries = new Map(a.entries);
    for (const [name, entry] of b.entries) {
      const earlier = entries.get(name);
      if (earlier) findings.push(declaredTwice([key, name], earlier.key, entry.key));
      else entries.set(name, entry);
    }
    return { key: first.key, value: { ...a, entries } };
  }
  const isSame = a.kind === "scalar" && b.kind === "scalar" && a.value === b.value;
  if (!isSame) findings.push(declaredTwice([key], first.key, second.key));
  return first;
}

function declaredTwice(path: readonly string[], first: Span, second: Span): Finding {
  const name = JSON.stringify(path.at(-1));
  const where = path.length > 1 ? ` under ${path[0]}` : "";
  return {
    code: "declared-twice",
    summary: "Declared twice",
    detail: `${name}${where} is declared at ${placeOf(first)} already.`,
    path,
    span: second,
  };
}

function isNothing(value: Located): boolean {
  return value.kind === "scalar" && value.value === null;
}
