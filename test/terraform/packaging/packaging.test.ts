import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { buildExecutable } from "../../../scripts/build/provider/build-executable.ts";
import {
  buildProvider,
  writeProgram,
  type BuiltProvider,
} from "../../../scripts/build/provider/build-provider.ts";
import {
  platforms,
  programName,
  writeRelease,
  type ReleaseParts,
} from "../../../scripts/build/provider/release.ts";
import { terraformPlatform } from "../../../src/cli/terraform-platform.ts";
import { shellScript } from "../../../scripts/build/provider/shell-script.ts";
import { findTerraform } from "../terraform-binary.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const binary = findTerraform();
const platform = terraformPlatform(process.platform, process.arch) ?? "";
const scratch = mkdtempSync(join(tmpdir(), "sf-pack-"));
let built: BuiltProvider;
let release: ReleaseParts;

beforeAll(async () => {
  built = await buildProvider(root);
  const { version, program, licenses } = built;
  release = { version, program: () => program, texts: () => licenses };
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const configuration = `terraform {
  required_providers {
    snapform = { source = "snapform/snapform" }
  }
}
provider "snapform" {
  project      = "packaging"
  clusters     = { local = { engine = "lancedb", uri = "./data" } }
  repositories = { vault = { type = "filesystem", path = "./vault", hash = "blake3" } }
}
resource "snapform_backup_policy" "all" {
  name        = "all"
  cluster     = "local"
  collections = ["*"]
  schedule    = { cron = "0 2 * * *" }
  retention   = { last = 1 }
  repository  = "vault"
}
`;

/** A folder with the configuration, a table, and a mirror. */
async function project(name: string): Promise<string> {
  const folder = join(scratch, name);
  mkdirSync(join(folder, "mirror"), { recursive: true });
  writeFileSync(join(folder, "main.tf"), configuration);
  // Whatever lies above a provider must not decide how Node reads it.
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const mirror = `filesystem_mirror {\n    path = ${JSON.stringify(join(folder, "mirror"))}\n  }`;
  writeFileSync(join(folder, "terraform.rc"), `provider_installation {\n  ${mirror}\n}\n`);
  const { connect } = await import("@lancedb/lancedb");
  const database = await connect(join(folder, "data"));
  await database.createTable("docs", [{ id: 1, vector: [0.5, 1] }]);
  return folder;
}

/** Where the mirror of a project has the provider, for Terraform and for OpenTofu. */
function placesIn(folder: string): readonly string[] {
  const hosts = ["registry.terraform.io", "registry.opentofu.org"];
  return hosts.map((host) => join(folder, "mirror", host, "snapform", "snapform"));
}

interface Run {
  readonly status: number | null;
  readonly text: string;
}

/** Runs Terraform with nothing but `path` on the path. */
function terraform(folder: string, path: string, ...args: readonly string[]): Run {
  const { status, stdout, stderr } = spawnSync(binary ?? "", args, {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: path,
      HOME: folder,
      CHECKPOINT_DISABLE: "1",
      TF_CLI_ARGS: "-no-color",
      TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
    },
  });
  return { status, text: stdout + stderr };
}

/** Installs from the mirror, applies, and finds nothing left to do. */
function expectLife(folder: string, path: string): void {
  for (const args of [["init"], ["apply", "-auto-approve"], ["plan", "-detailed-exitcode"]]) {
    const { status, text } = terraform(folder, path, ...args);
    expect(status, text).toBe(0);
  }
  const snapshots = globSync("vault/snapshots/local/docs/*.json", { cwd: folder });
  expect(snapshots.filter((name) => !name.endsWith(".notes.json"))).toHaveLength(1);
}

describe("a release", () => {
  test("has a zip per platform, sums that hold, and the protocol", () => {
    const folder = join(scratch, "release");
    const names = writeRelease(folder, release);
    const stem = `terraform-provider-snapform_${built.version}`;
    expect(names).toEqual([
      ...platforms.map((each) => `${stem}_${each}.zip`),
      `${stem}_manifest.json`,
      `${stem}_SHA256SUMS`,
    ]);
    const manifest = readFileSync(join(folder, `${stem}_manifest.json`), "utf8");
    expect(JSON.parse(manifest)).toEqual({
      version: 1,
      metadata: { protocol_versions: ["6.0"] },
    });
    const sums = spawnSync("sha256sum", ["-c", `${stem}_SHA256SUMS`], { cwd: folder });
    expect(sums.error ?? sums.status).toBe(0);
  });

  test("is the same when it is built again", async () => {
    expect((await buildProvider(root)).program.equals(built.program)).toBe(true);
  });
});

describe("the provider as one file", () => {
  test.skipIf(binary === null)("lives from a zip, beside modules of any kind", async () => {
    const folder = await project("script");
    for (const place of placesIn(folder)) writeRelease(place, release);
    expectLife(folder, dirname(process.execPath));
  });

  test("says what is wrong with Node, where Terraform shows it", () => {
    const [file, preload] = [join(scratch, "provider_v1.0"), join(scratch, "old.cjs")];
    writeProgram(file, built.program);
    writeFileSync(
      preload,
      'Object.defineProperty(process.versions, "node", { value: "22.17.1" });',
    );
    const run = (env: NodeJS.ProcessEnv) => spawnSync(file, { encoding: "utf8", env });
    const old = run({ PATH: process.env["PATH"], NODE_OPTIONS: `--require ${preload}` });
    expect([old.status, old.stderr]).toEqual([1, ""]);
    expect(old.stdout).toMatch(/^snapform needs Node 22\.18 or later; .* is 22\.17\.1\n$/);
    const none = run({ PATH: scratch });
    expect([none.status, none.stderr]).toEqual([1, ""]);
    expect(none.stdout).toMatch(/^snapform needs Node 22\.18 or later; there is no node/);
  });

  test("lets through what it is started with", () => {
    const file = join(scratch, "provider_v1.1");
    const script =
      "(function (read) { console.log(JSON.stringify(process.argv.slice(1).concat(read(0, 6)))); })";
    writeProgram(file, shellScript({ script, text: '"told"' }));
    const { stdout } = spawnSync(file, ["--debug", "a b", "$HOME"], { encoding: "utf8" });
    expect(JSON.parse(stdout)).toEqual([file, "--debug", "a b", "$HOME", '"told"']);
    expect(() => shellScript({ script, text: "ü" })).toThrow("beyond ASCII");
  });

  test("is read to its end when another one takes its place, but never on from another one", () => {
    const file = join(scratch, "provider_v1.2");
    const script = `(function (read) {
      const fs = process.getBuiltinModule("fs");
      const told = [read(0, 3)];
      fs.writeFileSync("${file}.new", "another one");
      fs.renameSync(process.argv[2], "${file}.old");
      fs.renameSync("${file}.new", process.argv[2]);
      told.push(read(3, 6));
      fs.writeFileSync("${file}.old", "another one".repeat(1000));
      try { told.push(read(6, 9)); } catch (error) { told.push(error.message); }
      console.log(JSON.stringify(told));
    })`;
    writeProgram(file, shellScript({ script, text: "onetwosix" }));
    const { stdout } = spawnSync(file, [file], { encoding: "utf8" });
    expect(JSON.parse(stdout)).toEqual(["one", "two", expect.stringContaining("was overwritten")]);
  });
});

describe("the provider with its own Node", () => {
  const isBuilt = platform === "linux_amd64";
  if (!isBuilt) console.log(`skipped: a program with its own Node is not built for ${platform}`);

  test.skipIf(binary === null || !isBuilt)(
    "lives where there is no Node",
    async () => {
      const folder = await project("own-node");
      const program = await buildExecutable(built.file);
      for (const place of placesIn(folder)) {
        writeProgram(join(place, built.version, platform, programName(built.version)), program);
      }
      expectLife(folder, scratch);
    },
    120_000,
  );
});
