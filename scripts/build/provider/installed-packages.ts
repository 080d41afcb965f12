import { join } from "node:path";
import type { Plugin } from "esbuild";

const finder = join(import.meta.dirname, "require-installed.ts");

/** Leaves packages out of a bundle that has no place in any `node_modules`: it looks for them. */
export function installedPackages(names: readonly string[]): Plugin {
  return {
    name: "installed-packages",
    setup(bundler) {
      bundler.onResolve({ filter: /^[^./]/ }, ({ path }) =>
        names.includes(path) ? { path, namespace: "installed" } : undefined,
      );
      bundler.onLoad({ filter: /./, namespace: "installed" }, ({ path }) => ({
        contents:
          `import { requireInstalled } from ${JSON.stringify(finder)};\n` +
          `module.exports = requireInstalled(${JSON.stringify(path)});`,
        resolveDir: import.meta.dirname,
      }));
    },
  };
}
