import { dirname } from "node:path";
import type { Manifest } from "../../snapshot/manifest.ts";
import { codeOf } from "./filesystem-errors.ts";
import { manifestPath, notesPath } from "./layout.ts";
import { formatManifest, keyOf } from "./manifest-file.ts";
import type { Staging } from "./staging.ts";
import { inStore, makeFolders, writeNewFile, type Store } from "./store.ts";

/** Filesystems without hard links answer one of these. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
]);

/**
 * Gives a durable file a second name that must be free: false when it is taken. A link cannot
 * overwrite, so of two processes only one wins. Where the filesystem has no links, a look and a
 * rename must do; ids are unique to one lineage, whose state is locked.
 */
export async function linkIfAbsent(store: Store, from: string, to: string): Promise<boolean> {
  try {
    await store.fs.link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!NO_LINKS.has(codeOf(error))) throw error;
  }
  if ((await store.fs.stat(to)) !== null) return false;
  await store.fs.rename(from, to);
  return true;
}

/** Makes a manifest visible, durably; false when one of that key is there already. */
export async function publishManifest(
  store: Store,
  manifest: Manifest,
  staging: Staging,
): Promise<boolean> {
  const key = keyOf(manifest);
  const path = manifestPath(key, "snapshots");
  const staged = staging.next();
  await writeNewFile(store.fs, staged, formatManifest(manifest), 0o444);
  await makeFolders(store, dirname(path));
  // Notes that an earlier snapshot of this key left must not speak about this one.
  if ((await store.fs.stat(inStore(store, path))) === null) {
    await store.fs.unlink(inStore(store, notesPath(key, "snapshots")));
  }
  if (!(await linkIfAbsent(store, staged, inStore(store, path)))) return false;
  await store.fs.syncFolder(inStore(store, dirname(path)));
  return true;
}

/** Takes back a manifest that was published a moment ago and cannot be kept whole. */
export async function retractManifest(store: Store, manifest: Manifest): Promise<void> {
  const path = manifestPath(keyOf(manifest), "snapshots");
  await store.fs.unlink(inStore(store, path));
  await store.fs.syncFolder(inStore(store, dirname(path)));
}
