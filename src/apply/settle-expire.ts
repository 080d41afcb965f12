import { isSnapformError } from "../errors/index.ts";
import type { Change } from "../ledger/change.ts";
import type { Intent } from "../ledger/state.ts";
import { repositoryOf } from "../snapshot/snapshot.ts";
import { removalOf } from "./expire.ts";
import type { LedgerSession } from "./ledger-session.ts";
import { findNative } from "./native.ts";
import { findStored } from "./stored.ts";
import { quietContext, type World } from "./world.ts";

/**
 * Looks what became of an expire. A record goes only when nothing of the snapshot is left in any of
 * its places, whole or not and whoever made it: what was adopted has another lineage, and what is
 * half deleted is still ours.
 */
export async function settleExpire(
  world: World,
  ledger: LedgerSession,
  intent: Intent,
): Promise<readonly Change[]> {
  let isGone = true;
  for (const place of intent.plan.places) {
    const name = repositoryOf(place);
    const isLeft =
      name === null
        ? await isLeftOnCluster(world, ledger, intent)
        : await isStored(world, name, intent);
    if (isLeft) isGone = false;
  }
  const { snapshotId, plan } = intent;
  return isGone ? removalOf(ledger.state, { snapshotId, ...plan }) : [];
}

/**
 * What is half deleted can be restored by nobody, and no rule would ever look at it again: the
 * delete goes to its end. One that was not begun is left to the plan.
 */
async function isLeftOnCluster(
  world: World,
  ledger: LedgerSession,
  intent: Intent,
): Promise<boolean> {
  const { cluster, collection, snapshotId: id } = intent;
  const native = await findNative(world, ledger.state, { cluster, collection, id });
  if (!native) return false;
  const isPinned = native.pinned || ledger.state.snapshots[id]?.pinned === true;
  const engine = await world.engine(cluster);
  if (native.status !== "partial" || isPinned || !engine.deleteNative) return true;
  await ledger.check();
  await engine.deleteNative(native, quietContext(world));
  return false;
}

/** A manifest that cannot be read is there all the same. */
async function isStored(world: World, name: string, intent: Intent): Promise<boolean> {
  try {
    return (await findStored(world, name, intent)) !== null;
  } catch (error) {
    if (isSnapformError(error) && error.code === "corrupt") return true;
    throw error;
  }
}
