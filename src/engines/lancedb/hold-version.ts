import { readFile } from "node:fs/promises";
import { SnapformError, type ErrorCode } from "../../errors/index.ts";
import { corruptFile, isSystemError } from "./errors.ts";
import type { HeldFile, Holder } from "./hold.ts";
import type { LanceVersion } from "./lance-version.ts";
import { MANIFEST_LIMIT_BYTES } from "./manifest-file.ts";
import { parseNamed, problemOf, readNewest } from "./table.ts";
import { namedFiles, unlistedFiles } from "./version-files.ts";
import { listVersions, type ManifestName } from "./versions.ts";

/** A version whose files are all held. */
export interface HeldVersion {
  readonly manifest: ManifestName;
  readonly bytes: Buffer;
  readonly version: LanceVersion;
  /** By path; the manifest is one of them. */
  readonly files: readonly HeldFile[];
}

/**
 * Holds every file of the newest version. Null, or the operating system's ENOENT, when a cleanup
 * was faster: then it has to be done again with the version that is newest by then.
 */
export async function holdVersion(
  holder: Holder,
  folder: string,
  table: string,
): Promise<HeldVersion | null> {
  const [newest] = await listVersions(folder);
  if (newest === undefined) {
    throw new SnapformError("not-found", `table ${JSON.stringify(table)} has no version`);
  }
  // The manifest is held first and read from what is held, so that it is the one that is kept.
  const held = await holder.hold(newest.path);
  const bytes = await readWhole(held, table);
  const version = parseNamed(bytes, newest, table);
  const problem = await problemOf(folder, version);
  if (problem !== null) {
    const text = `table ${JSON.stringify(table)}: ${problem.message}`;
    throw new SnapformError(problem.code as ErrorCode, text);
  }
  const named = namedFiles(version);
  const unlisted = await unlistedFiles(folder, version);
  const paths = new Set([...named.keys(), ...unlisted.paths]);
  const files = [held, ...(await holder.holdAll([...paths]))];
  const transaction = await holdTransaction(holder, version);
  if (transaction !== null) files.push(transaction);
  for (const file of files) {
    const size = named.get(file.path) ?? null;
    if (size !== null && size !== file.size) {
      throw corruptFile(table, file.path, `it has ${file.size} bytes instead of ${size}`);
    }
  }
  if (!(await isStillNamed(folder, table, newest, unlisted.owners))) return null;
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { manifest: newest, bytes, version, files: sorted };
}

/**
 * A folder's listing may have been short because a cleanup was emptying it. A cleanup only removes
 * what the newest version does not name: when that still names the owner, the listing was whole.
 */
async function isStillNamed(
  folder: string,
  table: string,
  held: ManifestName,
  owners: ReadonlySet<string>,
): Promise<boolean> {
  if (owners.size === 0) return true;
  const [newest] = await listVersions(folder);
  if (newest?.version === held.version) return true;
  const { version } = await readNewest(folder, table);
  const named = new Set(version.indexes.map((index) => index.uuid));
  for (const fragment of version.fragments) {
    for (const file of fragment.dataFiles) named.add(file.path);
  }
  return [...owners].every((owner) => named.has(owner));
}

/** It only tells how the version came about; a cleanup may remove it, and nothing needs it. */
async function holdTransaction(holder: Holder, version: LanceVersion): Promise<HeldFile | null> {
  if (version.transactionFile === null) return null;
  try {
    return await holder.hold(version.transactionFile);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return null;
    throw error;
  }
}

async function readWhole(file: HeldFile, table: string): Promise<Buffer> {
  if (file.size > MANIFEST_LIMIT_BYTES) {
    throw corruptFile(table, file.path, `it has ${file.size} bytes`);
  }
  if (file.localPath !== null) return readFile(file.localPath);
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read(0, new AbortController().signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
