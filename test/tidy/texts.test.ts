import { describe, expect, test } from "vitest";

import { checkBans, checkTexts, checkWorkers } from "./check-texts.ts";
import { isSource, textFiles } from "./tree.ts";

const files = textFiles();
const sources = files.filter(({ path }) => isSource(path));

describe("the tree", () => {
  test("keeps time, chance, process, console and errors in their rooms", () => {
    expect(checkBans(sources)).toEqual([]);
  });

  test("starts workers in the one form that works from source, library and bundle", () => {
    expect(checkWorkers(sources)).toEqual([]);
  });

  test("holds no unfinished business, machine paths, registries or lonely tests", () => {
    expect(checkTexts(files)).toEqual([]);
  });
});

describe("the bans (canary)", () => {
  test.each([
    ["const at = Date.now();", "reads the time"],
    ["const at = new Date();", "reads the time"],
    ["const at = new Date;", "reads the time"],
    ["const ms = performance.now();", "reads the time"],
    ["setTimeout(go, 10);", "uses a timer"],
    ["const id = crypto.randomUUID();", "uses chance"],
    ["const x = `${Math.random()}`;", "uses chance"],
    ["const home = process.env.HOME;", "touches the process"],
    ["globalThis.process?.exit(1);", "touches the process"],
    ["const me = process.pid;", "asks who it is"],
    ["console.log(plan);", "prints"],
    ['throw new Error("bad");', "throws a bare error"],
    ["class LockError extends Error {}", "makes another error class"],
    ["export class SnapshotManager {}", "has a name that says nothing"],
  ])("catches `%s`", (text, name) => {
    const breaches = checkBans([{ path: "src/plan/a.ts", text }]);
    expect(breaches.some((breach) => breach.includes(name))).toBe(true);
  });

  test.each([
    ["src/plan/a.ts", "const at = new Date(text);"],
    ["src/plan/a.ts", "// Date.now() would lie here\nconst s = 'console.log';"],
    ["src/plan/a.ts", "lock.owner.process.started;"],
    ["src/plan/a.ts", 'throw new SnapformError("internal", "x");'],
    ["src/clock/system-clock.ts", "setTimeout(go, performance.now());"],
    ["src/cli/views/a.ts", "process.stdout.write(text);"],
    ["src/state/local/lock.ts", "process.kill(owner.process, 0);"],
  ])("lets %s: `%s` pass", (path, text) => {
    expect(checkBans([{ path, text }])).toEqual([]);
  });
});

describe("the rules on texts (canary)", () => {
  test.each([
    ["docs/a.md", "TODO: write this"],
    ["src/plan/a.ts", 'const path = "/home/someone/x";'],
    ["docs/a.md", "see https://registry.example.com/x"],
    ["test/unit/a.test.ts", 'test("should work", run);'],
    ["test/unit/a.test.ts", 'test.only("works", run);'],
  ])("catch %s: %s", (path, text) => {
    expect(checkTexts([{ path, text }])).toHaveLength(1);
  });
});

describe("the worker check (canary)", () => {
  const start =
    'new URL(import.meta.url.endsWith(".ts") ? "./x-worker.ts" : "./x-worker.js", import.meta.url)';

  test("wants the worker to exist beside the module", () => {
    const module = { path: "src/repository/pool.ts", text: start };
    const worker = { path: "src/repository/x-worker.ts", text: "" };
    expect(checkWorkers([module, worker])).toEqual([]);
    expect(checkWorkers([module])).toHaveLength(1);
  });

  test("refuses any other use of import.meta", () => {
    const text = 'readFileSync(new URL("./table.json", import.meta.url));';
    expect(checkWorkers([{ path: "src/plan/a.ts", text }])).toHaveLength(1);
  });
});
