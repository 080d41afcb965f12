import { join } from "node:path";
import type { Capture, CaptureRequest, EngineContext, SourceFile } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Json, Manifest } from "../../snapshot/manifest.ts";
import { corruptFile, fileError, isSystemError, throwIfCancelled } from "./errors.ts";
import type { LancedbFs } from "./fs.ts";
import { holdVersion, type HeldVersion } from "./hold-version.ts";
import { Holder } from "./hold.ts";
import { folderIdentity } from "./identity.ts";
import { rowCountOf } from "./lance-version.ts";
import { segment, STAGING, tableFolder } from "./layout.ts";
import { collectEvidence } from "./lineage.ts";
import { ownerToJson, thisOwner } from "./owner.ts";
import { schemaOf } from "./schema.ts";
import { detailsOfManifest, type SnapshotDetails } from "./details.ts";
import type { LancedbSetting } from "./setting.ts";

const ATTEMPTS = 20;
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 250;

/** Folders whose files carry random ids in their names: one name has one content for ever. */
const IMMUTABLE = /^(?:data|_deletions|_indices)\//;

/**
 * Holds the newest version of a table still. Files are only linked here, which takes milliseconds;
 * compaction and cleanup may go on while the repository copies from the links.
 */
export async function captureTable(
  setting: LancedbSetting,
  request: CaptureRequest,
  context: EngineContext,
): Promise<Capture> {
  const doing = `taking a snapshot of table ${JSON.stringify(request.collection)}`;
  try {
    const folder = tableFolder(setting.uri, request.collection);
    const clusterIdentity = await folderIdentity(setting.uri);
    for (let attempt = 1; ; attempt += 1) {
      throwIfCancelled(context.signal, doing);
      const taken = await attemptCapture(setting, request, folder);
      if (taken !== null) return await toCapture(request, taken, clusterIdentity, folder);
      if (attempt === ATTEMPTS) {
        throw new SnapformError("aborted", `${doing}: its files kept changing`, {
          retryable: true,
          hint: "Try again when compaction and cleanup of the table have finished.",
        });
      }
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
      await setting.clock.sleep(pauseMs * (0.5 + setting.clock.random()), context.signal);
    }
  } catch (error) {
    throw fileError(error, doing, context.signal);
  }
}

interface Taken {
  readonly held: HeldVersion;
  readonly identity: string;
  readonly release: () => Promise<void>;
}

/** Null when a cleanup, or a drop of the table, got in between. */
async function attemptCapture(
  setting: LancedbSetting,
  request: CaptureRequest,
  folder: string,
): Promise<Taken | null> {
  const { fs, clock, uri } = setting;
  const identity = await folderIdentity(folder);
  if (identity === null) {
    throw new SnapformError("not-found", `there is no table ${JSON.stringify(request.collection)}`);
  }
  const owner = await thisOwner();
  const token = `${owner.processId ?? 0}-${clock.randomHex(4)}`;
  const staging = join(uri, STAGING, `${segment(request.snapshotId)}-${token}`);
  const canLink = setting.canLink && (await claimStaging(fs, staging, ownerToJson(owner)));
  const holder = new Holder(fs, folder, join(staging, "files"), { canLink });
  const release = async (): Promise<void> => {
    await holder.release();
    if (canLink) await fs.removeTree(staging);
  };
  try {
    const held = await holdVersion(holder, folder, request.collection);
    const isSame = (await folderIdentity(folder)) === identity;
    if (held !== null && isSame) return { held, identity, release };
  } catch (error) {
    await release();
    if (isSystemError(error, "ENOENT")) return null;
    throw error;
  }
  await release();
  return null;
}

/** False where nothing can be written; the files are then held open instead. */
async function claimStaging(fs: LancedbFs, staging: string, owner: Json): Promise<boolean> {
  try {
    await fs.mkdir(staging);
    await fs.writeNew(join(staging, "owner.json"), JSON.stringify(owner));
    return true;
  } catch (error) {
    if (isSystemError(error, "EACCES", "EPERM", "EROFS")) return false;
    throw error;
  }
}

async function toCapture(
  request: CaptureRequest,
  taken: Taken,
  clusterIdentity: string | null,
  folder: string,
): Promise<Capture> {
  const { held, identity, release } = taken;
  try {
    const known = knownHashes(request.previous, identity);
    const files = held.files.map((file): SourceFile => {
      const knownHash = IMMUTABLE.test(file.path)
        ? known.get(knownKey(file.path, file.size, file.stamp))
        : undefined;
      return {
        path: file.path,
        size: file.size,
        ...(file.localPath === null ? {} : { localPath: file.localPath }),
        ...(knownHash === undefined ? {} : { knownHash }),
        open: (offset, signal) => Promise.resolve(file.read(offset, signal)),
      };
    });
    const points = rowCountOf(held.version);
    const draft = {
      engineVersion: held.version.writer,
      collectionIdentity: identity,
      clusterIdentity,
      schema: schemaOf(held.version),
      details: await detailsOf(held, identity, folder, request.collection),
      points: points === null ? null : { before: points, after: points },
      layout: null,
    };
    const part = { name: "data", files, details: { fileKinds: kindsOf(held) } };
    return { draft, parts: [part], close: release };
  } catch (error) {
    await release();
    throw error;
  }
}

function knownKey(path: string, size: number, stamp: string): string {
  return `${size} ${stamp} ${path}`;
}

/**
 * Hashes of the very files that were hashed before; the newest manifest that has one wins, and all
 * would agree. A file that was written over since, which LanceDB never does, is hashed again.
 */
function knownHashes(previous: readonly Manifest[], identity: string): Map<string, string> {
  const known = new Map<string, string>();
  for (const manifest of previous.toReversed()) {
    if (manifest.engine !== "lancedb" || manifest.collectionIdentity !== identity) continue;
    const { stamps } = detailsOfManifest(manifest);
    for (const { path, size, hash } of manifest.parts.flatMap((part) => part.files)) {
      known.set(knownKey(path, size, stamps[path] ?? ""), hash);
    }
  }
  return known;
}

async function detailsOf(
  held: HeldVersion,
  identity: string,
  folder: string,
  table: string,
): Promise<SnapshotDetails> {
  const manifest = held.files.find((file) => file.path === held.manifest.path);
  if (manifest === undefined) throw corruptFile(table, held.manifest.path, "it was not held");
  const names = new Map(held.version.fields.map((field) => [field.id, field.name]));
  return {
    version: held.version.version,
    manifestPath: held.manifest.path,
    writer: held.version.writer,
    format: held.version.format,
    datasetIdentity: identity,
    indexes: held.version.indexes
      .filter((index) => !index.name.startsWith("__lance"))
      .map((index) => ({
        name: index.name,
        uuid: index.uuid,
        type: index.type,
        columns: index.fieldIds.map((id) => names.get(id) ?? String(id)),
      })),
    evidence: await collectEvidence(folder, held.manifest, held.bytes),
    stamps: Object.fromEntries(held.files.map((file) => [file.path, file.stamp])),
  };
}

function kindsOf(held: HeldVersion): Json {
  const kinds: Record<string, number> = {};
  for (const { path } of held.files) {
    const kind = path.split("/", 1)[0] ?? path;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}
