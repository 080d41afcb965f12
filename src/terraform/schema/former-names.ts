import type { ConfigValue } from "../../config/check-values.ts";
import { isList } from "./canonical-value.ts";
import { belowLine, type Mistake } from "./mistake.ts";
import { UNKNOWN, type TerraformValue } from "./schema.ts";

/** The names that a resource had, and the one that it has; each may not be known yet. */
export interface Renames {
  /** As in an address. */
  readonly word: string;
  readonly name: TerraformValue;
  /** The newest first. */
  readonly formerNames: TerraformValue;
}

/**
 * The moves that YAML would declare: the newest name became the one of today, each other one the
 * name before it in the list. One move per item; unknown for an item that says nothing more.
 */
export function movesOf({ word, name, formerNames }: Renames): ConfigValue {
  if (!isList(formerNames) || typeof name !== "string") return UNKNOWN;
  let next = name;
  return formerNames.map((former, index): ConfigValue => {
    const isRepeated = former === name || formerNames.indexOf(former) < index;
    if (typeof former !== "string" || isRepeated) return UNKNOWN;
    const to = next;
    next = former;
    return { from: `${word}.${former}`, to: `${word}.${to}` };
  });
}

/** A name that stands there twice, or is the one of today, would move in a circle. */
export function repeatedNames({ name, formerNames }: Renames): readonly Mistake[] {
  if (!isList(formerNames)) return [];
  return formerNames.flatMap((former, index): Mistake[] => {
    const first = formerNames.indexOf(former);
    if (typeof former !== "string" || (former !== name && first === index)) return [];
    const what = former === name ? "the name of today" : `there already, at former_names[${first}]`;
    const detail = `${JSON.stringify(former)} is ${what}. Leave it out.`;
    const words = { code: "invalid-move", summary: "Invalid move", detail } as const;
    return [belowLine({ severity: "error", ...words, path: ["former_names", index] })];
  });
}
