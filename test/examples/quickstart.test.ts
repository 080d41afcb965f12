import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

import { expectSuccess, runExample } from "./run-example.ts";

const scratch = mkdtempSync(join(tmpdir(), "snapform-examples-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("quickstart", () => {
  const folder = join(scratch, "quickstart");

  test("protects, changes, loses and restores a table, twice in a row", async () => {
    for (const _ of ["first", "again"]) {
      const run = await runExample(["quickstart", "--keep", folder]);
      expectSuccess(run, "quickstart");
      expect(run.stdout).toContain("200 passages");
      expect(run.stdout).toContain("Plan: 1 to create");
      expect(run.stdout).toContain("Deletions: 1 expire");
      expect(run.stdout).toMatch(/restore .*: done/);
      expect(run.stdout).toContain("✓ all 197 passages are back");
      expect(run.stdout).toContain("✓ the index is used");
      expect(run.stdout).toContain("No damage found");
    }
    expect(existsSync(join(folder, "vault", "repository.json"))).toBe(true);
  }, 110_000);

  test("notices a restore that brought something else back", async () => {
    const run = await runExample(["quickstart", "--spoil", "--keep", join(scratch, "spoilt")]);
    expect(run.status).toBe(1);
    expect(run.stdout).toContain("✓ all 197 passages are back");
    expect(run.stderr).toMatch(/FAILED: not true: same neighbours, same distances/);
  });
});
