// Unpacks what npm would publish and uses it as a user does: the command line with no package
// beside it (it is a bundle), the provider that it installs, then each export with only the
// declared dependencies in reach.

import { execFileSync, spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "snapform-package-"));

interface Manifest {
  readonly name: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Packs and unpacks the package into a project of its own; returns that project's node_modules. */
function installPacked(name: string): string {
  const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", scratch];
  const packed = JSON.parse(run("npm", args, root)) as readonly { filename: string }[];
  const modules = join(scratch, "project", "node_modules");
  const folder = join(modules, name);
  mkdirSync(folder, { recursive: true });
  run(
    "tar",
    ["-xzf", join(scratch, packed[0]?.filename ?? ""), "-C", folder, "--strip-components=1"],
    scratch,
  );
  return modules;
}

/** What an export needs beside the dependencies: the peers that whoever imports it has. */
const peers: Readonly<Record<string, readonly string[]>> = {
  "./cdktf": ["cdktf", "constructs"],
  "./cdktn": ["cdktn", "constructs"],
};

function linkDependencies(modules: string, names: readonly string[]): void {
  for (const name of names) {
    const link = join(modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link, "dir");
  }
}

try {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const modules = installPacked(manifest.name);
  for (const [name, file] of Object.entries(manifest.bin)) {
    run(join(modules, manifest.name, file), ["--help"], scratch);
    console.log(`package: ${name} --help runs on its own`);
  }
  const [bin = ""] = Object.values(manifest.bin);
  run(join(modules, manifest.name, bin), ["terraform", "install"], scratch);
  const [program = ""] = globSync("terraform.d/plugins/**/terraform-provider-*", { cwd: scratch });
  const started = spawnSync(join(scratch, program), { encoding: "utf8" });
  if (!started.stderr.includes("Terraform starts it by itself")) throw new Error(started.stderr);
  console.log("package: the Terraform provider is installed and starts");
  linkDependencies(modules, Object.keys(manifest.dependencies));
  for (const path of Object.keys(manifest.exports).filter((each) => !/\*|\.json$/.test(each))) {
    const specifier = join(manifest.name, path);
    linkDependencies(modules, peers[path] ?? []);
    const script = `console.log(Object.keys(await import(${JSON.stringify(specifier)})).length)`;
    const count = run(process.execPath, ["--input-type=module", "-e", script], dirname(modules));
    console.log(`package: ${specifier} loads, ${count.trim()} exports`);
    // The next export has to do with its own.
    for (const name of peers[path] ?? []) rmSync(join(modules, name));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
