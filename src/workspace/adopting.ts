import { parseAddress } from "../address/address.ts";
import { SnapformError } from "../errors/index.ts";
import type { Change } from "../ledger/change.ts";
import type { LedgerSession } from "../apply/ledger-session.ts";
import type { SnapshotRecord, State } from "../ledger/state.ts";
import { survey as surveyOf } from "../plan/survey.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import { isSameCluster } from "../snapshot/identity.ts";
import { byNewest, isComplete, type Snapshot } from "../snapshot/snapshot.ts";
import { findSnapshot } from "./listing.ts";
import { nativeHandle } from "./native-handle.ts";
import { observeSession, withLedger, type Session } from "./session.ts";
import type { AdoptRequest } from "./workspace.ts";

/** What is to be adopted, newest first. */
function candidates(
  session: Session,
  request: AdoptRequest,
  inventory: Inventory,
  state: State | null,
): readonly Snapshot[] {
  if (request.ids.length > 0) return request.ids.map((id) => findSnapshot(inventory, id));
  if (!request.fromRepository) {
    throw new SnapformError("usage", "name the snapshots to adopt, or give --from-repository");
  }
  refuseUnseen(inventory);
  const { project, moved } = session.desired;
  const now = session.clock.now();
  const survey = surveyOf({ project, inventory, state, now, moved });
  return inventory.snapshots
    .filter((snapshot) => snapshot.owner?.project === project)
    .filter((snapshot) => survey.ownership(snapshot) !== "ours" || !state?.snapshots[snapshot.id])
    .toSorted(byNewest);
}

/** A repository that cannot be seen has nothing to offer, which is not the same as being empty. */
function refuseUnseen({ repositories }: Inventory): void {
  const unseen = repositories.find(({ status }) => status !== "ok" && status !== "new");
  if (!unseen) return;
  const message = unseen.problem?.message ?? `repository ${unseen.name} cannot be looked at`;
  throw new SnapformError("failed-precondition", message);
}

/**
 * Takes snapshots over into this state, so that its policies manage them. Where there is no state,
 * the lineage of the newest of them is taken up again, so that all of its snapshots are ours.
 */
export async function adopt(session: Session, request: AdoptRequest): Promise<readonly Snapshot[]> {
  checkAddress(session, request.address);
  const before = await session.store.read();
  const inventory = await observeSession(session, before);
  const offered = candidates(session, request, inventory, before);
  if (request.dryRun || offered.length === 0) return offered;
  const { project } = session.desired;
  const lineage = offered.find(({ owner }) => owner?.project === project)?.owner?.lineage;
  const lock = {
    operation: "adopt",
    timeoutMs: request.lockTimeoutMs,
    ...(lineage === undefined ? {} : { lineage }),
  };
  return withLedger(session, lock, async (ledger) => {
    const at = session.clock.now().toISOString();
    const seen = await observeSession(session, ledger.state);
    const found = candidates(session, request, seen, ledger.isUnborn ? null : ledger.state);
    // Oldest first: of several takes of one name the newest is the one that counts.
    const changes = found
      .toReversed()
      .flatMap((snapshot) => adoption(snapshot, request, seen, { at, ledger }));
    for (const { name, id } of seen.repositories) {
      if (id !== null && !ledger.state.repositories[name]) {
        changes.push({ type: "repository-seen", name, id });
      }
    }
    await ledger.record(...changes);
    return found;
  });
}

function checkAddress(session: Session, address: string | undefined): void {
  if (address === undefined) return;
  const parsed = parseAddress(address);
  const { policies, snapshots } = session.desired;
  const declared = [
    ...policies.map((policy) => `policy.${policy.name}`),
    ...snapshots.map((snapshot) => `snapshot.${snapshot.name}`),
  ];
  if (parsed && parsed.key === undefined && declared.includes(address)) return;
  throw new SnapformError("invalid-argument", `${address} is no declared policy or snapshot`, {
    hint: `Declared: ${declared.join(", ") || "none"}.`,
  });
}

function adoption(
  snapshot: Snapshot,
  request: AdoptRequest,
  inventory: Inventory,
  now: { readonly at: string; readonly ledger: LedgerSession },
): Change[] {
  const { id, cluster, collection, scheduledFor, startedAt, owner } = snapshot;
  const observed = inventory.clusters.find((entry) => entry.name === cluster)?.identity;
  const address = request.address ?? owner?.address ?? "manual";
  const isOurs = owner?.lineage === now.ledger.lineage && request.address === undefined;
  const clusterIdentity = observed ?? snapshot.clusterIdentity;
  const isSame =
    clusterIdentity === snapshot.clusterIdentity ||
    (clusterIdentity !== null &&
      snapshot.clusterIdentity !== null &&
      isSameCluster(clusterIdentity, snapshot.clusterIdentity));
  const known = now.ledger.state.snapshots[id];
  const record: SnapshotRecord = {
    id,
    cluster,
    collection,
    clusterIdentity,
    address,
    scheduledFor,
    startedAt,
    adoptedAt: isOurs && isSame ? null : now.at,
    description: snapshot.description,
    keepUntil: snapshot.keepUntil,
    native: nativeHandle(known, snapshot),
    pinned: snapshot.pinned,
  };
  const changes: Change[] = [{ type: "snapshot-recorded", record }];
  if (address.startsWith("snapshot.") && isComplete(snapshot)) {
    changes.push({ type: "taken", taken: { address, snapshotId: id, at: startedAt, take: 0 } });
  }
  return changes;
}
