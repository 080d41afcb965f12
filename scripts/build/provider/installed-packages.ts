import { join } from "node:path";
import type { Plugin } from "esbuild";

const finder = join(import.meta.dirname, "require-installed.ts");

/**
 * Leaves packages out of a bundle that has no place in any `node_modules`: it looks for them. Of
 * each, these names can be imported.
 */
export function installedPackages(packages: Readonly<Record<string, readonly string[]>>): Plugin {
  return {
    name: "installed-packages",
    setup(bundler) {
      bundler.onResolve({ filter: /^[^./]/ }, ({ path }) =>
        Object.hasOwn(packages, path) ? { path, namespace: "installed" } : undefined,
      );
      bundler.onLoad({ filter: /./, namespace: "installed" }, ({ path }) => ({
        contents:
          `import { requireInstalled } from ${JSON.stringify(finder)};\n` +
          `const all = requireInstalled(${JSON.stringify(path)});\n` +
          `export const { ${packages[path]?.join(", ")} } = all;`,
        resolveDir: import.meta.dirname,
      }));
    },
  };
}
