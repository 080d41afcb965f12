import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { ExampleFailure } from "./check.ts";

/** Marks a folder as made by an example, which the next run may therefore replace. */
const markFile = ".snapform-example";

/** An empty folder of that name. Replaces what an example left there, and nothing else. */
export function namedFolder(folder: string): string {
  const isEmpty = !existsSync(folder) || readdirSync(folder).length === 0;
  if (!isEmpty && !existsSync(join(folder, markFile))) {
    throw new ExampleFailure(`${folder} is not empty and was not made by an example`);
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, markFile), "Written by an example of snapform; it may be deleted.\n");
  return folder;
}

/** A new folder among the temporary ones, and how to remove it. */
export function temporaryFolder(name: string): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), `snapform-${name.replaceAll("/", "-")}-`));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The folder as a reader of the terminal would type it. */
export function shownFolder(folder: string): string {
  const short = relative(process.cwd(), folder);
  return short.startsWith("..") ? folder : short || ".";
}
