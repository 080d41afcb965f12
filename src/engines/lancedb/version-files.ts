import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { isSystemError } from "./errors.ts";
import type { LanceVersion } from "./lance-version.ts";

/** Files whose names the manifest knows, with the sizes that it says; null where it does not. */
export function namedFiles(version: LanceVersion): Map<string, number | null> {
  const files = new Map<string, number | null>();
  for (const fragment of version.fragments) {
    for (const file of fragment.dataFiles) files.set(file.path, file.size);
    if (fragment.deletionFile !== null) files.set(fragment.deletionFile, null);
    for (const path of fragment.externalFiles) files.set(path, null);
  }
  for (const file of version.indexes.flatMap((index) => index.files)) {
    files.set(file.path, file.size);
  }
  return files;
}

/** Files that belong to the version without the manifest naming each of them. */
export interface UnlistedFiles {
  readonly paths: readonly string[];
  /** What the manifest names instead: UUIDs of indexes, and data files with sidecars. */
  readonly owners: ReadonlySet<string>;
}

/** Lists the folders of the version: its indexes, and what blob columns keep beside data files. */
export async function unlistedFiles(folder: string, version: LanceVersion): Promise<UnlistedFiles> {
  const paths: string[] = [];
  const owners = new Set<string>();
  for (const index of version.indexes) {
    paths.push(...(await listFiles(folder, `_indices/${index.uuid}`)));
    if (index.files.length === 0) owners.add(index.uuid);
  }
  const sidecars = await listSidecars(folder);
  for (const file of version.fragments.flatMap((fragment) => fragment.dataFiles)) {
    const sidecar = `data/${basename(file.path).replace(/\.[^.]*$/, "")}`;
    if (!sidecars.has(sidecar)) continue;
    paths.push(...(await listFiles(folder, sidecar)));
    owners.add(file.path);
  }
  return { paths, owners };
}

/** All files of a version but its manifest and its transaction. */
export async function contentFiles(folder: string, version: LanceVersion): Promise<Set<string>> {
  const { paths } = await unlistedFiles(folder, version);
  return new Set([...namedFiles(version).keys(), ...paths]);
}

/** Equal for two versions that hold the same rows, columns and indexes in the same files. */
export function contentHash(version: LanceVersion): string {
  const content = {
    fields: version.fields,
    fragments: version.fragments,
    indexes: version.indexes.map((index) => index.uuid).toSorted(),
  };
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** The files below `inner` with their paths in the table; none when it is not there. */
async function listFiles(folder: string, inner: string): Promise<string[]> {
  const root = join(folder, inner);
  try {
    const entries = await readdir(root, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .map((path) => `${inner}/${path.replaceAll("\\", "/")}`)
      .toSorted();
  } catch (error) {
    // An index may have no files at all, such as the record of a compaction.
    if (isSystemError(error, "ENOENT")) return [];
    throw error;
  }
}

async function listSidecars(folder: string): Promise<Set<string>> {
  try {
    const entries = await readdir(join(folder, "data"), { withFileTypes: true });
    return new Set(
      entries.filter((entry) => entry.isDirectory()).map(({ name }) => `data/${name}`),
    );
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return new Set();
    throw error;
  }
}
