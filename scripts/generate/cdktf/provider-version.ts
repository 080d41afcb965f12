import { readFileSync } from "node:fs";
import { join } from "node:path";

const manifest = join(import.meta.dirname, "..", "..", "..", "package.json");

/** Where Terraform finds the provider, and which of its versions fit these bindings. */
export function providerVersion(): string {
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string };
  return `// Written by scripts/generate.ts from package.json. Do not edit.

/** Namespace and name of the provider in a registry or mirror. */
export const PROVIDER_SOURCE = "snapform/snapform";

/** Fixes of the version that the bindings were made for. */
export const PROVIDER_VERSION = ${JSON.stringify(`~> ${version.replace(/\d+(-.*)?$/, "0")}`)};
`;
}
