import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";

/** The one form in which a module finds its worker; see docs/decisions/0005. */
const workerAddress = new RegExp(
  String.raw`new URL\(\s*import\.meta\.url\.endsWith\("\.ts"\) \? ` +
    String.raw`"\./([\w-]+-worker)\.ts" : "\./\1\.js",\s*import\.meta\.url,?\s*\)`,
  "g",
);

/**
 * Lets modules find their workers by `workerAddress(NAME)`, which the file that holds the bundle
 * has. The workers that were asked for are added to `found`: path of the source by name.
 */
export function embeddedWorkers(found: Map<string, string>): Plugin {
  return {
    name: "embedded-workers",
    setup(bundler) {
      bundler.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        const contents = text.replaceAll(workerAddress, (_all, name: string) => {
          found.set(name, join(dirname(path), `${name}.ts`));
          return `workerAddress(${JSON.stringify(name)})`;
        });
        return { contents, loader: "ts" };
      });
    },
  };
}

/** The code of a worker, as an ECMAScript module. */
export async function bundleWorker(source: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [source],
    format: "esm",
    write: false,
  });
  return Buffer.from(outputFiles?.[0]?.contents ?? []).toString();
}
