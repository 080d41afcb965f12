import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { VERSION } from "../../../src/cli/version.ts";
import { session, transcript } from "./sessions.ts";

const mistakes: readonly (readonly string[])[] = [
  ["paln"],
  ["state", "lsit"],
  ["constructor"],
  ["__proto__"],
  ["--wrong"],
  ["plan", "--markdwon"],
  ["plan", "--constructor"],
  ["plan", "-x"],
  ["plan", "--out"],
  ["plan", "--at", "yesterday"],
  ["plan", "--out", "a", "--out", "b"],
  ["plan", "surplus"],
  ["plan", "--out", "x", "--at", "2026-11-21T00:00:00Z"],
  ["plan", "--json", "--markdown"],
  ["apply", "--lock-timeout", "soon", "--yes"],
  ["apply", "a", "b"],
  ["apply", "a.plan", "--no-expire"],
  ["run"],
  ["run", "nightly", "--yes"],
  ["restore", "--yes"],
  ["restore", "--yes", "--policy", "nightly"],
  ["restore", "--yes", "--policy", "a", "--collection", "c", "--at", "soon"],
  ["restore", "--yes", "--policy", "a", "--collection", "c", "--to", "prod"],
  ["restore", "--if-exists", "overwrite"],
  ["purge", "prod/docs"],
  ["purge", "prod/docs", "--confirm", "prod/other"],
  ["completion", "tcsh"],
  ["schema", "nothing"],
  ["adopt"],
];

describe("a wrong command line", () => {
  test("is refused with what was meant, and exit status 64", async () => {
    const parts: string[] = [];
    for (const args of mistakes) {
      const result = await session(args);
      parts.push(transcript(args, result));
      expect([args, result.exitCode, result.stdout]).toEqual([args, 64, ""]);
    }
    await expect(parts.join("\n")).toMatchFileSnapshot("expected/usage-mistakes.txt");
  });

  test("is told as JSON where JSON was asked for", async () => {
    const { stderr, exitCode } = await session(["plan", "--json", "--wrong"]);
    expect(exitCode).toBe(64);
    expect(JSON.parse(stderr)).toEqual({
      formatVersion: 1,
      kind: "failure",
      error: {
        code: "usage",
        message: "unknown flag --wrong",
        hint: "See `snapform plan --help`.",
        address: null,
      },
      diagnostics: [],
    });
  });
});

describe("flags of every command", () => {
  test("may stand before the command", async () => {
    for (const args of [
      ["-f", "a.yaml", "-f", "b.yaml", "--json", "validate"],
      ["--file=a.yaml", "-f", "b.yaml", "validate", "--json"],
      ["validate", "-f", "a.yaml", "--file", "b.yaml", "--json"],
    ]) {
      const { stdout, exitCode } = await session(args);
      expect([args, exitCode]).toEqual([args, 0]);
      expect(JSON.parse(stdout)).toMatchObject({ kind: "validation", valid: true });
    }
  });
});

describe("the version", () => {
  test("is the package's", async () => {
    const manifest = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(VERSION).toBe(manifest.version);
    expect((await session(["version"])).stdout).toBe(`${VERSION}\n`);
    expect((await session(["--version"])).stdout).toBe(`${VERSION}\n`);
  });
});

describe("completion", () => {
  test.each([
    [["re"], ["restore", "repository"]],
    [
      ["state", ""],
      ["list", "show", "pull", "push", "rm", "--help"],
    ],
    [["plan", "--ma"], ["--markdown"]],
    [["completion", "f"], ["fish"]],
    [["nothing", ""], []],
  ])("of %j proposes %j", async (words, expected) => {
    const { stdout, exitCode } = await session(["__complete", ...words]);
    expect(exitCode).toBe(0);
    expect(stdout.split("\n").filter((line) => line !== "")).toEqual(expected);
  });

  test("has a script for each shell", async () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const { stdout } = await session(["completion", shell]);
      expect(stdout).toContain("snapform __complete");
    }
  });
});
