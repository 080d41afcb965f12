import { execFile } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { openStage } from "./stage.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const page = readFileSync(join(root, "docs", "reference", "json.md"), "utf8");

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [join(root, "scripts", "build-provider.ts")]);
});

describe("installing the Terraform provider", () => {
  test("gives a program that runs, twice the same, and says what it is", async () => {
    const stage = openStage();
    const installed = await stage.snapform("terraform", "install", "--json");
    expect([installed.status, installed.stderr]).toEqual([0, ""]);
    const document = JSON.parse(installed.stdout) as { readonly files: readonly string[] };
    const row = page.split("\n").find((line) => line.includes("`terraform-install`"));
    for (const key of Object.keys(document).slice(2)) expect(row).toContain(`\`${key}\``);
    const { files } = document;
    const before = stage.tree("terraform.d");
    for (const file of files) {
      accessSync(stage.path(file), constants.X_OK);
      // As Terraform does: the file itself, which looks for Node on the path.
      const run = promisify(execFile)(stage.path(file));
      await expect(run).rejects.toMatchObject({
        code: 1,
        stdout: "",
        stderr: expect.stringContaining("Terraform starts it by itself"),
      });
    }
    expect(await stage.snapform("terraform", "install")).toMatchObject({ status: 0, stderr: "" });
    expect(stage.tree("terraform.d")).toEqual(before);
  });

  test("fails where it cannot write, and leaves nothing half done", async () => {
    const stage = openStage();
    stage.write("terraform.d", "a file");
    const refused = await stage.snapform("terraform", "install");
    expect([refused.status, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toMatch(/cannot (read|write)[^]*ENOTDIR/);
    expect(stage.read("terraform.d")).toBe("a file");
  });
});
