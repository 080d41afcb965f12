import { dirname } from "node:path";
import { SnapformError } from "../../errors/index.ts";
import type { Notes } from "../../snapshot/manifest.ts";
import type { SnapshotKey } from "../repository.ts";
import { manifestPath, notesPath } from "./layout.ts";
import { formatNotes } from "./notes-file.ts";
import { readNotes } from "./read.ts";
import { openStaging } from "./staging.ts";
import { inStore, writeNewFile, type Store } from "./store.ts";

/** Changes the notes beside a manifest by replacing their file; see `Repository.note`. */
export async function changeNotes(
  store: Store,
  key: SnapshotKey,
  change: Partial<Notes>,
): Promise<Notes> {
  const manifest = inStore(store, manifestPath(key, "snapshots"));
  if ((await store.fs.stat(manifest)) === null) {
    const what = `snapshot ${key.id} of ${key.cluster}/${key.collection}`;
    throw new SnapformError("not-found", `repository ${store.name} has no ${what}`);
  }
  const notes = Object.freeze({ ...(await readNotes(store, key)), ...change });
  const path = notesPath(key, "snapshots");
  const staging = await openStaging(store);
  try {
    const staged = staging.next();
    await writeNewFile(store.fs, staged, formatNotes(notes), 0o644);
    await store.fs.rename(staged, inStore(store, path));
    await store.fs.syncFolder(inStore(store, dirname(path)));
    return notes;
  } finally {
    await staging.remove();
  }
}
