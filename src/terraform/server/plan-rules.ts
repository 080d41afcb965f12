import { isSameValue } from "../wire/compare.ts";
import type { Path } from "../wire/path.ts";
import {
  isNested,
  typeOfAttribute,
  type Attribute,
  type Attributes,
  type Block,
} from "../wire/schema.ts";
import {
  isList,
  isTree,
  listOf,
  memberOf,
  treeOf,
  UNKNOWN,
  type Tree,
  type Value,
} from "../wire/value.ts";

type Mode = "single" | "list" | "set" | "map";

/** What stands beside a proposed object, at the same place. */
interface Beside {
  readonly config: Value;
  readonly prior: Value;
}

/**
 * What is computed becomes unknown in objects that did not exist; write-only values disappear. What
 * stays as it was stays the same value.
 */
export function markComputed(block: Block, proposed: Tree, beside: Beside): Tree {
  const isNew = beside.prior === null;
  return treeOrSame(proposed, [
    ...Object.entries(block.attributes).map(([name, attribute]) => {
      const value = memberOf(proposed, name);
      return [name, markAttribute(attribute, value, at(beside, name), isNew)] as const;
    }),
    ...Object.entries(block.blocks ?? {}).map(([name, nested]) => {
      const value = memberOf(proposed, name);
      return [name, markIn(nested.mode, value, at(beside, name), nested)] as const;
    }),
  ]);
}

function treeOrSame(before: Tree, members: readonly (readonly [string, Value])[]): Tree {
  const isSame =
    members.length === Object.keys(before).length &&
    members.every(([name, value]) => Object.hasOwn(before, name) && before[name] === value);
  return isSame ? before : treeOf(members);
}

function at({ config, prior }: Beside, step: string | number): Beside {
  return { config: stepInto(config, step), prior: stepInto(prior, step) };
}

function stepInto(value: Value, step: string | number): Value {
  if (value === UNKNOWN) return UNKNOWN;
  if (typeof step === "string") return memberOf(value, step);
  return isList(value) ? (value[step] ?? null) : null;
}

function markAttribute(attribute: Attribute, value: Value, beside: Beside, isNew: boolean): Value {
  if (attribute.writeOnly) return null;
  if (value === null) {
    return attribute.computed && isNew && beside.config === null ? UNKNOWN : null;
  }
  if (!isNested(attribute)) return value;
  const { mode, attributes } = attribute.nested;
  return markIn(mode, value, beside, { attributes });
}

function markIn(mode: Mode, value: Value, beside: Beside, block: Block): Value {
  if (mode === "single") return isTree(value) ? markComputed(block, value, beside) : value;
  const each = (inner: Value, step: string | number): Value => {
    return isTree(inner) ? markComputed(block, inner, at(beside, step)) : inner;
  };
  if (isList(value)) {
    // Elements of a set cannot be paired with what they were.
    if (mode === "set" && beside.prior !== null) return value;
    const marked = value.map(each);
    return marked.every((inner, index) => inner === value[index]) ? value : listOf(marked);
  }
  if (!isTree(value)) return value;
  const members = Object.entries(value);
  return treeOrSame(
    value,
    members.map(([key, inner]) => [key, each(inner, key)]),
  );
}

interface Sides {
  readonly prior: Tree | null;
  readonly config: Tree;
  readonly planned: Tree;
}

/**
 * Where a plan breaks Terraform's rule: what is configured is planned unchanged (or as it was
 * before), and what is neither configured nor computed stays null.
 */
export function brokenPromises(block: Block, sides: Sides): Path[] {
  const { prior, config, planned } = sides;
  const blocks = Object.entries(block.blocks ?? {}).flatMap(([name, nested]) => {
    const inner = [prior, config, planned].map((each) => memberOf(each ?? null, name));
    return brokenIn(nested.mode, nested, inner, [name]);
  });
  return [...brokenAttributes(block.attributes, [prior, config, planned], []), ...blocks];
}

type Three = readonly Value[];

function brokenAttributes(attributes: Attributes, sides: Three, path: Path): Path[] {
  return Object.entries(attributes).flatMap(([name, attribute]) => {
    const inner = sides.map((each) => stepInto(each, name));
    return attribute.writeOnly ? [] : brokenAttribute(attribute, inner, [...path, name]);
  });
}

function brokenAttribute(attribute: Attribute, sides: Three, path: Path): Path[] {
  const [prior = null, config = null, planned = null] = sides;
  const type = typeOfAttribute(attribute);
  if (config === null) return attribute.computed || planned === null ? [] : [path];
  if (isSameValue(type, config, planned)) return [];
  if (prior !== null && isSameValue(type, prior, planned)) return [];
  if (!isNested(attribute) || config === UNKNOWN) return [path];
  const { mode, attributes } = attribute.nested;
  return brokenIn(mode, { attributes }, sides, path);
}

function brokenIn(mode: Mode, block: Block, sides: Three, path: Path): Path[] {
  const [, config = null, planned = null] = sides;
  // Elements of a set cannot be paired; Terraform itself looks at them.
  if (mode === "set" || config === UNKNOWN) return [];
  const below = (inner: Three, where: Path): Path[] => [
    ...brokenAttributes(block.attributes, inner, where),
    ...Object.entries(block.blocks ?? {}).flatMap(([name, nested]) => {
      return brokenIn(
        nested.mode,
        nested,
        inner.map((each) => stepInto(each, name)),
        [...where, name],
      );
    }),
  ];
  if (mode === "single") {
    if (!isTree(config)) return planned === null || config === null ? [] : [path];
    return isTree(planned) ? below(sides, path) : [path];
  }
  const keys = stepsOf(config);
  if (keys.length !== stepsOf(planned).length) return [path];
  return keys.flatMap((key) =>
    below(
      sides.map((each) => stepInto(each, key)),
      [...path, key],
    ),
  );
}

function stepsOf(value: Value): (string | number)[] {
  if (isList(value)) return [...value.keys()];
  return isTree(value) ? Object.keys(value) : [];
}

/** Attributes that are `forceNew` and change, or may change. */
export function replacedBy(block: Block, prior: Tree, planned: Tree): Path[] {
  return replacedIn(block, prior, planned, []);
}

function replacedIn(block: Block, prior: Value, planned: Value, path: Path): Path[] {
  const attributes = Object.entries(block.attributes).flatMap(([name, attribute]) => {
    const before = stepInto(prior, name);
    const after = stepInto(planned, name);
    const here = [...path, name];
    if (attribute.forceNew) {
      return isSameValue(typeOfAttribute(attribute), before, after) ? [] : [here];
    }
    if (!isNested(attribute)) return [];
    const { mode, attributes: inner } = attribute.nested;
    return replacedWithin(mode, { attributes: inner }, before, after, here);
  });
  const blocks = Object.entries(block.blocks ?? {}).flatMap(([name, nested]) => {
    const before = stepInto(prior, name);
    const after = stepInto(planned, name);
    return replacedWithin(nested.mode, nested, before, after, [...path, name]);
  });
  return [...attributes, ...blocks];
}

/** Only what both sides have is compared: an element that was added replaces nothing. */
function replacedWithin(mode: Mode, block: Block, before: Value, after: Value, path: Path): Path[] {
  if (mode === "set") return [];
  if (mode === "single") {
    return isTree(before) && isTree(after) ? replacedIn(block, before, after, path) : [];
  }
  return stepsOf(before).flatMap((step) => {
    const one = stepInto(before, step);
    const other = stepInto(after, step);
    return isTree(one) && isTree(other) ? replacedIn(block, one, other, [...path, step]) : [];
  });
}
