import type { Message } from "./messages.ts";
import { isNested, type Attribute, type Block } from "./schema.ts";
import type { Type } from "./type.ts";

/** The way to a value: names of attributes, keys of maps, indexes of lists. */
export type Path = readonly (string | number)[];

type Step = Message<"Step">;

/**
 * A path as the protocol wants it. Whether a text names an attribute or a key follows from the
 * schema; the path ends where the schema does, and before an element of a set, which has no index.
 * With `toPlace`, it also ends at the first nested attribute: Terraform shows the line of a
 * diagnostic only down to there, and would fall back to the header of the whole block.
 */
export function encodePath(block: Block, path: Path, toPlace = false): Message<"AttributePath"> {
  return { steps: stepsIn(block, path, toPlace) };
}

function stepsIn(block: Block, path: Path, toPlace: boolean): Step[] {
  const [name, ...rest] = path;
  if (typeof name !== "string") return [];
  const here: Step = { attributeName: name };
  const nested = own(block.blocks, name);
  if (nested !== undefined) {
    const { mode } = nested;
    return [here, ...within(mode, rest, (tail) => stepsIn(nested, tail, toPlace))];
  }
  const attribute = own(block.attributes, name);
  return attribute === undefined ? [] : [here, ...stepsBelow(attribute, rest, toPlace)];
}

function stepsBelow(attribute: Attribute, rest: Path, toPlace: boolean): Step[] {
  if (!isNested(attribute)) return stepsOfType(attribute.type, rest);
  if (toPlace) return [];
  const { mode, attributes } = attribute.nested;
  return within(mode, rest, (tail) => stepsIn({ attributes }, tail, toPlace));
}

function stepsOfType(type: Type, path: Path): Step[] {
  if (typeof type === "string" || path.length === 0) return [];
  if (type[0] === "object") {
    const [name, ...rest] = path;
    const inner = typeof name === "string" ? own(type[1], name) : undefined;
    if (typeof name !== "string" || inner === undefined) return [];
    return [{ attributeName: name }, ...stepsOfType(inner, rest)];
  }
  if (type[0] === "tuple") {
    const inner = type[1][Number(path[0])];
    return within("list", path, (tail) => (inner === undefined ? [] : stepsOfType(inner, tail)));
  }
  const [mode, inner] = type;
  return within(mode, path, (tail) => stepsOfType(inner, tail));
}

function within(
  mode: "single" | "list" | "set" | "map",
  path: Path,
  below: (tail: Path) => Step[],
): Step[] {
  if (mode === "single") return below(path);
  const [key, ...rest] = path;
  if (mode === "list" && typeof key === "number") return [{ elementKeyInt: key }, ...below(rest)];
  if (mode === "map" && typeof key === "string") return [{ elementKeyString: key }, ...below(rest)];
  return [];
}

function own<T>(record: { readonly [name: string]: T } | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A path for people: `rule[1].action`, `tags["a"]` becomes `tags.a`. */
export function formatPath(path: Path): string {
  return path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`))
    .join("")
    .slice(1);
}
