import { SnapformError } from "../errors/index.ts";
import type { LedgerSession } from "../apply/ledger-session.ts";
import type { SnapshotKey } from "../repository/repository.ts";
import { repositoryOf, type Snapshot } from "../snapshot/snapshot.ts";
import { findSnapshot } from "./listing.ts";
import { nativeHandle } from "./native-handle.ts";
import { refuseBlind } from "./refuse-blind.ts";
import { observeSession, withLedger, worldOf, type Session } from "./session.ts";

/**
 * Takes a snapshot out of the care of whatever made it: it stays, and no rule expires it, until it
 * is adopted again.
 */
export async function forget(
  session: Session,
  id: string,
  lockTimeoutMs: number,
): Promise<Snapshot | null> {
  return withLedger(session, { operation: "forget", timeoutMs: lockTimeoutMs }, async (ledger) => {
    const inventory = await observeSession(session, ledger.state);
    const record = ledger.state.snapshots[id];
    if (record && !inventory.snapshots.some((snapshot) => snapshot.id === id)) {
      // In what cannot be seen it may lie all the same, and would come back as its policy's.
      refuseBlind(inventory);
      await ledger.record({ type: "snapshot-removed", id });
      return null;
    }
    const snapshot = ownSnapshot(session, ledger, findSnapshot(inventory, id));
    await ledger.record(recordOf(ledger, snapshot, "manual", snapshot.pinned));
    return snapshot;
  });
}

function ownSnapshot(session: Session, ledger: LedgerSession, snapshot: Snapshot): Snapshot {
  const { project } = session.desired;
  const isRecorded = ledger.state.snapshots[snapshot.id] !== undefined;
  const { owner } = snapshot;
  if (isRecorded || (owner?.project === project && owner.lineage === ledger.lineage)) {
    return snapshot;
  }
  const whose = owner === null ? "snapform did not make it" : `it is of project ${owner.project}`;
  throw new SnapformError("failed-precondition", `snapshot ${snapshot.id} is not ours: ${whose}`, {
    hint: "Take it over first with `snapform adopt ID`.",
  });
}

function recordOf(ledger: LedgerSession, snapshot: Snapshot, address: string, pinned: boolean) {
  const known = ledger.state.snapshots[snapshot.id];
  const { id, cluster, collection, clusterIdentity, scheduledFor, startedAt } = snapshot;
  const { description, keepUntil } = snapshot;
  const base = { id, cluster, collection, clusterIdentity, scheduledFor, startedAt };
  const record = {
    ...base,
    address,
    adoptedAt: known?.adoptedAt ?? null,
    description,
    keepUntil,
    native: nativeHandle(known, snapshot),
    pinned,
  };
  return { type: "snapshot-recorded", record } as const;
}

/** Pins or unpins a snapshot: the flag lies beside every copy's manifest, and in the state. */
export async function pin(
  session: Session,
  id: string,
  pinned: boolean,
  lockTimeoutMs: number,
): Promise<Snapshot> {
  return withLedger(session, { operation: "pin", timeoutMs: lockTimeoutMs }, async (ledger) => {
    const inventory = await observeSession(session, ledger.state);
    const snapshot = ownSnapshot(session, ledger, findSnapshot(inventory, id));
    const world = worldOf(session, ledger, () => undefined);
    const address = ledger.state.snapshots[snapshot.id]?.address ?? snapshot.owner?.address;
    const record = recordOf(ledger, snapshot, address ?? "manual", pinned);
    // Between the two steps it is pinned, whichever way it goes.
    if (pinned) await ledger.record(record);
    for (const copy of snapshot.copies) {
      const name = repositoryOf(copy.place);
      if (name !== null) await (await world.repository(name)).note(keyOf(snapshot), { pinned });
    }
    if (!pinned) await ledger.record(record);
    return { ...snapshot, pinned };
  });
}

/** What names a snapshot in a repository, without the rest of it. */
export function keyOf({ cluster, collection, id }: SnapshotKey): SnapshotKey {
  return { cluster, collection, id };
}
