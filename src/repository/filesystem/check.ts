import type { EngineContext } from "../../engine/driver.ts";
import { forEachOf } from "../../engine/for-each-of.ts";
import { isSnapformError } from "../../errors/index.ts";
import type { HashName, Notes } from "../../snapshot/manifest.ts";
import type {
  RepositoryCheck,
  RepositoryDamage,
  SnapshotKey,
  StoredSnapshot,
} from "../repository.ts";
import { INLINE_BYTES, hashFile } from "./copy-file.ts";
import { codeOf, throwIfCancelled } from "./filesystem-errors.ts";
import { REPOSITORY_FILE, objectPath } from "./layout.ts";
import { listRepository } from "./list.ts";
import { keyOf } from "./manifest-file.ts";
import { findRepository } from "./repository-file.ts";
import { inStore, type Store } from "./store.ts";
import type { TaskWatch } from "./copy-pool.ts";
import { watchOf } from "./watch.ts";

/** One object with everybody who needs it. */
interface Needed {
  readonly hash: string;
  readonly size: number;
  readonly hashName: HashName;
  readonly snapshots: StoredSnapshot[];
}

type Fault = Pick<RepositoryDamage, "fault" | "detail">;
type Note = (key: SnapshotKey, change: Partial<Notes>) => Promise<Notes>;

function neededBy(snapshots: readonly StoredSnapshot[]): Needed[] {
  const needed = new Map<string, Needed>();
  for (const snapshot of snapshots) {
    const { manifest } = snapshot;
    for (const { hash, size } of manifest.parts.flatMap((part) => part.files)) {
      const name = `${hash} ${size}`;
      const one = needed.get(name) ?? { hash, size, hashName: manifest.hash, snapshots: [] };
      needed.set(name, one);
      if (one.snapshots.at(-1) !== snapshot) one.snapshots.push(snapshot);
    }
  }
  return [...needed.values()];
}

async function faultOfSize(store: Store, object: Needed): Promise<Fault | null> {
  try {
    const found = await store.fs.stat(inStore(store, objectPath(object.hash)));
    if (found === null) return { fault: "missing", detail: "the object is missing" };
    if (found.isFolder) return { fault: "altered", detail: "a folder is in the object's place" };
    if (found.size === object.size) return null;
    const detail = `the object has ${found.size} bytes instead of ${object.size}`;
    return { fault: found.size < object.size ? "truncated" : "altered", detail };
  } catch (error) {
    return { fault: "unreadable", detail: `the object cannot be looked at (${codeOf(error)})` };
  }
}

async function faultOfBytes(
  store: Store,
  object: Needed,
  watch: TaskWatch,
  inline: boolean,
): Promise<Fault | null> {
  const { size, hashName: hash } = object;
  const path = inStore(store, objectPath(object.hash));
  try {
    const found = await hashFile(store, { path, size, hash }, watch, { inline });
    if (found === object.hash) return null;
    return { fault: "altered", detail: "the object's bytes do not fit its hash" };
  } catch (error) {
    throwIfCancelled(watch.signal);
    const code = codeOf(error);
    if (code === undefined) throw error;
    if (code === "ENOENT") return { fault: "missing", detail: "the object is missing" };
    return { fault: "unreadable", detail: `the object cannot be read (${code})` };
  }
}

/** Looks at the objects; those that `read` picks are hashed as well. */
async function findFaults(
  store: Store,
  needed: readonly Needed[],
  read: (object: Needed) => boolean,
  context: EngineContext,
): Promise<{ readonly faults: Map<Needed, Fault>; readonly checkedBytes: number }> {
  const faults = new Map<Needed, Fault>();
  await forEachOf(needed, async (object) => {
    throwIfCancelled(context.signal);
    const fault = await faultOfSize(store, object);
    if (fault !== null) faults.set(object, fault);
  });
  const wanted = needed.filter((object) => !faults.has(object) && read(object));
  const checkedBytes = wanted.reduce((sum, object) => sum + object.size, 0);
  const watch = watchOf(context, "checking", checkedBytes);
  const inline = checkedBytes < INLINE_BYTES;
  const bySize = wanted.toSorted((a, b) => b.size - a.size);
  const hashOne = async (object: Needed): Promise<void> => {
    const fault = await faultOfBytes(store, object, watch, inline);
    if (fault !== null) faults.set(object, fault);
  };
  await forEachOf(bySize, hashOne, store.pool.width * 2);
  return { faults, checkedBytes };
}

function damagedFiles(snapshot: StoredSnapshot, bad: ReadonlySet<string>): string[] {
  return snapshot.manifest.parts.flatMap((part) =>
    part.files.filter((f) => bad.has(`${f.hash} ${f.size}`)).map((f) => `${part.name}/${f.path}`),
  );
}

function changeFor(
  snapshot: StoredSnapshot,
  files: readonly string[],
  at: string,
  readData: boolean,
): Partial<Notes> | null {
  if (files.length > 0) return { damaged: { at, files } };
  const mended = snapshot.notes.damaged === null ? null : { damaged: null };
  return readData ? { ...mended, verifiedAt: at } : mended;
}

/** A repository that cannot be written to can be checked all the same. */
async function mark(note: Note, key: SnapshotKey, change: Partial<Notes>): Promise<void> {
  try {
    await note(key, change);
  } catch (error) {
    const isBearable =
      isSnapformError(error) && (error.code === "permission-denied" || error.code === "not-found");
    if (!isBearable) throw error;
  }
}

async function repositoryDamage(store: Store): Promise<RepositoryDamage[]> {
  const found = await findRepository(store.fs, store.root);
  if (found.kind === "repository") return [];
  const detail = "detail" in found ? found.detail : "it is missing";
  return [{ kind: "repository", path: REPOSITORY_FILE, fault: "altered", detail, snapshots: [] }];
}

/** Checks everything that is there; see `Repository.check`. */
export async function checkRepository(
  store: Store,
  note: Note,
  { readData }: { readonly readData: boolean },
  context: EngineContext,
): Promise<RepositoryCheck> {
  const listing = await listRepository(store);
  const needed = neededBy(listing.snapshots);
  // What was found damaged before is only cleared when its bytes have been read again.
  const read = (one: Needed): boolean =>
    readData || one.snapshots.some((snapshot) => snapshot.notes.damaged !== null);
  const { faults, checkedBytes } = await findFaults(store, needed, read, context);
  const bad = new Set([...faults.keys()].map(({ hash, size }) => `${hash} ${size}`));
  const at = store.clock.now().toISOString();
  const identity = await repositoryDamage(store);
  if (identity.length === 0) {
    for (const snapshot of listing.snapshots) {
      const change = changeFor(snapshot, damagedFiles(snapshot, bad), at, readData);
      if (change !== null) await mark(note, keyOf(snapshot.manifest), change);
    }
  }
  const objects = [...faults].map(([object, fault]): RepositoryDamage => ({
    kind: "object",
    path: objectPath(object.hash),
    ...fault,
    snapshots: object.snapshots.map(({ manifest }) => keyOf(manifest)),
  }));
  return Object.freeze({
    snapshotCount: listing.snapshots.length,
    objectCount: needed.length,
    checkedBytes,
    damage: [...identity, ...listing.damage, ...objects],
  });
}
