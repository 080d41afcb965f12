import { SnapformError, isSnapformError } from "../errors/index.ts";
import type { Change } from "../ledger/change.ts";
import type { State } from "../ledger/state.ts";
import type { ExpireAction } from "../plan/action.ts";
import type { StoredSnapshot } from "../repository/repository.ts";
import { repositoryOf, type Place, type Snapshot } from "../snapshot/snapshot.ts";
import type { Outcome } from "./events.ts";
import type { Run } from "./run.ts";
import { expireVeto } from "./veto.ts";
import { contextOf } from "./world.ts";

/**
 * Removes copies of a snapshot: the manifest goes to the trash, what the cluster keeps is deleted.
 * The last look is here: at the lock, at the live inventory, at the owner in the manifest and at
 * the pin beside it.
 */
export async function expire(run: Run, action: ExpireAction): Promise<Outcome> {
  const { cluster, collection, snapshotId: id } = action;
  const snapshot = run.live.get(cluster, collection, id);
  const veto = expireVeto(action, run.live, run.survey, run.world.clock.now());
  if (veto !== null) return keep(run, action, veto);
  // Gone from here on, in the same breath as the look: of two expires side by side neither may
  // count on the snapshot that the other one removes.
  run.live.remove(cluster, collection, id, action.places);
  for (const [index, place] of action.places.entries()) {
    await run.ledger.check();
    const kept = (await restVeto(run, action, snapshot)) ?? (await expireAt(run, action, place));
    if (kept === null) continue;
    const gone = new Set(action.places.slice(0, index));
    const copies = snapshot?.copies.filter((copy) => !gone.has(copy.place)) ?? [];
    if (snapshot) run.live.put({ ...snapshot, copies });
    return keep(run, action, kept);
  }
  await run.ledger.record(...removalOf(run.ledger.state, action), {
    type: "settled",
    actionId: action.id,
  });
  return { status: "done", detail: { bytes: action.bytes } };
}

/** What the ledger learns: it is gone, or the cluster has no copy of it any more. */
export function removalOf(
  state: State,
  { snapshotId: id, places, isWhole }: Pick<ExpireAction, "snapshotId" | "places" | "isWhole">,
): readonly Change[] {
  if (isWhole) return [{ type: "snapshot-removed", id }];
  const record = state.snapshots[id];
  if (!record || !places.includes("cluster")) return [];
  return [{ type: "snapshot-recorded", record: { ...record, native: null } }];
}

async function keep(run: Run, action: ExpireAction, why: string): Promise<Outcome> {
  await run.ledger.record({ type: "settled", actionId: action.id });
  return { status: "kept", why };
}

/**
 * Why what stays cannot be relied on. A listing knows manifests only; before a copy goes for the
 * sake of another one, the files of that one are looked at as well.
 */
async function restVeto(
  run: Run,
  action: ExpireAction,
  snapshot: Snapshot | undefined,
): Promise<string | null> {
  if (action.isWhole) return null;
  const staying = (snapshot?.copies ?? []).filter(({ place }) => !action.places.includes(place));
  for (const { place, status } of staying) {
    if (status === "complete" && (await isThere(run, action, place))) return null;
  }
  return "no other copy of it is whole";
}

async function isThere(run: Run, action: ExpireAction, place: Place): Promise<boolean> {
  const { cluster, collection, snapshotId: id } = action;
  const name = repositoryOf(place);
  if (name === null) return (await run.findNative(cluster, collection, id))?.status === "complete";
  try {
    const repository = await run.world.repository(name);
    const reader = await repository.reader({ cluster, collection, id });
    const files = reader.manifest.parts.flatMap((part) => part.files);
    for (const file of files) await reader.open(file, run.world.signal);
    return true;
  } catch (error) {
    if (!isSnapformError(error)) throw error;
    if (error.code !== "corrupt" && error.code !== "not-found") throw error;
    return false;
  }
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
    if (!isOurs(run, stored)) return `its copy in ${place} is not ours to delete`;
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

/** Whether the very manifest that would go was made by this project and lineage, or adopted. */
function isOurs(run: Run, { manifest }: StoredSnapshot): boolean {
  const { project, lineage } = manifest.owner;
  if (project === run.world.desired.project && lineage === run.ledger.lineage) return true;
  const adoptedAt = run.ledger.state.snapshots[manifest.id]?.adoptedAt ?? null;
  return adoptedAt !== null;
}
