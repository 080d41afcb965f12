import { join, sep } from "node:path";
import { forEachOf } from "../../engine/for-each-of.ts";
import { NO_NOTES, type Manifest, type Notes } from "../../snapshot/manifest.ts";
import type { TrashedSnapshot } from "../../snapshot/snapshot.ts";
import type {
  RepositoryDamage,
  RepositoryListing,
  SnapshotKey,
  StoredSnapshot,
} from "../repository.ts";
import { codeOf } from "./filesystem-errors.ts";
import { FOLDERS, NOTES_SUFFIX, TRASH_SUFFIX, decodeSegment, idOfManifestFile } from "./layout.ts";
import { parseManifest, type ManifestPlace, type ParsedManifest } from "./manifest-file.ts";
import { UNREADABLE_NOTES, parseNotes } from "./notes-file.ts";
import { readText } from "./read.ts";
import { inStore, type Store } from "./store.ts";
import { parseTrashed } from "./trashed-file.ts";

/** One collection's folder in `snapshots` or `trash`. */
export interface CollectionFolder extends Omit<ManifestPlace, "id"> {
  /** Below the repository's root. */
  readonly folder: string;
  /** The files in it. */
  readonly names: readonly string[];
}

/** A manifest's file, found by walking the folders. */
interface FoundManifest {
  readonly place: ManifestPlace;
  /** `<cluster>/<collection>` below the root, in `snapshots` or `trash`. */
  readonly folder: string;
  /** All names in that folder. */
  readonly siblings: ReadonlySet<string>;
}

/** A manifest's file with what is in it. */
export interface ReadManifest extends FoundManifest {
  readonly parsed: ParsedManifest;
}

async function foldersIn(store: Store, path: string): Promise<string[]> {
  const entries = (await store.fs.list(inStore(store, path))) ?? [];
  return entries.filter((entry) => entry.isFolder).map((entry) => entry.name);
}

/** The folders of all collections below `root`, with the names of the files in each. */
export async function collectionFolders(
  store: Store,
  root: "snapshots" | "trash",
): Promise<CollectionFolder[]> {
  const clusters = await foldersIn(store, root);
  const collections = await forEachOf(clusters, async (cluster) => {
    const names = await foldersIn(store, join(root, cluster));
    return names.map((collection) => ({ cluster, collection }));
  });
  return forEachOf(collections.flat(), async ({ cluster, collection }) => {
    const folder = join(root, cluster, collection);
    const entries = (await store.fs.list(inStore(store, folder))) ?? [];
    const names = entries.filter((entry) => !entry.isFolder).map((entry) => entry.name);
    return { clusterSegment: cluster, collectionSegment: collection, folder, names };
  });
}

/** Every file that is named like a manifest; everything else is left alone. */
async function findManifests(store: Store, root: "snapshots" | "trash"): Promise<FoundManifest[]> {
  const folders = await collectionFolders(store, root);
  return folders.flatMap(({ clusterSegment, collectionSegment, folder, names }) => {
    const siblings = new Set(names);
    return names.flatMap((name): FoundManifest[] => {
      const id = idOfManifestFile(name);
      return id === null
        ? []
        : [{ place: { clusterSegment, collectionSegment, id }, folder, siblings }];
    });
  });
}

async function readOne(store: Store, found: FoundManifest): Promise<ReadManifest | null> {
  try {
    const text = await readText(store, join(found.folder, `${found.place.id}.json`));
    return text === null ? null : { ...found, parsed: parseManifest(text, found.place) };
  } catch (error) {
    const detail = `the manifest cannot be read (${codeOf(error) ?? String(error)})`;
    return { ...found, parsed: { problem: { fault: "unreadable", detail } } };
  }
}

/** Reads every manifest; one that is moved away meanwhile is left out. */
export async function readManifests(
  store: Store,
  root: "snapshots" | "trash",
): Promise<ReadManifest[]> {
  const found = await findManifests(store, root);
  const all = await forEachOf(found, (one) => readOne(store, one));
  return all.filter((one) => one !== null);
}

/** The key that a place stands for, as well as its names say it. */
export function keyOfPlace(place: ManifestPlace): SnapshotKey {
  return {
    cluster: decodeSegment(place.clusterSegment),
    collection: decodeSegment(place.collectionSegment),
    id: place.id,
  };
}

/** The damage of manifests that cannot be used. */
export function manifestDamage(manifests: readonly ReadManifest[]): RepositoryDamage[] {
  return manifests.flatMap(({ parsed, folder, place }): RepositoryDamage[] => {
    if (!("problem" in parsed)) return [];
    const path = join(folder, `${place.id}.json`);
    return [{ kind: "manifest", path, ...parsed.problem, snapshots: [keyOfPlace(place)] }];
  });
}

async function notesOf(
  store: Store,
  one: ReadManifest,
  damage: RepositoryDamage[],
): Promise<Notes> {
  const name = `${one.place.id}${NOTES_SUFFIX}`;
  if (!one.siblings.has(name)) return NO_NOTES;
  const path = join(one.folder, name);
  let detail = "the notes cannot be understood; the snapshot counts as pinned";
  try {
    const text = await readText(store, path);
    if (text === null) return NO_NOTES;
    const notes = parseNotes(text);
    if (notes !== null) return notes;
  } catch (error) {
    detail = `the notes cannot be read (${codeOf(error) ?? String(error)})`;
  }
  const snapshots = [keyOfPlace(one.place)];
  damage.push({ kind: "notes", path, fault: "unreadable", detail, snapshots });
  return UNREADABLE_NOTES;
}

async function trashedOf(
  store: Store,
  one: ReadManifest,
  manifest: Manifest,
  damage: RepositoryDamage[],
): Promise<TrashedSnapshot> {
  const path = join(one.folder, `${one.place.id}${TRASH_SUFFIX}`);
  const times = parseTrashed((await readText(store, path)) ?? "");
  const { id, cluster, collection, owner, startedAt, bytes } = manifest;
  const rest = { id, cluster, collection, repository: store.name, owner, startedAt, bytes };
  if (times !== null) return Object.freeze({ ...rest, ...times });
  const detail = "nothing says until when it is kept, so it is never swept; trash it again";
  damage.push({
    kind: "notes",
    path,
    fault: "unreadable",
    detail,
    snapshots: [keyOfPlace(one.place)],
  });
  return Object.freeze({ ...rest, trashedAt: manifest.finishedAt, undoUntil: NEVER });
}

/** The last instant that an RFC 3339 text can name. */
const NEVER = "9999-12-31T23:59:59.999Z";

function identityOf(folder: string, place: ManifestPlace): string {
  return `${folder.slice(folder.indexOf(sep))}${sep}${place.id}`;
}

/** Lists what is there; see `Repository.list`. */
export async function listRepository(store: Store): Promise<RepositoryListing> {
  const [live, trashed] = await Promise.all([
    readManifests(store, FOLDERS.snapshots),
    readManifests(store, FOLDERS.trash),
  ]);
  const damage = [...manifestDamage(live), ...manifestDamage(trashed)];
  const snapshots = await forEachOf(live, async (one): Promise<StoredSnapshot | null> => {
    if (!("manifest" in one.parsed)) return null;
    const { manifest } = one.parsed;
    return Object.freeze({ manifest, notes: await notesOf(store, one, damage) });
  });
  const alive = new Set(live.map(({ folder, place }) => identityOf(folder, place)));
  const trash = await forEachOf(trashed, async (one) => {
    if (!("manifest" in one.parsed)) return null;
    // An undelete that was interrupted: it is back already.
    if (alive.has(identityOf(one.folder, one.place))) return null;
    return trashedOf(store, one, one.parsed.manifest, damage);
  });
  return Object.freeze({
    snapshots: snapshots.filter((one) => one !== null),
    trash: trash.filter((one) => one !== null),
    damage,
  });
}
