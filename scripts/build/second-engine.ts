import { cpSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const specifier = /(?<=(?:from|import\(|import) ?)"cdktf"/g;

/**
 * Makes `dist/cdktn/` of `dist/cdktf/`: the same modules, importing the other engine. The two lie
 * side by side, so that everything else that they import stays where it is.
 */
export function copyForSecondEngine(dist: string): string {
  const [from, to] = [join(dist, "cdktf"), join(dist, "cdktn")];
  cpSync(from, to, { recursive: true });
  let count = 0;
  for (const name of globSync("**/*.{js,d.ts}", { cwd: to })) {
    const file = join(to, name);
    const text = readFileSync(file, "utf8");
    const changed = text.replaceAll(specifier, '"cdktn"');
    if (/["']cdktf["']/.test(changed)) throw new Error(`${name} names cdktf in another way`);
    if (changed === text) continue;
    writeFileSync(file, changed);
    count += 1;
  }
  if (count === 0) throw new Error("nothing in dist/cdktf imports cdktf");
  return `${count} modules`;
}
