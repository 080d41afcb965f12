import type { CapturedPart, EngineContext, SourceFile } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Manifest } from "../../snapshot/manifest.ts";
import type { Owner } from "../../snapshot/snapshot.ts";
import type { WriteRequest } from "../repository.ts";
import type { TaskWatch } from "./copy-pool.ts";
import { throwIfCancelled } from "./filesystem-errors.ts";
import { storeFiles, takeFiles, type Intake, type StoredFile } from "./intake.ts";
import { isSafePath } from "./layout.ts";
import { keyOf } from "./manifest-file.ts";
import { missingObjects } from "./objects.ts";
import { publishManifest, retractManifest } from "./publish.ts";
import { readSnapshot } from "./read.ts";
import { openStaging, type Staging } from "./staging.ts";
import type { Store } from "./store.ts";

/** Stands in every manifest; a test holds it equal to the package's version. */
export const WRITER = "snapform/0.1.0";

/** How often objects that a sweep took away meanwhile are stored again. */
const REPAIR_ROUNDS = 3;

function checkParts(parts: readonly CapturedPart[]): void {
  const names = new Set(parts.map((part) => part.name));
  if (names.size !== parts.length) {
    throw new SnapformError("invalid-argument", "two parts of a snapshot have the same name");
  }
  for (const part of parts) {
    const paths = new Set<string>();
    for (const { path, size } of part.files) {
      if (!isSafePath(path) || paths.has(path) || !Number.isSafeInteger(size) || size < 0) {
        throw new SnapformError(
          "invalid-argument",
          `not a file of a part: ${path} (${size} bytes)`,
        );
      }
      paths.add(path);
    }
  }
}

function sameOwner(a: Owner, b: Owner): boolean {
  return a.project === b.project && a.lineage === b.lineage;
}

/** The snapshot that an earlier attempt has made; null when there is none. */
async function earlier(store: Store, draft: WriteRequest["draft"]): Promise<Manifest | null> {
  const found = await readSnapshot(store, keyOf(draft));
  if (found === null) return null;
  if (sameOwner(found.manifest.owner, draft.owner)) return found.manifest;
  const { project, lineage } = found.manifest.owner;
  const what = `snapshot ${draft.id} of ${draft.cluster}/${draft.collection}`;
  const whose = `project ${project}, lineage ${lineage}`;
  const message = `repository ${store.name}: ${what} exists and belongs to ${whose}`;
  throw new SnapformError("already-exists", message);
}

function watchOf(context: EngineContext, totalBytes: number): TaskWatch {
  let doneBytes = 0;
  return {
    signal: context.signal,
    progress(bytes): void {
      doneBytes += bytes;
      context.progress({ phase: "copying", doneBytes, totalBytes });
    },
  };
}

function sizeOf(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

function namesOf(parts: readonly CapturedPart[]): ReadonlyMap<SourceFile, string> {
  const names = new Map<SourceFile, string>();
  for (const { name, files } of parts) {
    for (const file of files) names.set(file, `${name}/${file.path}`);
  }
  return names;
}

function manifestOf(
  store: Store,
  { draft, parts }: WriteRequest,
  stored: ReadonlyMap<SourceFile, StoredFile>,
): Manifest {
  const isNew = new Map<string, number>();
  for (const one of stored.values()) if (one.isNew) isNew.set(one.hash, one.size);
  const filesOf = (part: CapturedPart): Manifest["parts"][number]["files"] =>
    part.files.map((file) => {
      const hash = (stored.get(file) as StoredFile).hash;
      return { path: file.path, size: file.size, hash };
    });
  const written = parts.map((p) => ({ name: p.name, files: filesOf(p), details: p.details }));
  return {
    formatVersion: 1,
    ...draft,
    finishedAt: store.clock.now().toISOString(),
    hash: store.hash,
    parts: written,
    bytes: sizeOf(written.flatMap((part) => part.files)),
    newBytes: [...isNew.values()].reduce((sum, size) => sum + size, 0),
    writer: WRITER,
  };
}

/**
 * Looks, now that the manifest protects them, whether all objects are still there, and stores again
 * what a concurrent sweep has removed before it could see the manifest.
 */
async function settle(intake: Intake, stored: readonly StoredFile[]): Promise<void> {
  const { store } = intake;
  let missing = await missingObjects(store, stored);
  for (let round = 0; missing.length > 0 && round < REPAIR_ROUNDS; round++) {
    const expected = new Map(missing.map((one) => [one.file, one.hash]));
    const files = missing.map((one) => one.file);
    for (const again of await takeFiles(intake, files)) {
      if (again.hash === expected.get(again.file)) continue;
      const message = `the source file ${intake.names.get(again.file)} changed while it was stored`;
      throw new SnapformError("aborted", message, { retryable: true });
    }
    missing = await missingObjects(store, missing);
  }
  const lost = missing[0];
  if (lost === undefined) return;
  const message = `repository ${store.name}: object ${lost.hash} vanishes whenever it is stored`;
  throw new SnapformError("aborted", message, { retryable: true });
}

/** Stores a snapshot; see `Repository.write`. */
export async function writeSnapshot(
  store: Store,
  request: WriteRequest,
  context: EngineContext,
): Promise<Manifest> {
  const { draft, parts } = request;
  checkParts(parts);
  const done = await earlier(store, draft);
  if (done !== null) return done;
  const files = parts.flatMap((part) => part.files);
  const watch = watchOf(context, sizeOf(files));
  const staging = await openStaging(store);
  try {
    const intake = { store, staging, watch, names: namesOf(parts) };
    const stored = await storeFiles(intake, files);
    throwIfCancelled(context.signal);
    const manifest = Object.freeze(manifestOf(store, request, stored));
    if (!(await publishManifest(store, manifest, staging))) {
      return (await earlier(store, draft)) ?? (await writeSnapshot(store, request, context));
    }
    try {
      await settle(intake, [...stored.values()]);
    } catch (error) {
      await retractManifest(store, manifest);
      throw error;
    }
    return manifest;
  } finally {
    await removeStaging(staging);
  }
}

/** What cannot be removed now is swept later; it must not hide how the write ended. */
async function removeStaging(staging: Staging): Promise<void> {
  try {
    await staging.remove();
  } catch {
    return;
  }
}
