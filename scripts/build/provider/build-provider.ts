import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { bundledLicenses } from "../licenses.ts";
import { bundleProvider } from "./bundle.ts";
import type { OneFile } from "./one-file.ts";
import { programName } from "./release.ts";
import { shellScript } from "./shell-script.ts";

export interface BuiltProvider {
  readonly version: string;
  readonly file: OneFile;
  /** The same as a program for every system that has a shell. */
  readonly program: Buffer;
  /** Texts that go wherever the program is published. */
  readonly licenses: Readonly<Record<string, string>>;
}

/** Builds the provider in memory. */
export async function buildProvider(root: string): Promise<BuiltProvider> {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly version: string;
  };
  const { file, metafile } = await bundleProvider(root, "src/terraform/main.ts");
  return {
    version: manifest.version,
    file,
    program: shellScript(file),
    licenses: {
      "LICENSE.txt": readFileSync(join(root, "LICENSE"), "utf8"),
      "THIRD-PARTY-LICENSES.txt": bundledLicenses(root, metafile),
    },
  };
}

/** Writes the program, and the licences of what is in it, into a folder; answers its path. */
export function writeProvider(folder: string, built: BuiltProvider): string {
  const file = join(folder, programName(built.version));
  writeProgram(file, built.program);
  const licenses = built.licenses["THIRD-PARTY-LICENSES.txt"] ?? "";
  writeFileSync(join(folder, "THIRD-PARTY-LICENSES.txt"), licenses);
  return file;
}

/** Whoever runs it meanwhile gets the old program or the new one, never a part. */
export function writeProgram(file: string, program: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}.tmp`;
  writeFileSync(aside, program);
  chmodSync(aside, 0o755);
  renameSync(aside, file);
}
