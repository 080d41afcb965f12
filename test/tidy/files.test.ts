import { describe, expect, test } from "vitest";

import {
  checkDeadFolders,
  checkFolders,
  checkNames,
  checkSizes,
  checkSurface,
  checkWorkerNames,
  headerLineCount,
  lineCountOf,
} from "./check-files.ts";
import { generated, limits } from "./rules.ts";
import { isBinary, isSource, readBytes, textFiles, trackedPaths } from "./tree.ts";

const paths = trackedPaths();
const files = textFiles();

describe("the tree", () => {
  test("names files in kebab-case and has no dumping grounds", () => {
    expect(checkNames(paths)).toEqual([]);
  });

  test("keeps sources short and narrow", () => {
    expect(checkSizes(files)).toEqual([]);
  });

  test("says in each folder of src what the folder is for", () => {
    expect(checkFolders(files)).toEqual([]);
  });

  test("exports and does nothing else in src/index.ts", () => {
    expect(checkSurface(files)).toEqual([]);
  });

  test("has no folder without source in src, and no two workers of one name", () => {
    expect([...checkDeadFolders(paths), ...checkWorkerNames(paths)]).toEqual([]);
  });

  test("holds no binary file over 200 KiB", () => {
    const large = paths.filter((path) => {
      const bytes = readBytes(path);
      return isBinary(bytes) && bytes.length > limits.binaryByteCount;
    });
    expect(large).toEqual([]);
  });

  test("reports how long sources are (meant: half under 90 lines, nine in ten under 250)", () => {
    const counts = files
      .filter(({ path }) => isSource(path) && !generated.test(path))
      .map(({ text }) => lineCountOf(text))
      .toSorted((a, b) => a - b);
    const at = (share: number): number => counts[Math.floor(counts.length * share)] ?? 0;
    console.log(
      `src: ${counts.length} files, lines p50 ${at(0.5)}, p90 ${at(0.9)}, max ${counts.at(-1) ?? 0}`,
    );
  });
});

describe("the checks on files (canary)", () => {
  test.each([
    "src/plan/planPolicy.ts",
    "src/plan/types.ts",
    "src/string-utils.ts",
    "src/common/plan.ts",
    "src/state/lock-manager.ts",
    "test/unit/helpers.ts",
    "docs/How_To.md",
  ])("refuse the name %s", (path) => {
    expect(checkNames([path])).toHaveLength(1);
  });

  test.each(["src/plan/plan-policy.ts", "docs/README.md", "src/config/types/policy.gen.ts"])(
    "accept the name %s",
    (path) => {
      expect(checkNames([path])).toEqual([]);
    },
  );

  test("refuse a long file and a wide line", () => {
    const long = { path: "src/plan/a.ts", text: "x;\n".repeat(401) };
    const wide = { path: "src/plan/b.ts", text: "x".repeat(101) };
    expect(checkSizes([long, wide])).toHaveLength(2);
    expect(checkSizes([{ path: "src/plan/a.gen.ts", text: long.text }])).toEqual([]);
  });

  test("refuse a folder that does not say what it is for", () => {
    const opened = { path: "src/plan/plan.ts", text: "// What.\n// Knows.\n// Keeps.\nx;\n" };
    const mute = { path: "src/policy/a.ts", text: "// Too short.\nx;\n" };
    expect(checkFolders([opened])).toEqual([]);
    expect(checkFolders([mute])).toHaveLength(1);
    expect(headerLineCount("/**\n * One.\n * Two.\n * Three.\n */\nx;")).toBe(3);
    expect(headerLineCount("x; // not at the start")).toBe(0);
  });

  test("refuse code in the library's surface", () => {
    const text = '// The library.\nexport { a } from "./a.ts";\nexport type * from "./b.ts";\n';
    expect(checkSurface([{ path: "src/index.ts", text }])).toEqual([]);
    expect(checkSurface([{ path: "src/index.ts", text: `${text}run();` }])).toHaveLength(1);
  });

  test("refuse a folder without source and two workers of one name", () => {
    expect(checkDeadFolders(["src/plan/notes.md"])).toHaveLength(1);
    expect(checkWorkerNames(["src/a/x-worker.ts", "src/b/x-worker.ts"])).toHaveLength(1);
  });
});
