import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { closeAbandoned } from "./unsynced.ts";

/** A process number that Linux never gives. */
const NOBODY = "999999999";

/**
 * What a process that died in a test has left names the process of the test itself, which lives.
 * This gives it to a process that does not, as it would be had the death been real.
 */
export async function bury(root: string): Promise<void> {
  await closeAbandoned();
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && path.includes("/.snapform-staging/") && path.endsWith(".json")) {
      const text = await readFile(path, "utf8");
      const dead = text
        .replace(/("processId":\s*)\d+/, `$1${NOBODY}`)
        .replace(/("processStart":\s*)"\d+"/, `$1"1"`);
      if (dead !== text) await writeFile(path, dead);
    }
    if (entry.isDirectory() && entry.parentPath.endsWith("/staging")) {
      const dead = entry.name.replace(/-\d+-([0-9a-f]+)$/, `-${NOBODY}-$1`);
      if (dead !== entry.name) await rename(path, join(entry.parentPath, dead));
    }
  }
}
