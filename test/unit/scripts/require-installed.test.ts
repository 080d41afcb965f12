import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { requireInstalled } from "../../../scripts/build/provider/require-installed.ts";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "snapform-installed-")));
  vi.spyOn(process, "cwd").mockReturnValue(join(folder, "project", "deep"));
  vi.stubEnv("PATH", join(folder, "bin"));
  vi.stubEnv("SNAPFORM_PACKAGES", undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Installs a package of one file below a folder. */
function install(where: string, name: string, code: string): void {
  const place = join(folder, where, "node_modules", name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "index.js"), code);
}

describe("a package that is not in the built provider", () => {
  test("is found above the folder that Terraform runs in", () => {
    install("project", "native-thing", "exports.place = 'project'");
    expect(requireInstalled("native-thing")).toEqual({ place: "project" });
  });

  test("is found beside the snapform that is on the path", () => {
    install("global", "native-thing", "exports.place = 'global'");
    mkdirSync(join(folder, "bin"));
    const main = join(folder, "global", "node_modules", "snapform", "main.js");
    mkdirSync(join(main, ".."), { recursive: true });
    writeFileSync(main, "", { mode: 0o755 });
    // As npm does it.
    symlinkSync(main, join(folder, "bin", "snapform"));
    expect(requireInstalled("native-thing")).toEqual({ place: "global" });
  });

  test("is found in the folder that was named before all others", () => {
    install("project", "native-thing", "exports.place = 'project'");
    install("named", "native-thing", "exports.place = 'named'");
    vi.stubEnv("SNAPFORM_PACKAGES", join(folder, "named"));
    expect(requireInstalled("native-thing")).toEqual({ place: "named" });
  });

  test("is missing where nobody installed it", () => {
    expect(() => requireInstalled("native-thing")).toThrow(/Cannot find module 'native-thing'/);
  });

  test("is not looked for elsewhere when it is there and does not load", () => {
    install("project", "native-thing", "require('what-it-needs')");
    install("named", "other", "");
    expect(() => requireInstalled("native-thing")).toThrow(/Cannot find module 'what-it-needs'/);
  });
});
