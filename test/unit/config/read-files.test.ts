import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readConfigFiles } from "../../../src/config/read-files.ts";

const folder = mkdtempSync(join(tmpdir(), "snapform-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("reading configuration files", () => {
  test("keeps the paths as the user gave them", async () => {
    writeFileSync(join(folder, "a.yaml"), "version: 1\n");
    expect(await readConfigFiles(["a.yaml"], folder)).toEqual([
      { path: "a.yaml", text: "version: 1\n" },
    ]);
  });

  test("says what is wrong with a path, and what to do", async () => {
    writeFileSync(join(folder, "latin.yaml"), Uint8Array.of(0xff, 0xfe, 0x61, 0x00));
    await expect(readConfigFiles(["none.yaml"], folder)).rejects.toMatchObject({
      code: "not-found",
      message: "there is no file none.yaml",
      hint: "Create snapform.yaml in this folder, or name the configuration with -f FILE.",
    });
    await expect(readConfigFiles(["./"], folder)).rejects.toMatchObject({
      code: "invalid-argument",
      hint: "Name a file, such as -f ./snapform.yaml.",
    });
    await expect(readConfigFiles(["latin.yaml"], folder)).rejects.toMatchObject({
      code: "invalid-argument",
      message: "latin.yaml is not UTF-8 text",
    });
  });

  // The superuser may read everything.
  test.skipIf(process.getuid?.() === 0)(
    "says when it may not read (skipped for root)",
    async () => {
      const path = join(folder, "shut.yaml");
      writeFileSync(path, "");
      chmodSync(path, 0);
      await expect(readConfigFiles([path], folder)).rejects.toMatchObject({
        code: "permission-denied",
      });
    },
  );
});
