import { expect, test } from "vitest";

import { readBytes } from "./tree.ts";

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

test("the lock names every optional dependency, or npm ci would refuse it", () => {
  const lock = JSON.parse(readBytes("package-lock.json").toString("utf8")) as Lock;
  const named = Object.values(lock.packages).flatMap((each) =>
    Object.keys(each.optionalDependencies ?? {}),
  );
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => lock.packages[`node_modules/${name}`] === undefined)).toEqual([]);
});
