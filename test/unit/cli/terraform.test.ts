import { describe, expect, test } from "vitest";
import { VERSION } from "../../../src/cli/version.ts";
import { session, transcript, type SessionOptions } from "./sessions.ts";

const program = `terraform-provider-snapform_v${VERSION}`;
const built = { [`/package/dist/terraform/${program}`]: "#!/usr/bin/env node\nbuilt" };
const hosts = ["registry.terraform.io", "registry.opentofu.org"];

function below(mirror: string, platform = "linux_amd64"): readonly string[] {
  return hosts.map(
    (host) => `${mirror}/${host}/snapform/snapform/${VERSION}/${platform}/${program}`,
  );
}

async function install(args: readonly string[], options: SessionOptions = {}) {
  return await session(["terraform", "install", ...args], { files: built, ...options });
}

describe("terraform install", () => {
  test.each([
    ["beside the configuration in this folder", [], "/project/terraform.d/plugins"],
    [
      "beside the one in another folder",
      ["--dir", "in/fra"],
      "/project/in/fra/terraform.d/plugins",
    ],
    ["into a mirror", ["--mirror", "/srv/mirror"], "/srv/mirror"],
  ] as const)("puts the program %s, for Terraform and OpenTofu", async (_what, args, mirror) => {
    const { programs, files, exitCode, stderr } = await install(args);
    expect([programs, exitCode, stderr]).toEqual([below(mirror), 0, ""]);
    for (const path of programs) expect(files.get(path)).toBe(Object.values(built)[0]);
  });

  test("takes the names that Terraform has for machines", async () => {
    const machine = { platform: "darwin", arch: "arm64" };
    const { programs } = await install([], { machine });
    expect(programs).toEqual(below("/project/terraform.d/plugins", "darwin_arm64"));
  });

  test("prints what Terraform has to be told, where it does not look by itself", async () => {
    const home = { env: { HOME: "/home-of-user" } };
    const looked = await install(["--mirror", "/home-of-user/.terraform.d/plugins"], home);
    expect(looked.stdout).not.toContain("provider_installation");
    const elsewhere = await install(["--mirror", "mirror"], home);
    expect(elsewhere.stdout).toContain('path    = "/project/mirror"');
  });

  test("says that a lock file may know what was there before", async () => {
    const [first = ""] = below("/project/terraform.d/plugins");
    const again = await install([], { files: { ...built, [first]: "another build" } });
    expect(again.stdout).toContain(".terraform.lock.hcl");
    const same = await install([], { files: { ...built, [first]: Object.values(built)[0] ?? "" } });
    expect(same.stdout).not.toContain(".terraform.lock.hcl");
  });

  test("prints the override alone, and writes nothing", async () => {
    const { stdout, programs } = await install(["--dev-override"]);
    expect(stdout).toMatch(/^provider_installation \{\n {2}dev_overrides \{\n/);
    expect(stdout).toContain('"snapform/snapform" = "/package/dist/terraform"');
    expect(programs).toEqual([]);
  });

  test("answers programs in JSON", async () => {
    const { stdout } = await install(["--mirror", "m", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: "terraform-install",
      version: VERSION,
      platform: "linux_amd64",
      files: below("m"),
      replaced: false,
      setting: expect.stringContaining("filesystem_mirror"),
    });
    const override = await install(["--dev-override", "--json"]);
    expect(JSON.parse(override.stdout)).toMatchObject({ kind: "terraform-override" });
  });

  test("says what is wrong, and what to do", async () => {
    const wrong: [string[], SessionOptions][] = [
      [[], { files: {} }],
      [["--dir", "a", "--mirror", "b"], {}],
      [["--dev-override", "--dir", "a"], {}],
      [[], { machine: { platform: "win32", arch: "x64" } }],
      [[], { machine: { platform: "linux", arch: "s390x" } }],
    ];
    const texts: string[] = [];
    for (const [args, options] of wrong) {
      const result = await install(args, options);
      expect(result.programs).toEqual([]);
      texts.push(transcript(["terraform", "install", ...args], result));
    }
    await expect(texts.join("\n")).toMatchFileSnapshot("expected/terraform-mistakes.txt");
  });

  test("shows what it did as reviewed", async () => {
    const texts: string[] = [];
    for (const args of [[], ["--mirror", "mirror"], ["--dev-override"]]) {
      texts.push(transcript(["terraform", "install", ...args], await install(args)));
    }
    await expect(texts.join("\n")).toMatchFileSnapshot("expected/terraform-install.txt");
  });
});
