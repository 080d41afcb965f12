import { join } from "node:path";
import { forEachOf } from "../../engine/for-each-of.ts";
import { SnapformError } from "../../errors/index.ts";
import type { SnapshotKey, SweepResult } from "../repository.ts";
import { codeOf, throwIfCancelled } from "./filesystem-errors.ts";
import { FOLDERS, objectPath } from "./layout.ts";
import { manifestDamage, readManifests } from "./list.ts";
import { listObjects } from "./objects.ts";
import { openStaging, type Staging } from "./staging.ts";
import { inStore, type Store } from "./store.ts";
import { sweepStaging } from "./sweep-staging.ts";
import { sweepTrash } from "./sweep-trash.ts";

/** Nothing that was touched more recently is removed: a writer may be about to name it. */
export const GRACE_MS: number = 24 * 60 * 60 * 1000;

interface Candidate {
  readonly hash: string;
  readonly path: string;
  readonly size: number;
}

/** All hashes that manifests name, live or in the trash; null when one cannot be read. */
async function namedHashes(
  store: Store,
  except: readonly SnapshotKey[],
): Promise<{ readonly named: ReadonlySet<string>; readonly unreadable: readonly string[] }> {
  const gone = new Set(except.map((key) => JSON.stringify([key.cluster, key.collection, key.id])));
  const trashed = await readManifests(store, FOLDERS.trash);
  // The trash is read first: what is taken back meanwhile is then seen among the live ones.
  const live = await readManifests(store, FOLDERS.snapshots);
  const named = new Set<string>();
  for (const { parsed } of live) if ("manifest" in parsed) addHashes(named, parsed.manifest);
  for (const { parsed } of trashed) {
    if (!("manifest" in parsed)) continue;
    const { cluster, collection, id } = parsed.manifest;
    if (!gone.has(JSON.stringify([cluster, collection, id]))) addHashes(named, parsed.manifest);
  }
  const damage = manifestDamage([...live, ...trashed]);
  return { named, unreadable: damage.map((one) => one.path) };
}

function addHashes(
  named: Set<string>,
  manifest: { readonly parts: readonly { readonly files: readonly { readonly hash: string }[] }[] },
): void {
  for (const part of manifest.parts) for (const file of part.files) named.add(file.hash);
}

async function findCandidates(
  store: Store,
  named: ReadonlySet<string>,
  before: number,
  signal: AbortSignal,
): Promise<Candidate[]> {
  const orphans: { readonly hash: string; readonly path: string }[] = [];
  for await (const object of listObjects(store)) {
    throwIfCancelled(signal);
    if (!named.has(object.hash)) orphans.push(object);
  }
  const candidates = await forEachOf(orphans, async (object) => {
    const found = await store.fs.stat(object.path);
    if (found === null || found.mtimeMs >= before) return null;
    return { ...object, size: found.size };
  });
  return candidates.filter((one) => one !== null);
}

async function moveIfThere(store: Store, from: string, to: string): Promise<boolean> {
  try {
    await store.fs.rename(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Takes one object out of its place; false when somebody has touched it in the last moment. */
async function takeAside(
  store: Store,
  staging: Staging,
  candidate: Candidate,
  before: number,
): Promise<boolean> {
  const aside = join(staging.path, candidate.hash);
  const found = await store.fs.stat(candidate.path);
  if (found === null || found.mtimeMs >= before) return false;
  if (!(await moveIfThere(store, candidate.path, aside))) return false;
  const moved = await store.fs.stat(aside);
  if (moved !== null && moved.mtimeMs < before) return true;
  await moveIfThere(store, aside, candidate.path);
  return false;
}

/**
 * Removes objects in two steps: out of their places, then, after one more look at all manifests,
 * for good. A writer looks in the other order (manifest, then objects), so either it sees that an
 * object is gone and stores it again, or its manifest is seen here and the object goes back.
 */
async function removeObjects(
  store: Store,
  candidates: readonly Candidate[],
  before: number,
  signal: AbortSignal,
): Promise<{ readonly count: number; readonly bytes: number }> {
  const staging = await openStaging(store);
  const taken: Candidate[] = [];
  let count = 0;
  let bytes = 0;
  try {
    for (const candidate of candidates) {
      if (signal.aborted) break;
      if (await takeAside(store, staging, candidate, before)) taken.push(candidate);
    }
    const { named, unreadable } = await namedHashes(store, []);
    for (const { hash, path, size } of taken) {
      const aside = join(staging.path, hash);
      if (signal.aborted || unreadable.length > 0 || named.has(hash)) {
        await moveIfThere(store, aside, path);
      } else if (await store.fs.unlink(aside)) {
        count++;
        bytes += size;
      }
    }
  } finally {
    await putBack(store, staging, taken);
  }
  throwIfCancelled(signal);
  return { count, bytes };
}

/** After a failure: what was taken out of its place and not removed goes back to it. */
async function putBack(store: Store, staging: Staging, taken: readonly Candidate[]): Promise<void> {
  const left = new Set(((await store.fs.list(staging.path)) ?? []).map((entry) => entry.name));
  for (const { hash } of taken) {
    if (!left.has(hash)) continue;
    await moveIfThere(store, join(staging.path, hash), inStore(store, objectPath(hash)));
  }
  await staging.remove();
}

function refuse(store: Store, unreadable: readonly string[]): SnapformError {
  const rest = unreadable.length > 1 ? ` and ${unreadable.length - 1} more` : "";
  const which = `${unreadable[0]}${rest}`;
  const text = "no object is removed while a manifest cannot be read";
  const message = `repository ${store.name}: ${text}: ${which}`;
  return new SnapformError("corrupt", message, {
    hint: "`snapform repository check` lists all damage.",
  });
}

/** Empties the trash, removes unused objects and dead staging; see `Repository.sweep`. */
export async function sweepRepository(
  store: Store,
  now: Date,
  { dryRun }: { readonly dryRun: boolean },
  signal: AbortSignal,
): Promise<SweepResult> {
  const before = now.getTime() - GRACE_MS;
  const stagingBytes = await sweepStaging(store, before, dryRun, signal);
  const removedSnapshots = await sweepTrash(store, now, before, dryRun, signal);
  const { named, unreadable } = await namedHashes(store, dryRun ? removedSnapshots : []);
  if (unreadable.length > 0) throw refuse(store, unreadable);
  const candidates = await findCandidates(store, named, before, signal);
  const counted = {
    count: candidates.length,
    bytes: candidates.reduce((sum, one) => sum + one.size, 0),
  };
  const removed =
    dryRun || candidates.length === 0
      ? counted
      : await removeObjects(store, candidates, before, signal);
  return Object.freeze({
    removedSnapshots,
    removedObjectCount: removed.count,
    freedBytes: removed.bytes + stagingBytes,
  });
}
