import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";

const main = resolve("src/cli/main.ts");
const folder = mkdtempSync(join(tmpdir(), "snapform-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | string | null;
}

/** The real process, in a folder of its own. */
async function snapform(...args: readonly string[]): Promise<Ended> {
  return await new Promise((done) => {
    execFile(process.execPath, [main, ...args], { cwd: folder }, (error, stdout, stderr) => {
      done({ stdout, stderr, status: error === null ? 0 : (error.code ?? null) });
    });
  });
}

describe("the process", () => {
  test("exits with the status of the command and keeps its streams apart", async () => {
    expect(await snapform("version")).toMatchObject({ status: 0, stderr: "" });
    expect(await snapform("--help")).toMatchObject({ status: 0, stderr: "" });
    const wrong = await snapform("paln");
    expect(wrong).toMatchObject({ status: 64, stdout: "" });
    expect(wrong.stderr).toContain("did you mean plan?");
    expect(await snapform("validate", "-f", "none.yaml")).toMatchObject({ status: 1, stdout: "" });
  });

  test("finds the schemas of its package wherever it is run", async () => {
    const { stdout } = await snapform("schema", "plan");
    expect(stdout).toBe(readFileSync("schemas/plan.schema.json", "utf8"));
  });

  test("writes a configuration that it takes", async () => {
    expect(await snapform("init", "--with-schema")).toMatchObject({ status: 0, stderr: "" });
    expect(await snapform("validate")).toMatchObject({ status: 0, stderr: "" });
    expect(await snapform("init")).toMatchObject({ status: 1, stdout: "" });
  });

  test("survives a reader that goes away", async () => {
    const child = spawn(process.execPath, [main, "schema", "config"], { cwd: folder });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (piece: Buffer) => void (stderr += piece.toString()));
    const status = await new Promise((done) => child.on("close", done));
    expect([status, stderr]).toEqual([0, ""]);
  });

  test("reports a file that cannot be read", async () => {
    writeFileSync(join(folder, "file"), "");
    const { status, stderr } = await snapform("apply", "file/under-a-file.plan");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Error: .*under-a-file\.plan/);
    expect(stderr).not.toContain("bug");
  });
});

describe("a first session on LanceDB", () => {
  test("goes from nothing to a restored table", async () => {
    const { connect } = await import("@lancedb/lancedb");
    const database = await connect(join(folder, "data"));
    await database.createTable("docs", [
      { id: 1, vector: [1, 2] },
      { id: 2, vector: [3, 4] },
    ]);
    const planned = await snapform("plan", "--out", "first.plan", "--detailed-exitcode");
    expect(planned).toMatchObject({ status: 2, stderr: "" });
    expect(planned.stdout).toContain("Plan: 1 to create, 0 to copy, 0 to restore, 0 to expire");
    const applied = await snapform("apply", "--yes");
    expect(applied).toMatchObject({ status: 0, stderr: "" });
    expect(applied.stdout).toMatch(/\nDone: 1 created, in /);
    const again = await snapform("apply", "--yes");
    expect(again.stdout).toContain("No changes.");
    expect(again.stdout).toMatch(/\nNothing to do\.\n$/);
    expect((await snapform("apply", "first.plan")).status).toBe(12);
    expect((await snapform("status")).status).toBe(0);
    const args = ["--policy", "nightly", "--collection", "docs", "--to", "local/docs-again"];
    const restored = await snapform("restore", ...args, "--yes");
    expect(restored).toMatchObject({ status: 0, stderr: "" });
    expect(await (await database.openTable("docs-again")).countRows()).toBe(2);
    const twice = await snapform("restore", ...args, "--yes");
    expect(twice.status).toBe(3);
    expect(twice.stdout).toContain("(already-exists)");
  });
});
