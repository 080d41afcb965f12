import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeSegment,
  encodeSegment,
  idOfManifestFile,
  isSafePath,
} from "../../../src/repository/filesystem/layout.ts";
import {
  ownerLife,
  parseStagingName,
  stagingOwner,
} from "../../../src/repository/filesystem/staging.ts";
import { WRITER } from "../../../src/repository/filesystem/write.ts";
import packageJson from "../../../package.json" with { type: "json" };

const seed = Number(process.env["SNAPFORM_SEED"] ?? Date.now() % 1_000_000);
console.info(`SNAPFORM_SEED=${seed}`);

const names = fc.oneof(fc.string({ minLength: 1, unit: "grapheme" }), fc.string({ minLength: 1 }));

describe("folder names", () => {
  test("come back as they were, up to their greatest length", () => {
    const law = fc.property(names, (name) => {
      const segment = encodeSegment(name);
      expect(segment.length).toBeLessThanOrEqual(200);
      if (!segment.includes("%~")) expect(decodeSegment(segment)).toBe(name);
    });
    fc.assert(law, { seed });
  });

  test("differ where names differ, also where case is ignored", () => {
    const law = fc.property(names, names, (a, b) => {
      fc.pre(a !== b);
      expect(encodeSegment(a).toLowerCase()).not.toBe(encodeSegment(b).toLowerCase());
    });
    fc.assert(law, { seed });
  });

  test("are safe in every filesystem", () => {
    for (const name of [
      ".",
      "..",
      "...",
      "a.",
      "con",
      "CON",
      "nul.txt",
      "a/b",
      "a:b",
      "a b",
      "%",
    ]) {
      expect(encodeSegment(name)).toMatch(/^(?!con|nul|\.)[a-z0-9._%~-]*(?<!\.)$/);
    }
    expect(encodeSegment("docs-en_2.1")).toBe("docs-en_2.1");
    expect(encodeSegment("Docs")).toBe("%44ocs");
    expect(encodeSegment("db/docs")).toBe("db%2fdocs");
  });

  test("of long names are cut, differ and stay short", () => {
    const [a, b] = [encodeSegment("é".repeat(100)), encodeSegment(`${"é".repeat(99)}e`)];
    expect(a).not.toBe(b);
    expect(a).toMatch(/%~[0-9a-f]{32}$/);
    expect(decodeSegment(a)).toBe(a);
  });
});

test("files beside a manifest are not taken for one", () => {
  expect(idOfManifestFile("s1.json")).toBe("s1");
  for (const name of [
    "s1.notes.json",
    "s1.trashed.json",
    "s1",
    ".s1.json",
    "s1.json.tmp",
    ".json",
  ]) {
    expect(idOfManifestFile(name)).toBeNull();
  }
});

test("a path that could leave its folder is not safe", () => {
  for (const path of ["a", "a/b.c", "..a", "a/..b", "ä/ö"]) expect(isSafePath(path)).toBe(true);
  for (const path of ["", "/", "/a", "a/", "..", "a/../b", "a//b", "./a", "a\\b", "a\0"]) {
    expect(isSafePath(path)).toBe(false);
  }
});

describe("staging", () => {
  test("names the process that it belongs to", () => {
    const { host, boot, pid } = stagingOwner();
    expect(parseStagingName(`${host}-${boot}-${pid}-00ff`)).toEqual({ host, boot, pid });
    expect(parseStagingName("my-host-2-unknown-12-ab")).toEqual({
      host: "my-host-2",
      boot: "unknown",
      pid: 12,
    });
    expect(parseStagingName("something else")).toBeNull();
  });

  test("of this process is alive, of another host or boot nobody knows", () => {
    const me = stagingOwner();
    expect(ownerLife(me)).toBe("alive");
    expect(ownerLife({ ...me, pid: 2 ** 22 + 1 })).toBe("dead");
    expect(ownerLife({ ...me, host: "elsewhere" })).toBe("unknown");
    expect(ownerLife({ ...me, boot: "0".repeat(16) })).toBe("unknown");
  });
});

test("manifests name the version of the package that wrote them", () => {
  expect(WRITER).toBe(`snapform/${packageJson.version}`);
});
