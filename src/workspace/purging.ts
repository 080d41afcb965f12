import type { LedgerSession } from "../apply/ledger-session.ts";
import { findNative } from "../apply/native.ts";
import { quietContext } from "../apply/world.ts";
import { SnapformError } from "../errors/index.ts";
import { survey as surveyOf } from "../plan/survey.ts";
import { matchCollections } from "../policy/match.ts";
import type { SnapshotKey } from "../repository/repository.ts";
import { repositoryOf, type Snapshot } from "../snapshot/snapshot.ts";
import { keyOf } from "./keeping.ts";
import { refuseBlind } from "./refuse-blind.ts";
import { observeSession, withLedger, worldOf, type Session } from "./session.ts";

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
    refuseBlind(inventory);
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
    await forgetPurged(ledger, inventory.snapshots, { cluster, collection });
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

/** Records of what an interrupted purge has removed, so that the ledger holds no ghosts. */
async function forgetPurged(
  ledger: LedgerSession,
  existing: readonly Snapshot[],
  { cluster, collection }: Pick<SnapshotKey, "cluster" | "collection">,
): Promise<void> {
  const there = new Set(existing.map((snapshot) => snapshot.id));
  const gone = Object.values(ledger.state.snapshots)
    .filter((record) => record.cluster === cluster && record.collection === collection)
    .filter((record) => !there.has(record.id));
  await ledger.record(...gone.map(({ id }) => ({ type: "snapshot-removed", id }) as const));
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
