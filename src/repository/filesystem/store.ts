import { dirname, join } from "node:path";
import type { Clock } from "../../clock/clock.ts";
import type { HashName } from "../../snapshot/manifest.ts";
import type { CopyPool } from "./copy-pool.ts";
import type { HashThreads } from "./hash-threads.ts";
import type { RepositoryFs } from "./repository-fs.ts";

/** An open repository as the operations of this folder see it. */
export interface Store {
  readonly name: string;
  readonly root: string;
  readonly id: string;
  readonly hash: HashName;
  readonly undoMs: number;
  /** The project that works with it here; written beside what it puts into the trash. */
  readonly project: string | null;
  readonly fs: RepositoryFs;
  readonly clock: Clock;
  readonly pool: CopyPool;
  readonly hashing: HashThreads;
}

/** The absolute path of something below the root. */
export function inStore(store: Pick<Store, "root">, path: string): string {
  return join(store.root, path);
}

/** Makes the folders of `path` below the root, each one durable in its parent. */
export async function makeFolders(store: Pick<Store, "fs" | "root">, path: string): Promise<void> {
  const parent = dirname(path);
  if (parent !== ".") await makeFolders(store, parent);
  const made = await store.fs.makeFolder(join(store.root, path));
  if (made) await store.fs.syncFolder(join(store.root, parent));
}

/** Writes a new file and makes its bytes durable; its name in the folder is not yet. */
export async function writeNewFile(
  fs: RepositoryFs,
  path: string,
  text: string,
  mode: number,
): Promise<void> {
  const file = await fs.create(path, mode);
  try {
    await file.write(Buffer.from(text, "utf8"));
    await file.sync();
  } finally {
    await file.close();
  }
}
