import { isSnapformError } from "../errors/index.ts";
import type { Intent } from "../ledger/state.ts";
import type { StoredSnapshot } from "../repository/repository.ts";
import type { World } from "./world.ts";

/** What a repository holds of an intent's snapshot; null also when there is no repository yet. */
export async function findStored(
  world: World,
  name: string,
  { cluster, collection, snapshotId: id }: Intent,
): Promise<StoredSnapshot | null> {
  try {
    return await (await world.repository(name)).read({ cluster, collection, id });
  } catch (error) {
    if (isSnapformError(error) && error.code === "not-found") return null;
    throw error;
  }
}
