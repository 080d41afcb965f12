import { at, hasUnknown, isList } from "./canonical-value.ts";
import type { ResourceTypeName } from "./resource-config.ts";
import { UNKNOWN, type TerraformObject, type TerraformValue } from "./schema.ts";

interface Independent {
  readonly texts: readonly string[];
  readonly lists: readonly string[];
}

/** What no check compares with anything else in the resource: it is right or wrong by itself. */
const independent: Readonly<Record<ResourceTypeName, Independent>> = {
  snapform_backup_policy: { texts: ["name"], lists: ["collections"] },
  snapform_snapshot: { texts: ["name", "collection"], lists: [] },
  snapform_restore: { texts: ["name"], lists: [] },
};

/** Stricter than every rule for names and collections, so that none has anything to say of it. */
const plain = /^[A-Za-z0-9][\w-]{0,99}$/;

const notKnown = "\0 not known";

/**
 * A text that two resources share when the checks come to the same about them: a thousand policies
 * differ in their names and collections, and little else. Everything else is in the text.
 */
export function alikeText(type: ResourceTypeName, values: TerraformObject): string {
  const { texts, lists } = independent[type];
  // A name is compared with those that it had before.
  const isCompared = at(values, "former_names") !== null;
  const leftOut = isCompared
    ? []
    : [
        ...texts.filter((name) => isPlain(at(values, name))),
        ...lists.filter((name) => isPlainList(at(values, name))),
      ];
  const rest = Object.entries(values).filter(([name]) => !leftOut.includes(name));
  return `${type} ${leftOut.join()} ${textOf(Object.fromEntries(rest))}`;
}

/** The value as text; what is not known differs from everything that is. */
export function textOf(value: TerraformValue): string {
  // Asking for each value takes several times as long as writing it.
  if (!hasUnknown(value)) return JSON.stringify(value);
  return JSON.stringify(value, (_, each: unknown) => (each === UNKNOWN ? notKnown : each));
}

function isPlain(value: TerraformValue): boolean {
  return typeof value === "string" && plain.test(value);
}

function isPlainList(value: TerraformValue): boolean {
  return isList(value) && value.length > 0 && value.every(isPlain);
}
