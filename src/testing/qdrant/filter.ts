import { refuse } from "./answer.ts";
import type { FakePoint, JsonObject } from "./world.ts";

type Condition = (point: FakePoint) => boolean;

/** Reads a filter of the protocol: `must`, `should`, `must_not` over the usual conditions. */
export function parseFilter(filter: unknown): Condition {
  if (filter === undefined || filter === null) return () => true;
  const { must, should, must_not: mustNot, ...rest } = objectOf(filter);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) malformed(`unknown field \`${unknown}\``);
  const all = conditionsOf(must);
  const some = conditionsOf(should);
  const none = conditionsOf(mustNot);
  return (point) =>
    all.every((holds) => holds(point)) &&
    (some.length === 0 || some.some((holds) => holds(point))) &&
    !none.some((holds) => holds(point));
}

function conditionsOf(value: unknown): Condition[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(conditionOf);
}

function conditionOf(value: unknown): Condition {
  const condition = objectOf(value);
  if (Array.isArray(condition.has_id)) {
    const ids = new Set<unknown>(condition.has_id);
    return (point) => ids.has(point.id);
  }
  if (condition.is_empty !== undefined) {
    const key = keyOf(objectOf(condition.is_empty));
    return (point) => valuesAt(point.payload, key).every((each) => each === null);
  }
  if (condition.match !== undefined) return matchOf(condition);
  if (condition.range !== undefined) return rangeOf(condition);
  if (condition.must ?? condition.should ?? condition.must_not) return parseFilter(condition);
  return malformed("data did not match any variant of untagged enum Condition");
}

function matchOf(condition: JsonObject): Condition {
  const key = keyOf(condition);
  const { value, any, except, text } = objectOf(condition.match);
  const matches = (each: unknown): boolean => {
    if (Array.isArray(any)) return any.includes(each);
    if (Array.isArray(except)) return !except.includes(each);
    if (typeof text === "string") return typeof each === "string" && each.includes(text);
    return each === value;
  };
  return (point) => valuesAt(point.payload, key).some(matches);
}

function rangeOf(condition: JsonObject): Condition {
  const key = keyOf(condition);
  const { gt, gte, lt, lte } = objectOf(condition.range) as Record<string, number | undefined>;
  const matches = (each: unknown): boolean =>
    typeof each === "number" &&
    (gt === undefined || each > gt) &&
    (gte === undefined || each >= gte) &&
    (lt === undefined || each < lt) &&
    (lte === undefined || each <= lte);
  return (point) => valuesAt(point.payload, key).some(matches);
}

function keyOf({ key }: JsonObject): string {
  return typeof key === "string" ? key : malformed("missing field `key`");
}

function valuesAt(payload: JsonObject, key: string): readonly unknown[] {
  let value: unknown = payload;
  for (const step of key.split(".")) {
    value = typeof value === "object" && value !== null ? (value as JsonObject)[step] : undefined;
  }
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function objectOf(value: unknown): JsonObject {
  if (typeof value === "object" && value !== null) return value as JsonObject;
  return malformed("expected an object");
}

function malformed(why: string): never {
  return refuse(400, `Format error in JSON body: ${why}`);
}
