import { withDefaults } from "../schema/defaults.ts";
import type { Mistake } from "../schema/mistake.ts";
import { UNKNOWN as NOT_KNOWN, type Attributes, type TerraformObject } from "../schema/schema.ts";
import type { Diagnostic } from "../server/diagnostic.ts";
import { fromPlain, toPlain } from "../wire/plain.ts";
import { isTree, memberOf, treeOf, type Tree, type Value } from "../wire/value.ts";

/** Trees are frozen; the same one is asked for by each step of a call, the provider's by all. */
const plain = new WeakMap<Tree, TerraformObject>();

/** A tree of the protocol in the terms of terraform/schema/; the same object for the same tree. */
export function plainOf(tree: Tree): TerraformObject {
  const known = plain.get(tree);
  if (known !== undefined) return known;
  const made = toPlain<typeof NOT_KNOWN>(tree, NOT_KNOWN) as TerraformObject;
  plain.set(tree, made);
  return made;
}

/** The way back; members that are undefined are left out. */
export function valueOf(plain: unknown): Value {
  return fromPlain(plain, NOT_KNOWN);
}

/** The tree with some members set anew; where all of them are the same already, that very tree. */
export function withMembers(tree: Tree, members: { readonly [name: string]: unknown }): Tree {
  const changed = Object.entries(members)
    .map(([name, each]) => [name, valueOf(each)] as const)
    .filter(([name, each]) => !Object.hasOwn(tree, name) || !isSame(tree[name], each));
  if (changed.length === 0) return tree;
  return treeOf(new Map([...Object.entries(tree), ...changed]));
}

/** A proposed object with the defaults of its schema, in the very numbers that Terraform sent. */
export function planDefaults(attributes: Attributes, config: Tree, proposed: Tree): Tree {
  const before = plainOf(proposed);
  const whole = withDefaults(attributes, plainOf(config), before);
  const changed = Object.keys(attributes).filter((name) => !isSame(whole[name], before[name]));
  return withMembers(proposed, Object.fromEntries(changed.map((name) => [name, whole[name]])));
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, index) => isSame(each, b[index]));
  }
  if (!isTree(a) || !isTree(b)) return false;
  const names = Object.keys(a);
  const isAsLarge = names.length === Object.keys(b).length;
  return isAsLarge && names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]));
}

/** The text of an attribute; null where it has none, or it is not known yet. */
export function textAt(value: Value, name: string): string | null {
  const text = memberOf(value, name);
  return typeof text === "string" ? text : null;
}

export function isTrue(value: Value, name: string): boolean {
  return memberOf(value, name) === true;
}

export function diagnosticsOf(mistakes: readonly Mistake[]): Diagnostic[] {
  return mistakes.map(({ severity, summary, detail, path }) => ({
    severity,
    summary,
    detail,
    path,
  }));
}
