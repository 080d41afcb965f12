import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterObservation } from "../../engine/driver.ts";
import { forEachOf } from "../../engine/for-each-of.ts";
import { isSnapformError } from "../../errors/index.ts";
import { NO_NODES, type ObservedCollection } from "../../snapshot/inventory.ts";
import { fileError, isSystemError, throwIfCancelled } from "./errors.ts";
import { folderIdentity } from "./identity.ts";
import { rowCountOf, type LanceFile, type LanceVersion } from "./lance-version.ts";
import { tableFolder, tableOfFolder } from "./layout.ts";
import { problemOf, readNewest } from "./table.ts";

/** Attempts to read a table whose files are being compacted and cleaned meanwhile. */
const ATTEMPTS = 5;

/** What is in the folder `uri`, read from the manifests without native code. */
export async function observeCluster(
  uri: string,
  signal: AbortSignal,
): Promise<ClusterObservation> {
  const doing = `reading ${uri}`;
  try {
    const identity = await folderIdentity(uri);
    if (identity === null) return { ...NO_NODES, identity, version: null, collections: [] };
    const collections: ObservedCollection[] = [];
    const writers = new Set<string>();
    const tables = await forEachOf(await listTables(uri), (name) => {
      throwIfCancelled(signal, doing);
      return observeTable(uri, name);
    });
    for (const seen of tables) {
      if (seen === null) continue;
      collections.push(seen.collection);
      if (seen.writer !== null) writers.add(seen.writer);
    }
    return { ...NO_NODES, identity, version: newest([...writers]), collections };
  } catch (error) {
    throw fileError(error, doing, signal);
  }
}

/** Compared by Intl, which takes 7 ms when it is first used: only where there is a choice. */
function newest(versions: readonly string[]): string | null {
  if (versions.length < 2) return versions[0] ?? null;
  const order = new Intl.Collator("en", { numeric: true });
  return versions.toSorted(order.compare).at(-1) ?? null;
}

async function listTables(uri: string): Promise<string[]> {
  const entries = await readdir(uri, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => tableOfFolder(entry.name))
    .filter((name) => name !== null)
    .toSorted();
}

interface SeenTable {
  readonly collection: ObservedCollection;
  readonly writer: string | null;
}

/** Null when it has been dropped since the folder was listed. */
async function observeTable(uri: string, name: string): Promise<SeenTable | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await observeOnce(uri, name);
    } catch (error) {
      if (isSystemError(error, "ENOENT") && attempt < ATTEMPTS) continue;
      const { code, message } = fileError(error, `reading table ${JSON.stringify(name)}`);
      const identity = isSnapformError(error) ? await folderIdentity(tableFolder(uri, name)) : null;
      const problem = { code, message };
      const unseen = { points: null, bytes: null, aliases: [], layout: null };
      const collection = { name, identity, ...unseen, problem };
      return { collection, writer: null };
    }
  }
}

async function observeOnce(uri: string, name: string): Promise<SeenTable | null> {
  const folder = tableFolder(uri, name);
  const identity = await folderIdentity(folder);
  if (identity === null) return null;
  const { version } = await readNewest(folder, name);
  const collection = {
    name,
    identity,
    points: rowCountOf(version),
    bytes: await bytesOf(folder, version),
    aliases: [],
    layout: null,
    problem: await problemOf(folder, version),
  };
  return { collection, writer: version.writer };
}

/** Sum of the sizes that the manifest names; files without a named size are looked at. */
async function bytesOf(folder: string, version: LanceVersion): Promise<number> {
  const files: LanceFile[] = version.fragments.flatMap(({ dataFiles, deletionFile }) =>
    deletionFile === null ? dataFiles : [...dataFiles, { path: deletionFile, size: null }],
  );
  for (const index of version.indexes) {
    const isListed = index.files.length > 0;
    files.push(...(isListed ? index.files : await unlistedFiles(folder, index.uuid)));
  }
  let sum = 0;
  for (const { path, size } of files) sum += size ?? (await sizeOf(join(folder, path)));
  return sum;
}

async function unlistedFiles(folder: string, uuid: string): Promise<LanceFile[]> {
  try {
    const names = await readdir(join(folder, "_indices", uuid));
    return names.map((name) => ({ path: `_indices/${uuid}/${name}`, size: null }));
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    // A shallow clone's files are elsewhere, and a cleanup may have been faster.
    if (isSystemError(error, "ENOENT")) return 0;
    throw error;
  }
}
