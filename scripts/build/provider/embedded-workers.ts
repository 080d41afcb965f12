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
 * Puts the code of each worker into the bundle, as an address that holds it (`data:`), so that the
 * bundle needs no second file.
 */
export function embeddedWorkers(options: BuildOptions): Plugin {
  return {
    name: "embedded-workers",
    setup(bundler) {
      bundler.onLoad({ filter: /[\\/]src[\\/].*\.ts$/, namespace: "file" }, ({ path }) => {
        const text = readFileSync(path, "utf8");
        const imports: string[] = [];
        const contents = text.replaceAll(workerAddress, (_all, name: string) => {
          imports.push(`import workerAddress${imports.length} from "worker:./${name}.ts";`);
          return `new URL(workerAddress${imports.length - 1})`;
        });
        // Left out of the first line, so that places in the code stay as they are.
        return { contents: `${imports.join(" ")}${contents}`, loader: "ts" };
      });
      bundler.onResolve({ filter: /^worker:/ }, ({ path, resolveDir }) => ({
        path: join(resolveDir, path.slice("worker:".length)),
        namespace: "worker",
      }));
      bundler.onLoad({ filter: /./, namespace: "worker" }, async ({ path }) => ({
        contents: `export default ${addressOf(await workerCode(path, options))};`,
        resolveDir: dirname(path),
      }));
    },
  };
}

async function workerCode(path: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [path],
    format: "esm",
    write: false,
  });
  return Buffer.from(outputFiles?.[0]?.contents ?? []).toString();
}

/** As an expression: text packs better than what it becomes. */
function addressOf(code: string): string {
  const bytes = `Buffer.from(${JSON.stringify(code)})`;
  return `"data:text/javascript;base64," + ${bytes}.toString("base64")`;
}
