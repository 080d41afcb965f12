import type { Json } from "../../../snapshot/json.ts";

/** Reads a value of an answer; `at` is its place, for the RangeError of one that is wrong. */
export type Read<T> = (value: unknown, at: string) => T;

/** A member of an object; undefined when it is not there. Anything but an object is refused. */
export function member(value: unknown, key: string, at: string): unknown {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject) throw wrong(at, "an object");
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
}

/** Reads a member that has to be there. */
export function field<T>(value: unknown, key: string, at: string, read: Read<T>): T {
  return read(member(value, key, at), at === "" ? key : `${at}.${key}`);
}

export const readText: Read<string> = (value, at) => {
  if (typeof value !== "string") throw wrong(at, "text");
  return value;
};

export const readFlag: Read<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw wrong(at, "true or false");
  return value;
};

/** What a server answers when it has done what it was asked for; `false` leaves that open. */
export const readDone: Read<true> = (value, at) => {
  if (value !== true) throw wrong(at, "true");
  return value;
};

/** A count: a whole number from 0 on that JSON has carried exactly, also one written as text. */
export const readCount: Read<number> = (value, at) => {
  const count = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) {
    throw wrong(at, "a count");
  }
  return count;
};

/** A peer id as text. Servers keep them below 2^53; one that JSON has rounded is refused. */
export const readPeerId: Read<string> = (value, at) =>
  typeof value === "string" && /^\d+$/.test(value) ? value : String(readCount(value, at));

export const readJson: Read<Json> = (value, at) => {
  if (value === undefined) throw wrong(at, "something");
  return value as Json;
};

export function optional<T>(read: Read<T>): Read<T | null> {
  return (value, at) => (value === undefined || value === null ? null : read(value, at));
}

export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, "a list");
    return Object.freeze(value.map((each, index) => read(each, `${at}[${index}]`)));
  };
}

/** The entries of an object whose keys are names. */
export function entriesOf(value: unknown, at: string): [string, unknown][] {
  member(value, "", at);
  return Object.entries(value as object);
}

function wrong(at: string, expected: string): RangeError {
  return new RangeError(`${at === "" ? "the body" : at} is not ${expected}`);
}
