import { describe, expect, test } from "vitest";

import { checkImports, roomOf } from "./check-imports.ts";
import { rooms } from "./rules.ts";
import { codeOf, importsOf } from "./source.ts";
import { isSource, textFiles } from "./tree.ts";

describe("the import table", () => {
  test("holds for every file of src", () => {
    expect(checkImports(textFiles().filter(({ path }) => isSource(path)))).toEqual([]);
  });

  test("names only rooms that it has", () => {
    const known = new Set(rooms.map(({ room }) => room));
    const named = rooms.flatMap(({ imports, types = [] }) => [...imports, ...types]);
    expect(named.filter((room) => !known.has(room))).toEqual([]);
  });

  test("puts a file into the most particular room", () => {
    expect(roomOf("clock/duration")?.room).toBe("clock");
    expect(roomOf("clock/clock")?.room).toBe("clock/clock");
    expect(roomOf("repository/filesystem/trash")?.room).toBe("repository/filesystem");
    expect(roomOf("engines/lancedb/driver")?.room).toBe("engines/*");
    expect(roomOf("elsewhere/driver")).toBeUndefined();
  });
});

describe("the import check (canary)", () => {
  test.each([
    ["src/plan/a.ts", 'import { x } from "../engine/driver.ts";', "plan may not import engine"],
    ["src/plan/a.ts", 'import type { X } from "../state/store.ts";', "plan may not import state"],
    [
      "src/plan/a.ts",
      'import type { Clock } from "../clock/clock.ts";',
      "may not import clock/clock",
    ],
    ["src/policy/a.ts", 'import fs from "node:fs/promises";', "may not touch node:fs/promises"],
    ["src/apply/a.ts", 'export * from "../engines/memory/a.ts";', "apply may not import engines/*"],
    ["src/apply/a.ts", 'await import("../state/local/a.ts");', "apply may not import state/local"],
    ["src/engines/a/x.ts", 'import "../b/y.ts";', "engines/* may not import engines/*"],
    [
      "src/engines/a/x.ts",
      'import { R } from "../../repository/r.ts";',
      "only types of repository",
    ],
    ["src/engines/a/x.ts", 'import { type R } from "../../repository/r.ts";', "only types"],
    ["src/cli/a.ts", 'import { openX } from "../engines/a/x.ts";', "cli may not import engines/*"],
    ["src/workspace/a.ts", 'import { main } from "../cli/main.ts";', "may not import cli/main"],
    ["src/workspace/a.ts", 'import { setTimeout } from "node:timers/promises";', "node:timers"],
    ["src/plan/a.ts", 'import { parse } from "yaml";', "imports yaml; only config may"],
    ["src/plan/a.ts", 'import _ from "lodash/fp";', "imports lodash, which no row"],
    ["src/plan/a.ts", 'import x from "../../test/x.ts";', "which is outside src"],
    ["src/elsewhere/a.ts", "", "lies in no room"],
  ])("catches %s: %s", (path, text, message) => {
    expect(checkImports([{ path, text }])).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ["src/plan/a.ts", 'import { x } from "../policy/retain.ts";'],
    ["src/plan/a.ts", 'import { parseDuration } from "../clock/duration.ts";'],
    ["src/engines/a/x.ts", 'import { y } from "./deep/y.ts"; import fs from "node:fs";'],
    ["src/engines/a/x.ts", 'import type { R } from "../../repository/repository.ts";'],
    ["src/apply/a.ts", 'import type { Engine } from "../engine/engine.ts";'],
    ["src/workspace/a.ts", 'const m = await import("../engines/a/x.ts");'],
    ["src/plan/a.ts", '// import x from "yaml"\nconst s = "import x from \'yaml\'";'],
  ])("lets %s: %s pass", (path, text) => {
    expect(checkImports([{ path, text }])).toEqual([]);
  });
});

describe("the import scanner", () => {
  test("finds every form, with its line and whether it is of types only", () => {
    const text = [
      'import a, { b } from "a";',
      'import type { C } from "./c.ts";',
      "export {",
      "  d,",
      '} from "./d.ts";',
      'export type * as E from "./e.ts";',
      'import "./f.ts";',
      'const g = await import("./g.ts");',
      'type H = typeof import("./h.ts");',
      'import type from "./i.ts";',
    ].join("\n");
    expect(importsOf(text).map((each) => [each.specifier, each.typeOnly, each.line])).toEqual([
      ["a", false, 1],
      ["./c.ts", true, 2],
      ["./d.ts", false, 5],
      ["./e.ts", true, 6],
      ["./f.ts", false, 7],
      ["./g.ts", false, 8],
      ["./h.ts", true, 9],
      ["./i.ts", false, 10],
    ]);
  });

  test("tells code from comments, strings, templates and regular expressions", () => {
    const text = "a(`x ${b(`y ${c}`)} /* z */`); /[\"'`/]/.test(d); e / f; // g \"\n'h\\'' + i";
    expect(codeOf(text).replaceAll(/ +/g, " ")).toBe(
      "a(` ${b(` ${c}`)} `); / /.test(d); e / f; \n' ' + i",
    );
    expect(codeOf(text)).toHaveLength(text.length);
  });
});
