import { isSnapformError, SnapformError } from "../errors/index.ts";
import type { NativeSnapshot } from "../engine/driver.ts";
import type { Change } from "../ledger/change.ts";
import type { Intent } from "../ledger/state.ts";
import { repositoryOf } from "../snapshot/snapshot.ts";
import { claim, createdChanges, type Created } from "./created-changes.ts";
import type { LedgerSession } from "./ledger-session.ts";
import { findNative } from "./native.ts";
import { findStored } from "./stored.ts";
import { quietContext, type World } from "./world.ts";

/** Looks what became of a snapshot that was begun; gives what is to be recorded of it. */
export async function settleCreate(
  world: World,
  ledger: LedgerSession,
  intent: Intent,
): Promise<readonly Change[]> {
  const [place] = intent.plan.places;
  if (place === undefined) return [];
  const at = world.clock.now().toISOString();
  const name = repositoryOf(place);
  if (name !== null) {
    const stored = await findStored(world, name, intent);
    const owner = stored?.manifest.owner;
    if (!stored || owner?.lineage !== ledger.lineage) return [];
    if (owner.project !== world.desired.project) return [];
    return createdChanges(createdOf(intent, { ...stored.manifest, native: null }), at);
  }
  const native = await resume(world, ledger, intent);
  if (native === null) return [];
  const clusterIdentity = ledger.state.clusters[intent.cluster]?.identity ?? null;
  const { startedAt, key, details } = native;
  const made = createdOf(intent, { startedAt, clusterIdentity, native: { key, details } });
  return native.status === "complete" ? createdChanges(made, at) : [claim(made)];
}

function createdOf(
  { snapshotId: id, cluster, collection, plan }: Intent,
  found: Pick<Created, "startedAt" | "clusterIdentity" | "native">,
): Created {
  const { address, scheduledFor, description, keepUntil, take } = plan;
  const { startedAt, clusterIdentity, native } = found;
  const base = { id, cluster, collection, address, scheduledFor, description, keepUntil, take };
  return { ...base, startedAt, clusterIdentity, native };
}

/**
 * What the cluster has of it. Where the server chooses the names, only the engine can tell what its
 * earlier attempt has made, by what it asked to be remembered; and it goes on from there, since
 * parts without a record would belong to nobody.
 */
async function resume(
  world: World,
  ledger: LedgerSession,
  intent: Intent,
): Promise<NativeSnapshot | null> {
  const { cluster, collection, snapshotId, actionId, details } = intent;
  const at = { cluster, collection, id: snapshotId };
  const native = await findNative(world, ledger.state, at);
  if (native?.status === "complete" || details === null) return native;
  const engine = await world.engine(cluster);
  if (!engine.createNative) {
    throw new SnapformError("unimplemented", "this engine keeps no snapshots of its own");
  }
  try {
    return await engine.createNative(
      {
        snapshotId,
        collection,
        description: intent.plan.description,
        earlier: details,
        record: (next) => ledger.record({ type: "intent-details", actionId, details: next }),
      },
      quietContext(world),
    );
  } catch (error) {
    // With its collection everything went that could have been made of it.
    if (isSnapformError(error) && error.code === "not-found") return null;
    throw error;
  }
}
