import { numberKey } from "./number.ts";
import type { Type } from "./type.ts";
import {
  hasUnknown,
  isDynamic,
  isList,
  isNum,
  isTree,
  memberOf,
  UNKNOWN,
  type Value,
} from "./value.ts";

/** Are both the same to Terraform: numbers in any form, sets in any order, texts normalised? */
export function isSameValue(type: Type, a: Value, b: Value): boolean {
  return a === b || keyOf(type, a) === keyOf(type, b);
}

/** A text that two values of a type have in common exactly when they are the same. */
function keyOf(type: Type, value: Value): string {
  if (value === null) return "null";
  if (value === UNKNOWN) return "?";
  if (typeof value === "string") return JSON.stringify(value.normalize("NFC"));
  if (typeof value === "boolean") return String(value);
  if (isNum(value)) return numberKey(value);
  if (isDynamic(value)) {
    return `<${JSON.stringify(value.type)}>${keyOf(value.type as Type, value.value)}`;
  }
  if (isList(value)) {
    const keys = value.map((each, index) => keyOf(elementType(type, index), each));
    return `[${(type[0] === "set" ? [...new Set(keys)].toSorted() : keys).join()}]`;
  }
  const names = Object.keys(value).toSorted();
  const members = names.map((name) => {
    return `${JSON.stringify(name)}:${keyOf(memberType(type, name), memberOf(value, name))}`;
  });
  return `{${members.join()}}`;
}

/** Where `actual` is not what was planned; unknown parts of the plan may have become anything. */
export function differences(
  type: Type,
  planned: Value,
  actual: Value,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  if (planned === UNKNOWN || isSameValue(type, planned, actual)) return [];
  if (isTree(planned) && isTree(actual)) {
    const names = new Set([...Object.keys(planned), ...Object.keys(actual)]);
    return [...names].flatMap((name) => {
      const expected = memberOf(planned, name);
      const found = memberOf(actual, name);
      return differences(memberType(type, name), expected, found, [...path, name]);
    });
  }
  if (isList(planned) && isList(actual)) {
    // The elements of a set have no place by which they could be told apart.
    if (type[0] === "set" && hasUnknown(planned)) return [];
    if (type[0] !== "set" && planned.length === actual.length) {
      return planned.flatMap((each, index) =>
        differences(elementType(type, index), each, actual[index] ?? null, [...path, index]),
      );
    }
  }
  return isDynamic(planned) && hasUnknown(planned) ? [] : [path];
}

function elementType(type: Type, index: number): Type {
  if (typeof type === "string") return "dynamic";
  if (type[0] === "tuple") return type[1][index] ?? "dynamic";
  return type[0] === "object" ? "dynamic" : type[1];
}

function memberType(type: Type, name: string): Type {
  if (typeof type === "string") return "dynamic";
  if (type[0] === "object")
    return Object.hasOwn(type[1], name) ? (type[1][name] ?? "dynamic") : "dynamic";
  return type[0] === "map" ? type[1] : "dynamic";
}
