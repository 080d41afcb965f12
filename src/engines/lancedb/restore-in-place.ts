import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineContext, RestoreResult } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { beginJournal, finishRun } from "./build.ts";
import { checkTable } from "./check.ts";
import { corruptFile, isSystemError, nativeError, throwIfCancelled } from "./errors.ts";
import { folderIdentity } from "./identity.ts";
import { writeJournal, type RestoreJournal } from "./journal.ts";
import { tableFolder } from "./layout.ts";
import { expectLineage } from "./lineage.ts";
import {
  isNativeName,
  NATIVE_HINT,
  tryNative,
  withNativeTable,
  type NativeModule,
} from "./native.ts";
import { putBack, type PutBack } from "./put-back.ts";
import { findRestored } from "./recover.ts";
import type { OpenedRestore } from "./opened-restore.ts";
import type { LancedbSetting } from "./setting.ts";
import { parseNamed, problemOf, readNewest } from "./table.ts";
import { undoOf } from "./undo.ts";
import { contentHash } from "./version-files.ts";
import { listVersions, manifestPath, parseManifestName } from "./versions.ts";

/**
 * Rolls a live table back to the snapshot's version: the files that a cleanup has removed are put
 * back, and LanceDB itself makes that version the newest, so that open handles and writers stay
 * right. Nothing that exists is changed: files that were put back and are not needed after all are
 * named by no current version, so that the next cleanup removes them.
 */
export async function restoreInPlace(
  setting: LancedbSetting,
  opened: OpenedRestore,
  context: EngineContext,
): Promise<RestoreResult> {
  const { uri } = setting;
  const { target } = opened.request;
  const folder = tableFolder(uri, target);
  const identity = await expectTarget(folder, opened);
  const native = await needNative(setting, target);
  await expectLineage(folder, target, opened.details, identity);
  const current = await readNewest(folder, target);
  await refuseProblem(folder, target, current.version);
  const journal = await beginJournal(setting, opened, {
    previousIdentity: identity,
    previousVersion: current.version.version,
  });
  const { isReversed } = current.manifest;
  const { copiedBytes, ...files } = await putBack(setting, opened, folder, isReversed, context);
  // Before anybody can see it: the version itself is there already, only not the newest.
  const version = opened.details.version;
  const table = { folder, uri, name: target, manifest: opened.manifest, version };
  const level = opened.request.check;
  const check = await checkTable(setting, table, level, { verified: verifiedBy(files) }, context);
  const placing = await beforeRoll(setting, opened, journal);
  throwIfCancelled(context.signal, `restoring table ${JSON.stringify(target)}`);
  await roll(native, setting, placing, version);
  const restored = await findRestored(uri, placing);
  if (restored === null) {
    const text = `table ${JSON.stringify(target)} was changed while it was rolled back`;
    throw new SnapformError("aborted", text, { retryable: true });
  }
  await syncVersion(setting, folder, restored);
  const done = { ...placing, previousVersion: restored - 1 };
  await finishRun(setting, done);
  const handles =
    `Writers that hold ${JSON.stringify(target)} open get a conflict until they call ` +
    "checkoutLatest(), unless their connection reads with a consistency interval of zero.";
  const findings = [...check.findings, handles];
  const undo = undoOf(uri, done);
  return { targetIdentity: identity, check: { ...check, findings }, copiedBytes, undo };
}

function verifiedBy({ sameCount, comparedCount }: Omit<PutBack, "copiedBytes">): string {
  const compared = `${comparedCount} files were compared with their hashes`;
  if (sameCount === 0) return `All ${compared}.`;
  return (
    `${sameCount} files are the very ones that were hashed for the snapshot (same inode, size ` +
    `and modification time); ${compared}.`
  );
}

async function expectTarget(folder: string, opened: OpenedRestore): Promise<string> {
  const { target, expectedIdentity } = opened.request;
  const identity = await folderIdentity(folder);
  if (identity !== null && identity === expectedIdentity) return identity;
  const what = identity === null ? "does not exist" : "is not the one that the plan saw";
  throw new SnapformError("failed-precondition", `table ${JSON.stringify(target)} ${what}`);
}

async function needNative(setting: LancedbSetting, target: string): Promise<NativeModule> {
  const native = await tryNative(setting.loadNative);
  if (native === null) {
    const text = "rolling back a live table needs LanceDB's own library";
    throw new SnapformError("unimplemented", text, { hint: NATIVE_HINT });
  }
  if (!isNativeName(target)) {
    const text = `LanceDB itself does not open a table named ${JSON.stringify(target)}`;
    throw new SnapformError("unimplemented", text);
  }
  return native;
}

async function refuseProblem(
  folder: string,
  target: string,
  version: Parameters<typeof problemOf>[1],
): Promise<void> {
  const problem = await problemOf(folder, version);
  if (problem === null) return;
  throw new SnapformError("unimplemented", `table ${JSON.stringify(target)}: ${problem.message}`);
}

/** Notes what the table must look like once it is rolled back. */
async function beforeRoll(
  setting: LancedbSetting,
  opened: OpenedRestore,
  journal: RestoreJournal,
): Promise<RestoreJournal> {
  const { details, request } = opened;
  const folder = tableFolder(setting.uri, request.target);
  const current = await readNewest(folder, request.target);
  const path = manifestPath(details.version, current.manifest.isReversed);
  const name = parseManifestName(path.slice("_versions/".length));
  if (name === null) throw corruptFile(request.target, path, "it is no version");
  const version = parseNamed(await readFile(join(folder, path)), name, request.target);
  const placing = {
    ...journal,
    phase: "placing",
    contentHash: contentHash(version),
    previousVersion: current.version.version,
  } as const;
  await writeJournal(setting.fs, setting.uri, placing);
  return placing;
}

/** LanceDB syncs nothing; a version lost to a power cut would take the whole table with it. */
async function syncVersion(
  setting: LancedbSetting,
  folder: string,
  version: number,
): Promise<void> {
  const { fs } = setting;
  const named = (await listVersions(folder)).find((each) => each.version === version);
  const paths = [named?.path, "_versions/latest_version_hint.json", "_versions", "_transactions"];
  for (const path of paths.filter((each) => each !== undefined)) {
    try {
      await fs.sync(join(folder, path));
    } catch (error) {
      if (!isSystemError(error, "ENOENT")) throw error;
    }
  }
}

/** LanceDB's own commit: atomic, and refused when a writer got in between. */
async function roll(
  native: NativeModule,
  setting: LancedbSetting,
  journal: RestoreJournal,
  version: number,
): Promise<void> {
  try {
    await withNativeTable(native, setting.uri, journal.target, async (table) => {
      await table.checkout(version);
      await table.restore();
    });
  } catch (error) {
    throw nativeError(error, `rolling back table ${JSON.stringify(journal.target)}`);
  }
}
