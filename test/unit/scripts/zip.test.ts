import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";

import { zip } from "../../../scripts/build/zip.ts";

const folder = mkdtempSync(join(tmpdir(), "snapform-zip-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entries = [
  { name: "program", bytes: Buffer.from("#!/bin/sh\necho runs\n".repeat(500)), mode: 0o755 },
  { name: "texts/empty.txt", bytes: Buffer.alloc(0), mode: 0o644 },
];

describe("a zip", () => {
  test("holds what was put into it, where its directory says", () => {
    const archive = zip(entries);
    const directoryAt = archive.readUInt32LE(archive.length - 6);
    let at = directoryAt;
    for (const { name, bytes, mode } of entries) {
      const nameLength = archive.readUInt16LE(at + 28);
      expect(archive.toString("utf8", at + 46, at + 46 + nameLength)).toBe(name);
      expect(archive.readUInt32LE(at + 38) >>> 16).toBe(0o100000 | mode);
      const [sum, packed, size, fileAt] = [16, 20, 24, 42].map((n) => archive.readUInt32LE(at + n));
      expect([sum, size]).toEqual([crc32(bytes), bytes.length]);
      const from = (fileAt ?? 0) + 30 + nameLength;
      expect(inflateRawSync(archive.subarray(from, from + (packed ?? 0)))).toEqual(bytes);
      at += 46 + nameLength;
    }
    expect(archive.readUInt32LE(at)).toBe(0x06054b50);
  });

  test("is the same for the same entries", () => {
    expect(zip(entries)).toEqual(zip(entries));
  });

  test("is unpacked by the usual program, with its permissions", () => {
    const file = join(folder, "a.zip");
    writeFileSync(file, zip(entries));
    const { error, status, stdout } = spawnSync("unzip", ["-o", file, "-d", folder]);
    if (error) {
      console.log("skipped: there is no unzip here");
      return;
    }
    expect(status, String(stdout)).toBe(0);
    expect(readFileSync(join(folder, "program"))).toEqual(entries[0]?.bytes);
    expect(statSync(join(folder, "program")).mode & 0o777).toBe(0o755);
  });
});
