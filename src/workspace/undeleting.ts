import type { LedgerSession } from "../apply/ledger-session.ts";
import { SnapformError } from "../errors/index.ts";
import type { SnapshotRecord } from "../ledger/state.ts";
import type { SnapshotKey } from "../repository/repository.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import { repositoryOf, type Owner } from "../snapshot/snapshot.ts";
import { observeSession, withLedger, worldOf, type Session } from "./session.ts";

/** Where a snapshot can be brought back from, or was by an attempt that was interrupted. */
interface Deleted extends SnapshotKey {
  readonly repository: string;
  readonly owner: Owner | null;
  readonly startedAt: string;
}

function find(inventory: Inventory, id: string): Deleted {
  const trashed = inventory.trash.find((entry) => entry.id === id);
  if (trashed) return trashed;
  for (const snapshot of inventory.snapshots) {
    const [name] = snapshot.copies.flatMap((copy) => repositoryOf(copy.place) ?? []);
    if (snapshot.id === id && name !== undefined) return { ...snapshot, repository: name };
  }
  throw new SnapformError("not-found", `there is no snapshot ${id} in any trash`, {
    hint: "List what can be brought back with `snapform repository list`.",
  });
}

/**
 * Brings a snapshot back from the trash and pins it, since the rule that expired it would expire it
 * again. The pin is recorded first, so that no apply in between can take the snapshot away again;
 * of one that is there already the rest is done.
 */
export async function undelete(
  session: Session,
  id: string,
  lockTimeoutMs: number,
): Promise<SnapshotKey> {
  const lock = { operation: "undelete", timeoutMs: lockTimeoutMs };
  return withLedger(session, lock, async (ledger) => {
    const inventory = await observeSession(session, ledger.state);
    const deleted = find(inventory, id);
    const { owner, cluster, collection, repository: name } = deleted;
    if (owner?.project !== session.desired.project) {
      const whose = owner?.project ?? "nobody";
      throw new SnapformError("failed-precondition", `snapshot ${id} is of project ${whose}`);
    }
    const world = worldOf(session, ledger, () => undefined);
    const repository = await world.repository(name);
    const key = { cluster, collection, id };
    const known = ledger.state.snapshots[id];
    const record = recordOf(session, ledger, deleted, owner);
    await ledger.record({ type: "snapshot-recorded", record });
    try {
      const found = await repository.undelete(key);
      const { clusterIdentity, scheduledFor, description, keepUntil, native } = found;
      await repository.note(key, { pinned: true });
      const rest = { description, keepUntil, native: record.native ?? native };
      const whole = { ...record, clusterIdentity, scheduledFor, ...rest };
      await ledger.record({ type: "snapshot-recorded", record: whole });
    } catch (error) {
      // One that cannot be brought back leaves no claim behind, if it left none before.
      if (!known && !(await repository.read(key).catch(() => deleted))) {
        await ledger.record({ type: "snapshot-removed", id });
      }
      throw error;
    }
    return key;
  });
}

function recordOf(
  session: Session,
  ledger: LedgerSession,
  { id, cluster, collection, startedAt }: Deleted,
  owner: Owner,
): SnapshotRecord {
  const known = ledger.state.snapshots[id];
  const isOurs = owner.lineage === ledger.lineage;
  return {
    id,
    cluster,
    collection,
    clusterIdentity: known?.clusterIdentity ?? null,
    scheduledFor: known?.scheduledFor ?? null,
    startedAt,
    address: known?.address ?? owner.address,
    adoptedAt: known?.adoptedAt ?? (isOurs ? null : session.clock.now().toISOString()),
    description: known?.description ?? null,
    keepUntil: known?.keepUntil ?? null,
    native: known?.native ?? null,
    pinned: true,
  };
}
