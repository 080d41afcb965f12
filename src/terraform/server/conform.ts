import type { Path } from "../wire/path.ts";
import { dynamicOf } from "../wire/plain.ts";
import { isNested, type Attribute, type Block, type NestedBlock } from "../wire/schema.ts";
import { isType, type Type } from "../wire/type.ts";
import {
  isDynamic,
  isList,
  isNum,
  isTree,
  listOf,
  memberOf,
  treeOf,
  UNKNOWN,
  type Value,
  type Tree,
} from "../wire/value.ts";

/** What was not as the schema wants it, and was made so. */
export interface Fault {
  readonly path: Path;
  /** A sentence without a value. */
  readonly text: string;
}

/** `keep`: unknown values stay. `refuse`: they become null, with a fault each; `drop`: without. */
export type UnknownRule = "keep" | "refuse" | "drop";

interface Setting {
  readonly unknown: UnknownRule;
  readonly faults: Fault[];
}

/**
 * A tree with exactly the members of the schema: missing ones null or, for blocks, empty; what does
 * not fit and what is write-only null. Total: any value at all becomes one that can be encoded.
 */
export function conform(
  block: Block,
  value: Value | undefined,
  unknown: UnknownRule,
): { readonly tree: Tree; readonly faults: readonly Fault[] } {
  const setting: Setting = { unknown, faults: [] };
  return { tree: conformBlock(setting, block, value, []), faults: setting.faults };
}

function conformBlock(setting: Setting, block: Block, value: Value | undefined, path: Path): Tree {
  if (!isTree(value)) setting.faults.push({ path, text: "An object is missing." });
  const known = new Set([...Object.keys(block.attributes), ...Object.keys(block.blocks ?? {})]);
  for (const name of isTree(value) ? Object.keys(value) : []) {
    if (!known.has(name)) fault(setting, [...path, name], "The schema has no such member.");
  }
  const of = (name: string): Value => memberOf(value, name);
  return treeOf([
    ...Object.entries(block.attributes).map(([name, attribute]) => {
      return [name, conformAttribute(setting, attribute, of(name), [...path, name])] as const;
    }),
    ...Object.entries(block.blocks ?? {}).map(([name, nested]) => {
      return [name, conformNested(setting, nested, of(name), [...path, name])] as const;
    }),
  ]);
}

function conformNested(setting: Setting, block: NestedBlock, value: Value, path: Path): Value {
  const each = (inner: Value, at: Path): Value => conformBlock(setting, block, inner, at);
  const whole = value === null ? null : conformIn(setting, block.mode, value, path, each);
  // Blocks are there or not; only a single one can be null.
  if (whole !== null || block.mode === "single") return whole;
  return block.mode === "map" ? treeOf([]) : listOf([]);
}

function conformAttribute(setting: Setting, attribute: Attribute, value: Value, path: Path): Value {
  if (attribute.writeOnly) return null;
  if (!isNested(attribute)) return conformType(setting, attribute.type, value, path);
  const { mode, attributes } = attribute.nested;
  return conformIn(setting, mode, value, path, (inner, at) => {
    return inner === null || inner === UNKNOWN
      ? leaf(setting, inner, at)
      : conformBlock(setting, { attributes }, inner, at);
  });
}

function conformType(setting: Setting, type: Type, value: Value, path: Path): Value {
  if (value === null || value === UNKNOWN) return leaf(setting, value, path);
  if (typeof type === "string") return conformPlain(setting, type, value, path);
  if (type[0] === "object") {
    const attributes = Object.entries(type[1]).map(([name, inner]) => [name, { type: inner }]);
    if (!isTree(value)) return fault(setting, path, "It is no object.");
    return conformBlock(setting, { attributes: Object.fromEntries(attributes) }, value, path);
  }
  if (type[0] === "tuple") {
    const [, types] = type;
    if (!isList(value) || value.length !== types.length) {
      return fault(setting, path, `It is no tuple of ${types.length}.`);
    }
    return listOf(
      types.map((inner, index) => {
        return conformType(setting, inner, value[index] ?? null, [...path, index]);
      }),
    );
  }
  const [mode, inner] = type;
  return conformIn(setting, mode, value, path, (each, at) => conformType(setting, inner, each, at));
}

function conformIn(
  setting: Setting,
  mode: "single" | "list" | "set" | "map",
  value: Value,
  path: Path,
  each: (inner: Value, at: Path) => Value,
): Value {
  if (value === null || value === UNKNOWN) return leaf(setting, value, path);
  if (mode === "single") {
    return isTree(value) ? each(value, path) : fault(setting, path, "It is no object.");
  }
  if (mode === "map") {
    if (!isTree(value)) return fault(setting, path, "It is no map.");
    const entries = Object.entries(value);
    return treeOf(entries.map(([key, inner]) => [key, each(inner ?? null, [...path, key])]));
  }
  if (!isList(value)) return fault(setting, path, `It is no ${mode}.`);
  return listOf(value.map((inner, index) => each(inner ?? null, [...path, index])));
}

function conformPlain(setting: Setting, type: string, value: Value, path: Path): Value {
  if (type === "string" && typeof value === "string") return value;
  if (type === "bool" && typeof value === "boolean") return value;
  if (type === "number" && isNum(value) && !Number.isNaN(value)) return value;
  if (type === "dynamic") {
    const carried = dynamicOf(value);
    if (isDynamic(carried) && isType(carried.type)) {
      const { type: own } = carried;
      const inner = conformType(setting, own, carried.value, path);
      return { ...carried, value: inner };
    }
  }
  return fault(setting, path, `It is no ${type}.`);
}

function leaf(setting: Setting, value: null | typeof UNKNOWN, path: Path): Value {
  if (value === null || setting.unknown === "keep") return value;
  if (setting.unknown === "drop") return null;
  return fault(setting, path, "It is still unknown.");
}

function fault(setting: Setting, path: Path, text: string): null {
  setting.faults.push({ path, text });
  return null;
}
