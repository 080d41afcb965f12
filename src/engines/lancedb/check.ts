import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { EngineContext } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { CheckLevel } from "../../snapshot/capabilities.ts";
import type { CheckResult } from "../../snapshot/check.ts";
import type { Manifest, ManifestFile } from "../../snapshot/manifest.ts";
import { checkNatively } from "./check-native.ts";
import { isSystemError, nativeError, throwIfCancelled } from "./errors.ts";
import { folderIdentity } from "./identity.ts";
import { rowCountOf } from "./lance-version.ts";
import { isNativeName, NATIVE_HINT, tryNative, withNativeTable } from "./native.ts";
import type { LancedbHasher, LancedbSetting, StartHash } from "./setting.ts";
import { readNewest, readVersion, type ReadVersion } from "./table.ts";
import { contentFiles } from "./version-files.ts";
import { listVersions } from "./versions.ts";

/** A table's folder that is to hold what a manifest says. */
export interface CheckedTable {
  readonly folder: string;
  /** How the native library finds it. */
  readonly uri: string;
  readonly name: string;
  readonly manifest: Manifest;
  /** The version that is to hold it; the newest where none is named. */
  readonly version?: number;
}

/** Stands for a hash that cannot be computed here; no hexadecimal text equals it. */
export const UNKNOWN_HASH = "unknown";
const READ_BYTES = 1024 * 1024;

/** The files that make up the rows and indexes; manifests and transactions differ after a roll. */
export function contentOf(manifest: Manifest): ManifestFile[] {
  return manifest.parts
    .flatMap((part) => part.files)
    .filter((file) => !/^_(?:versions|transactions)\//.test(file.path));
}

/**
 * Checks a table up to `level`. `verified` says how its bytes have just been compared with their
 * hashes; null when they have not been.
 * Throws `corrupt` for damage and `failed-precondition` for a table that holds something else.
 */
export async function checkTable(
  setting: LancedbSetting,
  table: CheckedTable,
  level: CheckLevel,
  options: { readonly verified: string | null },
  context: EngineContext,
): Promise<CheckResult> {
  const { manifest } = table;
  const { version } = await readChecked(table);
  const expected = contentOf(manifest);
  const differing = differenceOf(expected, await contentFiles(table.folder, version));
  if (differing !== null) {
    throw new SnapformError(
      "failed-precondition",
      `${table.folder} holds something else: ${differing}`,
    );
  }
  const findings: string[] = [];
  if (options.verified !== null) {
    findings.push(options.verified);
  } else {
    const limitation = await verifyFiles(setting.startHash, table, expected, context);
    if (limitation !== null) return { level: "hashes", findings, limitation };
    findings.push(`All ${expected.length} files have the ${manifest.hash} hashes of the snapshot.`);
  }
  if (level === "hashes") return { level, findings, limitation: null };
  const rows = rowCountOf(version);
  const native = await tryNative(setting.loadNative);
  if (native === null || !isNativeName(table.name)) {
    const why = native === null ? NATIVE_HINT : "LanceDB itself does not open tables of that name.";
    const limitation = `The rows were not read: ${why}`;
    return { level: "hashes", findings, limitation };
  }
  context.progress({ phase: "checking" });
  try {
    return await withNativeTable(native, table.uri, table.name, async (opened) => {
      if (table.version !== undefined) await opened.checkout(table.version);
      const more = await checkNatively(opened, { manifest, version, rows, level });
      return { level, findings: [...findings, ...more], limitation: null };
    });
  } catch (error) {
    const failure = nativeError(error, `checking ${table.folder}`);
    const isUnreadable = failure.code === "unavailable" || failure.code === "not-found";
    if (!isUnreadable || (await folderIdentity(table.folder)) === null) throw failure;
    // The table is there, and LanceDB cannot read it: that is what a check is for.
    throw new SnapformError("corrupt", failure.message, { cause: error });
  }
}

async function readChecked(table: CheckedTable): Promise<ReadVersion> {
  if (table.version === undefined) return readNewest(table.folder, table.name);
  const versions = await listVersions(table.folder);
  const named = versions.find((each) => each.version === table.version);
  if (named !== undefined) return readVersion(table.folder, named, table.name);
  const text = `${table.folder}: version ${table.version} was cleaned up meanwhile`;
  throw new SnapformError("aborted", text, { retryable: true });
}

function differenceOf(expected: readonly ManifestFile[], actual: Set<string>): string | null {
  const missing = expected.filter((file) => !actual.has(file.path));
  const surplusCount = actual.size - (expected.length - missing.length);
  if (missing.length === 0 && surplusCount === 0) return null;
  const first = missing[0] === undefined ? "" : ` (first: ${missing[0].path})`;
  return `${missing.length} of the snapshot's files are not in it${first}, ${surplusCount} are new`;
}

/** Null when all fit; else why they could not be looked at. */
async function verifyFiles(
  startHash: StartHash,
  table: CheckedTable,
  files: readonly ManifestFile[],
  context: EngineContext,
): Promise<string | null> {
  const totalBytes = files.reduce((sum, file) => sum + file.size, 0);
  const damaged: string[] = [];
  let doneBytes = 0;
  for (const file of files) {
    throwIfCancelled(context.signal, `checking ${table.folder}`);
    const hash = await hashFile(startHash, table, file, context.signal);
    if (hash === UNKNOWN_HASH)
      return `Hashes of kind ${table.manifest.hash} cannot be computed here.`;
    if (hash !== file.hash) damaged.push(file.path);
    doneBytes += file.size;
    context.progress({ phase: "hashing", doneBytes, totalBytes });
  }
  if (damaged.length === 0) return null;
  const names = damaged.slice(0, 3).join(", ");
  throw new SnapformError(
    "corrupt",
    `${table.folder}: ${damaged.length} files differ from the snapshot: ${names}`,
  );
}

/** The hash of a table's file; null when it is missing or has another size. */
export async function hashFile(
  startHash: StartHash,
  table: Pick<CheckedTable, "folder" | "manifest">,
  file: ManifestFile,
  signal: AbortSignal,
): Promise<string | null> {
  const path = join(table.folder, file.path);
  try {
    if ((await stat(path)).size !== file.size) return null;
    const hasher = await startHash(table.manifest.hash);
    if (hasher === null) return UNKNOWN_HASH;
    await feed(hasher, path, signal);
    return hasher.digest();
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return null;
    throw error;
  }
}

async function feed(hasher: LancedbHasher, path: string, signal: AbortSignal): Promise<void> {
  const handle = await open(path, "r");
  try {
    // One buffer for the whole file: a stream would make a new one for every piece.
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    for (;;) {
      throwIfCancelled(signal, `reading ${path}`);
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES);
      if (bytesRead === 0) return;
      hasher.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
