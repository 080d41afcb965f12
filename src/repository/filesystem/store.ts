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

/** How many small operations are in flight at once. */
const WIDTH = 32;

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

/** Calls `work` for every item, a bounded number at once; results are in the order of items. */
export async function forEachOf<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  width: number = WIDTH,
): Promise<R[]> {
  const results = Array.from<R>({ length: items.length });
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        results[index] = await work(items[index] as T);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = Array.from({ length: Math.min(width, items.length) }, lane);
  // Every lane is waited for, so that nothing still runs when the first failure is reported.
  const settled = await Promise.allSettled(lanes);
  const failure = settled.find((s) => s.status === "rejected");
  if (failure !== undefined) throw failure.reason;
  return results;
}
