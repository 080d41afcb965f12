import { SnapformError } from "../errors/index.ts";
import type { ExpireAction } from "../plan/action.ts";
import { repositoryOf, type Place } from "../snapshot/snapshot.ts";
import type { Outcome } from "./events.ts";
import { expireVeto } from "./live.ts";
import type { Run } from "./run.ts";
import { contextOf } from "./world.ts";

/**
 * Removes copies of a snapshot: the manifest goes to the trash, what the cluster keeps is deleted.
 * The last look is here: at the lock, at the live inventory and at the pin beside the manifest.
 */
export async function expire(run: Run, action: ExpireAction): Promise<Outcome> {
  const { cluster, collection, snapshotId: id } = action;
  const veto = expireVeto(action, run.live, run.survey, run.world.clock.now());
  if (veto !== null) {
    await run.ledger.record({ type: "settled", actionId: action.id });
    return { status: "kept", why: veto };
  }
  for (const place of action.places) {
    await run.ledger.check();
    const kept = await expireAt(run, action, place);
    if (kept !== null) {
      await run.ledger.record({ type: "settled", actionId: action.id });
      return { status: "kept", why: kept };
    }
    run.live.remove(cluster, collection, id, [place]);
  }
  await run.ledger.record(...(action.isWhole ? [{ type: "snapshot-removed", id } as const] : []), {
    type: "settled",
    actionId: action.id,
  });
  return { status: "done", detail: { bytes: action.bytes } };
}

/** Removes one copy; a reason when it must stay after all. */
async function expireAt(run: Run, action: ExpireAction, place: Place): Promise<string | null> {
  const { cluster, collection, snapshotId: id } = action;
  const name = repositoryOf(place);
  if (name !== null) {
    const repository = await run.world.repository(name);
    const key = { cluster, collection, id };
    const stored = await repository.read(key);
    if (!stored) return null;
    if (stored.notes.pinned) return "it has been pinned";
    await repository.trash(key, run.world.clock.now());
    return null;
  }
  const engine = await run.world.engine(cluster);
  if (!engine.deleteNative) {
    throw new SnapformError("unimplemented", "this engine cannot delete snapshots");
  }
  const native = await run.findNative(cluster, collection, id);
  if (native === null) return null;
  if (native.pinned) return "it has been pinned";
  await engine.deleteNative(native, contextOf(run.world, action));
  return null;
}
