import { expect, test } from "vitest";

import { readBytes } from "./tree.ts";

interface Lock {
  readonly packages: Readonly<
    Record<
      string,
      {
        /** Comes inside the package above it, with all that it needs. */
        readonly inBundle?: boolean;
        readonly optionalDependencies?: Readonly<Record<string, string>>;
      }
    >
  >;
}

test("the lock names every optional dependency, or npm ci would refuse it", () => {
  const lock = JSON.parse(readBytes("package-lock.json").toString("utf8")) as Lock;
  const fetched = Object.values(lock.packages).filter((each) => each.inBundle !== true);
  const named = fetched.flatMap((each) => Object.keys(each.optionalDependencies ?? {}));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => lock.packages[`node_modules/${name}`] === undefined)).toEqual([]);
});
