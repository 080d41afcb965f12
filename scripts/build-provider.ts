// Builds the Terraform provider: `dist/terraform/terraform-provider-snapform_v<version>`, one file
// that needs Node on the path of Terraform.
//
//   --release         Also the files that a registry wants, in dist/terraform/release/.
//   --self-contained  Also a program that brings its own Node (over 100 MB), for this kind of
//                     machine, in dist/terraform/self-contained/; a release then has it, too.

import { join, relative } from "node:path";
import { parseArgs } from "node:util";

import { terraformPlatform } from "../src/cli/terraform-platform.ts";
import { buildExecutable, licenseOfNode } from "./build/provider/build-executable.ts";
import { buildProvider, writeProgram, writeProvider } from "./build/provider/build-provider.ts";
import { programName, writeRelease } from "./build/provider/release.ts";

const root = join(import.meta.dirname, "..");
const folder = join(root, "dist", "terraform");

const { values: wanted } = parseArgs({
  options: {
    release: { type: "boolean", default: false },
    "self-contained": { type: "boolean", default: false },
  },
});

function wrote(file: string, byteCount: number): void {
  console.log(`build: ${relative(root, file)} (${Math.round(byteCount / 1024)} KiB)`);
}

const built = await buildProvider(root);
wrote(writeProvider(folder, built), built.program.length);

const ours = terraformPlatform(process.platform, process.arch);
const own = new Map<string | null, Uint8Array>();
if (wanted["self-contained"]) {
  const program = await buildExecutable(built.file);
  const file = join(folder, "self-contained", programName(built.version));
  writeProgram(file, program);
  own.set(ours, program);
  wrote(file, program.length);
}

if (wanted.release) {
  const release = join(folder, "release");
  const names = writeRelease(release, {
    version: built.version,
    program: (platform) => own.get(platform) ?? built.program,
    texts: (platform) => ({ ...built.licenses, ...(own.has(platform) && licenseOfNode) }),
  });
  for (const name of names) console.log(`build: ${relative(root, join(release, name))}`);
}
