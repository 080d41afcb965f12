import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

import { expectSuccess, runExample } from "./run-example.ts";

const scratch = mkdtempSync(join(tmpdir(), "snapform-examples-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("state-lost", () => {
  test("rebuilds the state from the repository", async () => {
    const run = await runExample(["state-lost"]);
    expectSuccess(run, "state-lost");
    expect(run.stdout).toContain("Took over 2 snapshots.");
    expect(run.stdout).toContain("✓ the plan is empty");
  });

  test("notices a state that was not rebuilt", async () => {
    const run = await runExample(["state-lost", "--spoil"]);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("FAILED: not true: and has nothing to complain");
  });
});

describe("pull-request", () => {
  test("denies one plan, applies the reviewed one, refuses it elsewhere", async () => {
    const run = await runExample(["pull-request"]);
    expectSuccess(run, "pull-request");
    expect(run.stdout).toContain("denied: 4 snapshots would expire, at most 3 are allowed");
    expect(run.stdout).toContain("Done: 2 expired");
    expect(run.stdout).toContain("exit status 12");
  });

  test("notices when more was expired than was reviewed", async () => {
    const run = await runExample(["pull-request", "--spoil"]);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("FAILED: not true: five are left");
  });
});

describe("the runner of examples", () => {
  test("lists the examples when none is named", async () => {
    const run = await runExample([]);
    expect(run.status).toBe(0);
    for (const name of ["quickstart", "state-lost", "pull-request", "qdrant-cluster"]) {
      expect(run.stdout).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
    }
  });

  test("exits with 64 for an unknown name, several names and an unknown flag", async () => {
    for (const args of [["nope"], ["quickstart", "state-lost"], ["quickstart", "--kepp", "x"]]) {
      const run = await runExample(args);
      expect(run.status).toBe(64);
      expect(run.stderr).toContain("Usage: npm run example");
    }
    expect((await runExample(["nope"])).stderr).toContain('there is no example "nope"');
  });

  test("leaves a folder alone that no example made", async () => {
    const folder = mkdtempSync(join(scratch, "own-"));
    writeFileSync(join(folder, "thesis.txt"), "mine");
    const run = await runExample(["state-lost", "--keep", folder]);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("was not made by an example");
    expect(existsSync(join(folder, "thesis.txt"))).toBe(true);
  });
});
