import { shapeBelow, type Shape, type Shorthand } from "../desired/shape.ts";
import type { Json } from "../snapshot/manifest.ts";
import type { Located, LocatedEntry, LocatedScalar } from "./located.ts";

/** The value with its shorthands written out, as the shape declares them. Places stay. */
export function normalise(shape: Shape, value: Located): Located {
  const shorthand = shape.shorthand?.find((each) => isAccepted(each, value));
  const long =
    shorthand && value.kind === "scalar" ? fromTemplate(shorthand.becomes, value) : value;
  if (long.kind === "list" && shape.kind === "list") {
    return { ...long, items: long.items.map((item) => normalise(shape.items, item)) };
  }
  if (long.kind !== "map") return long;
  const entries = new Map<string, LocatedEntry>();
  for (const [key, entry] of long.entries) {
    const below = shapeBelow(shape, key);
    entries.set(key, below ? { ...entry, value: normalise(below, entry.value) } : entry);
  }
  return { ...long, entries };
}

function isAccepted({ accepts }: Shorthand, value: Located): boolean {
  if (value.kind !== "scalar") return false;
  if (accepts.const !== undefined) return value.value === accepts.const;
  if (accepts.type === "string") return typeof value.value === "string";
  const isInteger = typeof value.value === "number" && Number.isSafeInteger(value.value);
  return isInteger && Number(value.value) >= (accepts.minimum ?? -Infinity);
}

function fromTemplate(template: Json, source: LocatedScalar): Located {
  const { span } = source;
  if (template === "$value") return source;
  if (template === "$text") return { ...source, value: String(source.value) };
  if (typeof template !== "object" || template === null) return { ...source, value: template };
  if (Array.isArray(template)) {
    return { kind: "list", span, items: template.map((each: Json) => fromTemplate(each, source)) };
  }
  const entries = Object.entries(template as Readonly<Record<string, Json>>);
  const located = entries.map(([key, each]): [string, LocatedEntry] => {
    return [key, { key: span, value: fromTemplate(each, source) }];
  });
  return { kind: "map", span, entries: new Map(located) };
}
