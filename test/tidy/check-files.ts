import { basename, dirname } from "node:path/posix";

import { bannedNames, generated, limits, registryPages } from "./rules.ts";
import { isSource, type Breach, type SourceFile } from "./tree.ts";

const named = /^(src|test|scripts|bench|examples|docs|schemas)\//;
const kebab = /^\.?[a-z0-9]+([.-][a-z0-9]+)*$/;
const conventional = /^(README|CHANGELOG|CONTRIBUTING|LICENSE)(\.md)?$/;

/** Names of files and folders: kebab-case, and no dumping grounds in src/. */
export function checkNames(paths: readonly string[]): Breach[] {
  return paths
    .filter((path) => named.test(path) && !/^test\/(golden|fixtures)\/.*\//.test(path))
    .filter((path) => !registryPages.test(path))
    .flatMap((path) => {
      const bad = path.split("/").filter((part) => !kebab.test(part) && !conventional.test(part));
      const breaches = bad.map((part) => `${path}: ${part} is not in kebab-case`);
      if (/^(src|test|scripts)\//.test(path) && bannedNames.test(path)) {
        breaches.push(`${path}: a name that would hold anything`);
      }
      return breaches;
    });
}

export function lineCountOf(text: string): number {
  return text.replace(/\n$/, "").split("\n").length;
}

/** Length of files and width of lines, in hand-written sources. */
export function checkSizes(files: readonly SourceFile[]): Breach[] {
  return files
    .filter(({ path }) => /^(src|scripts)\/.*\.ts$/.test(path) && !generated.test(path))
    .flatMap(({ path, text }) => {
      const count = lineCountOf(text);
      const wide = text
        .split("\n")
        .flatMap((line, index) =>
          line.length > limits.columnCount
            ? [`${path}:${index + 1}: ${line.length} columns, at most ${limits.columnCount}`]
            : [],
        );
      return count > limits.sourceLineCount
        ? [`${path}: ${count} lines, at most ${limits.sourceLineCount}`, ...wide]
        : wide;
    });
}

/** Each folder of src/ says in one of its files what it is for. */
export function checkFolders(files: readonly SourceFile[]): Breach[] {
  const folders = Map.groupBy(
    files.filter(({ path }) => isSource(path)),
    ({ path }) => dirname(path),
  );
  return [...folders].flatMap(([folder, members]) => {
    const written = members.filter(({ path }) => !generated.test(path));
    const opened = written.some(({ text }) => {
      const count = headerLineCount(text);
      return count >= limits.headerLineCount.min && count <= limits.headerLineCount.max;
    });
    return opened || written.length === 0
      ? []
      : [`${folder}: no file opens with three to eight lines on what the folder is for`];
  });
}

/** Lines of words in the comment that a file opens with; 0 without one. */
export function headerLineCount(text: string): number {
  const body = text.replace(/^#!.*\n/, "").trimStart();
  const comment = /^(\/\*[^]*?\*\/|(?:\/\/[^\n]*(?:\n|$))+)/.exec(body)?.[0] ?? "";
  return comment.split("\n").filter((line) => /\w/.test(line)).length;
}

/** The surface of the library, src/index.ts, holds exports and nothing else. */
export function checkSurface(files: readonly SourceFile[]): Breach[] {
  return files
    .filter(({ path }) => path === "src/index.ts")
    .flatMap(({ path, text }) => {
      const rest = text
        .replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, "")
        .replace(/export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s*from\s*"[^"]+";/g, "");
      return rest.trim() === "" ? [] : [`${path}: holds more than exports: ${rest.trim()}`];
    });
}

/** Folders of src/ that hold files but no source. */
export function checkDeadFolders(paths: readonly string[]): Breach[] {
  const folders = new Set(paths.filter((path) => path.startsWith("src/")).map((p) => dirname(p)));
  return [...folders]
    .filter((folder) => !paths.some((path) => isSource(path) && path.startsWith(`${folder}/`)))
    .map((folder) => `${folder}: holds no source`);
}

/** Two workers of one name would overwrite each other in the bundle. */
export function checkWorkerNames(paths: readonly string[]): Breach[] {
  const workers = paths.filter((path) => isSource(path) && path.endsWith("-worker.ts"));
  const byName = Map.groupBy(workers, (path) => basename(path));
  return [...byName]
    .filter(([, same]) => same.length > 1)
    .map(([name, same]) => `${name}: the name of ${same.join(" and ")}`);
}
