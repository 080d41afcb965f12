import { execFileSync } from "node:child_process";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** The text as the project's formatter leaves it; `path` tells the language. */
export function formatted(path: string, text: string): string {
  const oxfmt = join(root, "node_modules", ".bin", "oxfmt");
  return execFileSync(oxfmt, [`--stdin-filepath=${path}`], {
    cwd: root,
    input: text,
    encoding: "utf8",
  });
}
