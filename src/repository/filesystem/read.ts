import { SnapformError } from "../../errors/index.ts";
import { NO_NOTES, type Notes } from "../../snapshot/manifest.ts";
import type { SnapshotKey, StoredSnapshot } from "../repository.ts";
import { codeOf } from "./filesystem-errors.ts";
import { manifestPath, notesPath } from "./layout.ts";
import { parseManifest, placeOf, type ParsedManifest } from "./manifest-file.ts";
import { UNREADABLE_NOTES, parseNotes } from "./notes-file.ts";
import { inStore, type Store } from "./store.ts";

/** The text of a file below the root; null when there is none. */
export async function readText(store: Store, path: string): Promise<string | null> {
  try {
    return (await store.fs.readFile(inStore(store, path))).toString("utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** A manifest as it lies in one of the two folders; null when there is none. */
export async function readManifest(
  store: Store,
  key: SnapshotKey,
  folder: "snapshots" | "trash",
): Promise<ParsedManifest | null> {
  const text = await readText(store, manifestPath(key, folder));
  return text === null ? null : parseManifest(text, placeOf(key));
}

/** The manifest, or an error that says why it cannot be used. */
export function wholeManifest(
  store: Store,
  key: SnapshotKey,
  parsed: ParsedManifest,
): StoredSnapshot["manifest"] {
  if ("manifest" in parsed) return parsed.manifest;
  const { fault, detail } = parsed.problem;
  const what = `snapshot ${key.id} of ${key.cluster}/${key.collection}`;
  const message = `repository ${store.name}: ${what} cannot be read: ${detail}`;
  const hint =
    fault === "newer"
      ? "Update snapform on this machine."
      : "Restore another snapshot; `snapform repository check` lists all damage.";
  throw new SnapformError("corrupt", message, { hint });
}

/** The notes of a snapshot. */
export async function readNotes(store: Store, key: SnapshotKey): Promise<Notes> {
  const text = await readText(store, notesPath(key, "snapshots"));
  if (text === null) return NO_NOTES;
  return parseNotes(text) ?? UNREADABLE_NOTES;
}

/** A live snapshot; null when there is none. */
export async function readSnapshot(store: Store, key: SnapshotKey): Promise<StoredSnapshot | null> {
  const parsed = await readManifest(store, key, "snapshots");
  if (parsed === null) return null;
  const manifest = wholeManifest(store, key, parsed);
  return Object.freeze({ manifest, notes: await readNotes(store, key) });
}
