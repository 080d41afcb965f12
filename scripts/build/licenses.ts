import type { Metafile } from "esbuild";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The text of every licence whose package went into the bundle, one section per package. */
export function bundledLicenses(root: string, metafile: Metafile): string {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = new Set(inputs.flatMap((input) => packageFolder(input) ?? []));
  return [...folders]
    .toSorted()
    .map((folder) => section(join(root, folder)))
    .join("\n");
}

/** `node_modules/@a/b/dist/x.js` -> `node_modules/@a/b`; undefined for our own sources. */
function packageFolder(input: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

function section(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
    repository?: string | { readonly url?: string };
  };
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  const text =
    file === undefined
      ? "(no licence file in the package)"
      : readFileSync(join(folder, file), "utf8");
  const { repository } = manifest;
  const source = typeof repository === "string" ? repository : repository?.url;
  const title = `${manifest.name} ${manifest.version} (${manifest.license ?? "see below"})`;
  const where = source === undefined ? "" : `Source: ${source}\n\n`;
  return `${title}\n${"=".repeat(title.length)}\n\n${where}${text.trim()}\n`;
}
