// What the Terraform Registry wants of a version: a zip for each kind of machine, the sums of them
// all, and which protocol it speaks. Nothing here knows how a provider is built. Signing the sums
// is left to whoever publishes them. Invariant: the same build gives the same bytes.

import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { zip, type ZipEntry } from "../zip.ts";

/** In Terraform's words: `<os>_<arch>`. Windows has no shell to start it with. */
export const platforms: readonly string[] = [
  "darwin_amd64",
  "darwin_arm64",
  "linux_amd64",
  "linux_arm64",
];

export interface ReleaseParts {
  readonly version: string;
  /** The provider for a platform. */
  program(platform: string): Uint8Array;
  /** What goes beside it: names and texts. */
  texts(platform: string): Readonly<Record<string, string>>;
}

/** Writes the files of a release into a folder, which is replaced; answers their names. */
export function writeRelease(folder: string, parts: ReleaseParts): readonly string[] {
  const { version } = parts;
  const stem = `terraform-provider-snapform_${version}`;
  const files: [name: string, content: Buffer][] = platforms.map((platform) => {
    const program = { name: programName(version), bytes: parts.program(platform), mode: 0o755 };
    const beside = Object.entries(parts.texts(platform)).map(([name, text]): ZipEntry => {
      return { name, bytes: Buffer.from(text), mode: 0o644 };
    });
    return [`${stem}_${platform}.zip`, zip([program, ...beside])];
  });
  files.push([`${stem}_manifest.json`, Buffer.from(manifest())]);
  const sums = files.map(([name, content]) => `${sha256(content)}  ${name}\n`).join("");
  files.push([`${stem}_SHA256SUMS`, Buffer.from(sums)]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  return files.map(([name]) => name);
}

/** What Terraform looks for. */
export function programName(version: string): string {
  return `terraform-provider-snapform_v${version}`;
}

function manifest(): string {
  return `${JSON.stringify({ version: 1, metadata: { protocol_versions: ["6.0"] } }, null, 2)}\n`;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
