import { describe, expect, test } from "vitest";
import { identityOfMembers, isSameCluster } from "../../../src/snapshot/identity.ts";

describe("the identity of a cluster with members", () => {
  test("does not depend on the order in which they are told", () => {
    expect(identityOfMembers(["30", "7", "30"])).toBe(identityOfMembers(["7", "30"]));
  });

  test("stays the same while one member after another is replaced", () => {
    const before = identityOfMembers(["1", "2", "3"]);
    expect(isSameCluster(before, identityOfMembers(["2", "3", "4"]))).toBe(true);
    expect(isSameCluster(before, identityOfMembers(["1"]))).toBe(true);
  });

  test("is another one where no member is shared", () => {
    expect(isSameCluster(identityOfMembers(["1", "2"]), identityOfMembers(["12", "21"]))).toBe(
      false,
    );
    expect(isSameCluster(identityOfMembers([]), identityOfMembers(["1"]))).toBe(false);
  });

  test("is compared as a whole where it is no list of members", () => {
    expect(isSameCluster("dir-1", "dir-1")).toBe(true);
    expect(isSameCluster("dir-1", "dir-2")).toBe(false);
    expect(isSameCluster("1,2", "2,3")).toBe(false);
  });
});
