import { describe, expect, it } from "vitest";
import {
  isLiteralPattern,
  matchCollections,
  unmatchedLiterals,
} from "../../../src/policy/match.ts";

const names = ["docs-tmp", "docs-en", "images", "docs-de", "db/docs"];

describe("matchCollections", () => {
  it.each<[string[], string[]]>([
    [["images"], ["images"]],
    [["docs-*"], ["docs-de", "docs-en", "docs-tmp"]],
    [
      ["docs-*", "!docs-tmp"],
      ["docs-de", "docs-en"],
    ],
    [["docs-*", "!docs-*", "docs-en"], ["docs-en"]],
    [
      ["!docs-tmp", "docs-*"],
      ["db/docs", "docs-de", "docs-en", "docs-tmp", "images"],
    ],
    [["!docs-*"], ["db/docs", "images"]],
    [["!docs-*", "!images"], ["db/docs"]],
    [["docs-??"], ["docs-de", "docs-en"]],
    [["*docs*"], ["db/docs", "docs-de", "docs-en", "docs-tmp"]],
    [["db/*"], ["db/docs"]],
    [["*"], ["db/docs", "docs-de", "docs-en", "docs-tmp", "images"]],
    [["**"], ["db/docs", "docs-de", "docs-en", "docs-tmp", "images"]],
    [["Docs-*"], []],
    [["docs"], []],
    [[], []],
  ])("of %j are %j", (patterns, expected) => {
    expect(matchCollections(patterns, names)).toEqual(expected);
  });

  it("takes characters of regular expressions as they are", () => {
    expect(matchCollections(["a.c", "x[1]", "$^"], ["abc", "a.c", "x1", "x[1]", "$^"])).toEqual([
      "$^",
      "a.c",
      "x[1]",
    ]);
  });

  it("takes one character for one question mark, also outside the basic plane", () => {
    expect(matchCollections(["a?b"], ["a😀b", "ab", "axb"])).toEqual(["axb", "a😀b"]);
  });

  it("gives each name once", () => {
    expect(matchCollections(["*"], ["a", "b", "a"])).toEqual(["a", "b"]);
  });

  it("takes at most glob times name steps where a regular expression would explode", () => {
    const glob = `${"*a".repeat(200)}b`;
    expect(matchCollections([glob], ["a".repeat(5_000)])).toEqual([]);
    expect(matchCollections([glob], [`${"a".repeat(5_000)}b`])).toHaveLength(1);
  });
});

describe("isLiteralPattern", () => {
  it.each([
    ["docs", true],
    ["db/docs", true],
    ["docs-*", false],
    ["doc?", false],
    ["!docs", false],
  ])("of %s is %s", (pattern, expected) => expect(isLiteralPattern(pattern)).toBe(expected));
});

describe("unmatchedLiterals", () => {
  it("names the collections that are asked for and do not exist", () => {
    const patterns = ["images", "docs-fr", "videos-*", "!gone", "docs-fr", "audio"];
    expect(unmatchedLiterals(patterns, names)).toEqual(["docs-fr", "audio"]);
  });
});
