import { SnapformError } from "../errors/index.ts";
import type { LedgerSession } from "../apply/ledger-session.ts";
import { findNative } from "../apply/native.ts";
import { quietContext } from "../apply/world.ts";
import { matchCollections } from "../policy/match.ts";
import { survey as surveyOf } from "../plan/survey.ts";
import type { Repository, SnapshotKey } from "../repository/repository.ts";
import { repositoryOf, type Snapshot } from "../snapshot/snapshot.ts";
import { findSnapshot } from "./listing.ts";
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
  const base = { id, cluster, collection, clusterIdentity, scheduledFor, startedAt };
  const record = {
    ...base,
    address,
    adoptedAt: known?.adoptedAt ?? null,
    nativeKey: known?.nativeKey ?? null,
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
    for (const copy of snapshot.copies) {
      const name = repositoryOf(copy.place);
      if (name !== null) await (await world.repository(name)).note(keyOf(snapshot), { pinned });
    }
    const address = ledger.state.snapshots[snapshot.id]?.address ?? snapshot.owner?.address;
    await ledger.record(recordOf(ledger, snapshot, address ?? "manual", pinned));
    return { ...snapshot, pinned };
  });
}

function keyOf({ cluster, collection, id }: SnapshotKey): SnapshotKey {
  return { cluster, collection, id };
}

/**
 * Brings a snapshot back from the trash and pins it, since the rule that expired it would expire it
 * again.
 */
export async function undelete(
  session: Session,
  id: string,
  lockTimeoutMs: number,
): Promise<SnapshotKey> {
  const lock = { operation: "undelete", timeoutMs: lockTimeoutMs };
  return withLedger(session, lock, async (ledger) => {
    const inventory = await observeSession(session, ledger.state);
    const trashed = inventory.trash.find((entry) => entry.id === id);
    if (!trashed) {
      throw new SnapformError("not-found", `there is no snapshot ${id} in any trash`, {
        hint: "List what can be brought back with `snapform repository list`.",
      });
    }
    if (trashed.owner?.project !== session.desired.project) {
      const whose = trashed.owner?.project ?? "nobody";
      throw new SnapformError("failed-precondition", `snapshot ${id} is of project ${whose}`);
    }
    const world = worldOf(session, ledger, () => undefined);
    const repository: Repository = await world.repository(trashed.repository);
    const key = keyOf(trashed);
    const manifest = await repository.undelete(key);
    await repository.note(key, { pinned: true });
    const { cluster, collection, clusterIdentity, scheduledFor, startedAt, owner } = manifest;
    const isOurs = owner.lineage === ledger.lineage;
    const record = {
      ...{ id, cluster, collection, clusterIdentity, scheduledFor, startedAt },
      address: owner.address,
      adoptedAt: isOurs ? null : session.clock.now().toISOString(),
      nativeKey: null,
      pinned: true,
    };
    await ledger.record({ type: "snapshot-recorded", record });
    return key;
  });
}

/** Removes every snapshot of a collection that nothing declares, the newest one included. */
export async function purge(
  session: Session,
  cluster: string,
  collection: string,
  options: { readonly confirm: string; readonly lockTimeoutMs: number },
): Promise<readonly SnapshotKey[]> {
  const name = `${cluster}/${collection}`;
  if (options.confirm !== name) {
    throw new SnapformError("usage", `purge needs --confirm ${name}`, {
      hint: "It removes every snapshot of the collection, the newest one included.",
    });
  }
  refuseDeclared(session, cluster, collection);
  const lock = { operation: "purge", timeoutMs: options.lockTimeoutMs };
  return withLedger(session, lock, async (ledger) => {
    const inventory = await observeSession(session, ledger.state);
    const { project, moved } = session.desired;
    const now = session.clock.now();
    const survey = surveyOf({ project, inventory, state: ledger.state, now, moved });
    const snapshots = [
      ...survey.snapshotsOf(cluster, collection),
      ...survey.futureOf(cluster, collection),
    ].filter((snapshot) => survey.ownership(snapshot) === "ours");
    const pinned = snapshots.filter((snapshot) => snapshot.pinned);
    if (pinned.length > 0) {
      const ids = pinned.map((snapshot) => snapshot.id).join(", ");
      throw new SnapformError("failed-precondition", `pinned snapshots are in the way: ${ids}`, {
        hint: "Unpin them first with `snapform unpin ID`.",
      });
    }
    for (const snapshot of snapshots) await purgeOne(session, ledger, snapshot);
    return snapshots.map(keyOf);
  });
}

function refuseDeclared(session: Session, cluster: string, collection: string): void {
  const { policies, snapshots, restores } = session.desired;
  const isHere = (entry: { readonly cluster: string; readonly collection: string }): boolean =>
    entry.cluster === cluster && entry.collection === collection;
  const declaring = [
    ...policies
      .filter((policy) => policy.cluster === cluster)
      .filter((policy) => matchCollections(policy.collections, [collection]).length > 0)
      .map((policy) => `policy.${policy.name}`),
    ...snapshots.filter(isHere).map((entry) => `snapshot.${entry.name}`),
    ...restores.filter((entry) => isHere(entry.from)).map((entry) => `restore.${entry.name}`),
  ];
  if (declaring.length === 0) return;
  const list = declaring.join(", ");
  throw new SnapformError(
    "failed-precondition",
    `${cluster}/${collection} is still declared by ${list}`,
    { hint: "Only what nothing declares any more can be purged. Take it out of the file first." },
  );
}

async function purgeOne(
  session: Session,
  ledger: LedgerSession,
  snapshot: Snapshot,
): Promise<void> {
  const world = worldOf(session, ledger, () => undefined);
  const { id, cluster, collection } = snapshot;
  for (const copy of snapshot.copies) {
    await ledger.check();
    const name = repositoryOf(copy.place);
    if (name !== null) {
      const repository = await world.repository(name);
      await repository.trash(keyOf(snapshot), session.clock.now());
      continue;
    }
    const native = await findNative(world, ledger.state, { cluster, collection, id });
    const engine = await world.engine(cluster);
    if (native) await engine.deleteNative?.(native, quietContext(world));
  }
  await ledger.record({ type: "snapshot-removed", id });
}
