import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface SourceFile {
  /** From the package root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** A breach of one rule; printed as `path:line: message`. */
export type Breach = string;

const root = join(import.meta.dirname, "../..");

/** Every file that is, or is about to be, under version control. */
export function trackedPaths(): string[] {
  const output = execFileSync("git", ["ls-files", "-z", "-co", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return [...new Set(output.split("\0"))]
    .filter((path) => path !== "" && existsSync(join(root, path)))
    .toSorted();
}

export function readBytes(path: string): Buffer {
  return readFileSync(join(root, path));
}

export function isBinary(bytes: Buffer): boolean {
  return bytes.subarray(0, 8000).includes(0);
}

/** The text files of the tree. */
export function textFiles(): SourceFile[] {
  return trackedPaths().flatMap((path) => {
    const bytes = readBytes(path);
    return isBinary(bytes) ? [] : [{ path, text: bytes.toString("utf8") }];
  });
}

export const isSource = (path: string): boolean => /^src\/.*\.ts$/.test(path);
