import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { SnapformError } from "../../errors/index.ts";
import type { Problem } from "../../snapshot/inventory.ts";
import { corruptFile, isSystemError } from "./errors.ts";
import type { LanceVersion } from "./lance-version.ts";
import { isInnerPath } from "./layout.ts";
import { MANIFEST_LIMIT_BYTES, parseManifestFile } from "./manifest-file.ts";
import { listVersions, type ManifestName } from "./versions.ts";

/** Deletion files, stable row ids, format 2, table config, no transaction files: bits 0-3 and 5. */
const KNOWN_READER_FLAGS = 0b101111n;
const BASE_PATHS_FLAG = 0b010000n;

/** A version of a table together with its manifest. */
export interface ReadVersion {
  readonly manifest: ManifestName;
  readonly bytes: Buffer;
  readonly version: LanceVersion;
}

/** Reads the newest version of the table in `folder`; `not-found` when it has none. */
export async function readNewest(folder: string, table: string): Promise<ReadVersion> {
  const [newest] = await listVersions(folder);
  if (newest === undefined) {
    throw new SnapformError("not-found", `table ${JSON.stringify(table)} has no version`);
  }
  return readVersion(folder, newest, table);
}

/** Reads one version; an operating system's ENOENT when it has just been removed. */
export async function readVersion(
  folder: string,
  manifest: ManifestName,
  table: string,
): Promise<ReadVersion> {
  const path = join(folder, manifest.path);
  const { size } = await stat(path);
  if (size > MANIFEST_LIMIT_BYTES) throw corruptFile(table, manifest.path, `it has ${size} bytes`);
  const bytes = await readFile(path);
  return { manifest, bytes, version: parseNamed(bytes, manifest, table) };
}

/** Parses a manifest and makes sure that it is of the version that its name says. */
export function parseNamed(bytes: Buffer, manifest: ManifestName, table: string): LanceVersion {
  const version = parseManifestFile(bytes, table, manifest.path);
  if (version.version !== manifest.version) {
    throw corruptFile(table, manifest.path, `it is of version ${version.version}`);
  }
  return version;
}

/** The hash that evidence compares; of manifests only, so it is always the same function. */
export function manifestHash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Why a version cannot be snapshotted from its own folder alone; null when it can. */
export async function problemOf(folder: string, version: LanceVersion): Promise<Problem | null> {
  const unknown = version.readerFlags & ~KNOWN_READER_FLAGS & ~BASE_PATHS_FLAG;
  if (unknown !== 0n) {
    return unimplemented(`it needs Lance reader features that snapform does not know (${unknown})`);
  }
  const { fragments, indexes } = version;
  const hasOtherBase =
    version.basePathCount > 0 ||
    (version.readerFlags & BASE_PATHS_FLAG) !== 0n ||
    fragments.some((fragment) => fragment.hasOtherBase) ||
    indexes.some((index) => index.hasOtherBase);
  if (hasOtherBase) {
    return unimplemented("it is a shallow clone: some of its files belong to another folder");
  }
  const outside = namedPaths(version).find((path) => !isInnerPath(path));
  if (outside !== undefined) {
    return unimplemented(`it names a file outside its folder: ${JSON.stringify(outside)}`);
  }
  if (fragments.some((fragment) => fragment.overlayCount > 0)) {
    return unimplemented("it has data overlay files");
  }
  if (version.branch)
    return unimplemented(`its current version is on the branch ${version.branch}`);
  return problemOfFolder(folder, version);
}

/** What else lies in the folder, and is no part of any version. */
async function problemOfFolder(folder: string, version: LanceVersion): Promise<Problem | null> {
  // One listing of what is there: each of these is missing from nearly every table.
  const names = new Set(await readdir(folder));
  const has = async (name: string, ...below: readonly string[]): Promise<boolean> =>
    names.has(name) && (await hasEntries(join(folder, name, ...below)));
  if ((await has("_refs", "branches")) || (await has("tree"))) {
    return unimplemented("it has branches");
  }
  const hasMemWal = version.indexes.some((index) => index.type === "MemWalIndexDetails");
  if (hasMemWal || (await has("_mem_wal"))) {
    return unimplemented("it has a write-ahead log whose rows are in no version yet");
  }
  if (await has("_fri")) return unimplemented("it has fragment reuse maps outside its indexes");
  return null;
}

/** Every path that the manifest itself names. */
function namedPaths(version: LanceVersion): string[] {
  const paths = version.fragments.flatMap((fragment) => [
    ...fragment.dataFiles.map((file) => file.path),
    ...fragment.externalFiles,
  ]);
  paths.push(...version.indexes.flatMap((index) => index.files.map((file) => file.path)));
  if (version.transactionFile !== null) paths.push(version.transactionFile);
  return paths;
}

function unimplemented(message: string): Problem {
  return { code: "unimplemented", message };
}

async function hasEntries(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return false;
    throw error;
  }
}
