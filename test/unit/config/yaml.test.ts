import { describe, expect, test } from "vitest";
import { fixture, load, shown, told, withBase } from "./load.ts";

describe("a file that is not good YAML", () => {
  test.each([
    [
      "a tab",
      "version: 1\nstate:\n\tpath: x\n",
      "3:1 invalid-yaml: Tabs cannot indent YAML. Use spaces.",
    ],
    [
      "an open quote",
      'version: 1\nproject: "demo\nstate: {}',
      '3:10 invalid-yaml: Missing closing "quote.',
    ],
    [
      "a colon in a text",
      "project: a: b\n",
      "1:10 invalid-yaml: A second `key: value` stands where a value was expected. " +
        "Check the indentation, and put a text that contains `: ` in quotes.",
    ],
    [
      "a bare star",
      "version: 1\nx: [*, a]\n",
      '2:5 invalid-yaml: A bare `*` begins an alias. Put a pattern in quotes: "*".',
    ],
    [
      "a reference in a flow map",
      "a: { b: ${env:X} }\n",
      expect.stringMatching(/^1:\d+ invalid-yaml: .*put `\$\{env:NAME\}` in quotes\.$/),
    ],
    [
      "nothing",
      "# only a comment\n",
      "1:1 empty-file: The file is empty. A configuration begins with `version: 1` and `project: NAME`.",
    ],
    [
      "a list",
      "- a\n",
      "1:1 not-a-map: Expected a map that begins with `version: 1` and `project: NAME`.",
    ],
    [
      "two documents",
      "version: 1\n---\nversion: 1\n",
      "2:1 several-documents: The file holds several YAML documents (`---`). Put each into a file " +
        "of its own; several files merge into one configuration.",
    ],
    [
      "another version of YAML",
      "%YAML 1.1\n---\nversion: 1\n",
      "1:1 yaml-version: The file asks for another version of YAML. Remove the `%YAML` line.",
    ],
  ])("is told with its place: %s", (_, text, expected) => {
    expect(told(text)).toEqual([expected]);
    expect(load(text).desired).toBeNull();
  });

  test("gives one diagnostic, not the consequences of the first mistake", () => {
    expect(told("- a\nb: c\n d: [\n")).toHaveLength(1);
  });

  test("with a byte order mark is read, with a warning", () => {
    const loaded = load("\uFEFFversion: 1\nproject: demo\n");
    expect(loaded.desired?.project).toBe("demo");
    expect(loaded.diagnostics).toMatchObject([{ severity: "warning", code: "byte-order-mark" }]);
  });
});

describe("a file that means harm", () => {
  test("cannot multiply itself through aliases", () => {
    expect(told(fixture("bomb.yaml"))).toContainEqual(
      "4:36 alias-expansion: Aliases may add 10000 values to a file at most.",
    );
  });

  test.each([
    ["brackets", "[".repeat(100_000)],
    ["maps", `a: ${"{a: ".repeat(20_000)}`],
    ["lists", "- ".repeat(20_000)],
    ["indentation", Array.from({ length: 60 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")],
  ])("cannot nest endlessly with %s", (_, text) => {
    const summaries = load(text).diagnostics.map(({ summary }) => summary);
    expect(summaries).toContain("Nested too deeply");
  });

  test("cannot be larger than a mebibyte", () => {
    expect(told(`# ${"x".repeat(1024 * 1024)}`)).toEqual([
      "1:1 file-too-large: A configuration file may have 1 MiB at most.",
    ]);
  });

  test("cannot hold endless entries", () => {
    const many = Array.from({ length: 10_001 }, (_, i) => `  n${i}: {}`).join("\n");
    expect(told(withBase(`snapshots:\n${many}\n`))).toEqual([
      "7:3 too-many-entries: A map or list may have 10000 entries at most.",
    ]);
  });

  test("cannot refer to itself", () => {
    expect(told(withBase("moved: &x [*x]\n"))).toEqual([
      "6:12 unknown-alias: There is no anchor of this name before it. " +
        "If it is meant as a pattern, put it in quotes.",
    ]);
  });

  test("cannot move the cursor from the line that is shown", () => {
    expect(shown(load('version: 1\nproject: "a\u001b[2J"\n'))).not.toContain("\u001b");
  });

  test("may use names that mean something to JavaScript", () => {
    const text = withBase(
      "repositories: { __proto__: { type: filesystem, path: /a }, constructor: 3 }\n",
    );
    expect(told(text)).toEqual(["6:73 wrong-type: Expected a repository, found the number 3."]);
  });
});

describe("what YAML allows and a configuration does not", () => {
  test.each([
    [
      "a tag",
      "snapshots: { s: { cluster: prod, collection: !tmp } }",
      "6:46 yaml-tag: YAML tags are not supported. If the text begins with `!`, as in a pattern, quote it.",
    ],
    [
      "a merge key",
      "snapshots: { s: { <<: { cluster: prod }, collection: a } }",
      "6:19 merge-key: Merge keys (`<<`) are not supported. Repeat the values, or alias whole values.",
    ],
    [
      "a list as key",
      "snapshots: { [a]: 1 }",
      "6:14 invalid-key: A key must be a plain name; no map, list, anchor or alias.",
    ],
    [
      "a repeated key",
      "state: { path: a, path: b }",
      '6:19 duplicate-key: The key "path" stands at snapform.yaml:6:10 already.',
    ],
  ])("is refused: %s", (_, line, expected) => {
    expect(told(withBase(`${line}\n`))).toEqual([expected]);
  });

  test("anchors and aliases of whole values work", () => {
    const text = withBase("snapshots:\n  a: &a { cluster: prod, collection: c }\n  b: *a\n");
    expect(load(text).desired?.snapshots.map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("a mistake in a value that is aliased is told once", () => {
    const text = withBase("snapshots:\n  a: &a { cluster: prd, collection: c }\n  b: *a\n");
    expect(told(text)).toEqual([
      '7:20 unknown-reference: There is no cluster "prd". Did you mean "prod"? ' +
        "Declared under `clusters`: local, prod.",
    ]);
  });
});
