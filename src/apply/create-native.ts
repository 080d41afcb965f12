import type { EngineDriver, NativeSnapshot } from "../engine/driver.ts";
import { SnapformError } from "../errors/index.ts";
import type { CreateAction } from "../plan/action.ts";
import { isComplete, type Snapshot } from "../snapshot/snapshot.ts";
import { claim, createdChanges, createdOf, ownerOf } from "./created-changes.ts";
import type { OutcomeDetail } from "./events.ts";
import type { Run } from "./run.ts";
import { contextOf } from "./world.ts";

/** Makes a snapshot on the cluster, or goes on with one that an earlier attempt has begun. */
export async function createNative(
  run: Run,
  action: CreateAction,
  engine: EngineDriver,
): Promise<OutcomeDetail> {
  if (!engine.createNative) {
    throw new SnapformError("unimplemented", "this engine keeps no snapshots of its own");
  }
  const { snapshotId, collection, description, id: actionId } = action;
  const earlier = run.ledger.state.intents[actionId]?.details ?? null;
  const native = await engine.createNative(
    {
      snapshotId,
      collection,
      description,
      earlier,
      record: (details) => run.ledger.record({ type: "intent-details", actionId, details }),
    },
    contextOf(run.world, action),
  );
  const snapshot = snapshotOfNative(run, action, native);
  if (!isComplete(snapshot)) return incomplete(run, action, engine, native, snapshot);
  const at = run.world.clock.now().toISOString();
  const changes = createdChanges(createdOf(action, snapshot), at);
  await run.ledger.record(...changes, { type: "settled", actionId });
  run.live.put(snapshot);
  return { bytes: native.bytes, newBytes: native.bytes };
}

/**
 * A part is missing. What is there is ours from now on, so that it is never lost sight of. With a
 * complete snapshot at hand it goes at once; without one it stays until there is one.
 */
async function incomplete(
  run: Run,
  action: CreateAction,
  engine: EngineDriver,
  native: NativeSnapshot,
  snapshot: Snapshot,
): Promise<never> {
  const { cluster, collection, snapshotId, id: actionId } = action;
  const whole = [...run.live.completeOf(cluster, collection, run.world.clock.now())];
  await run.ledger.record(claim(createdOf(action, snapshot)), {
    type: "settled",
    actionId,
  });
  run.live.put(snapshot);
  if (whole.length > 0 && native.status === "partial" && engine.deleteNative) {
    await run.ledger.check();
    await engine.deleteNative(native, contextOf(run.world, action));
    await run.ledger.record({ type: "snapshot-removed", id: snapshotId });
    run.live.remove(cluster, collection, snapshotId, ["cluster"]);
  }
  const missing = native.parts.filter((part) => part.status !== "complete");
  const names = missing.map((part) => part.name).join(", ");
  const why = (native.failures ?? []).map((failure) => `; ${failure}`).join("");
  throw new SnapformError("partial", `the snapshot is incomplete; missing: ${names}${why}`, {
    retryable: true,
  });
}

function snapshotOfNative(run: Run, action: CreateAction, native: NativeSnapshot): Snapshot {
  const { snapshotId, cluster, collection, scheduledFor, description, keepUntil } = action;
  const engine = run.world.desired.clusters.find((entry) => entry.name === cluster)?.engine ?? "";
  return {
    id: snapshotId,
    cluster,
    collection,
    engine,
    clusterIdentity: run.survey.cluster(cluster)?.identity ?? null,
    collectionIdentity: action.collectionIdentity,
    owner: ownerOf(run, action),
    startedAt: native.startedAt,
    finishedAt: native.finishedAt,
    scheduledFor,
    description,
    points: native.points,
    layout: native.layout,
    native: { key: native.key, details: native.details },
    bytes: native.bytes,
    pinned: false,
    keepUntil,
    verifiedAt: null,
    copies: [{ place: "cluster", status: native.status, bytes: native.bytes, parts: native.parts }],
  };
}
