import { resourceOf } from "../address/address.ts";
import type { Change } from "../ledger/change.ts";
import type { Intent } from "../ledger/state.ts";
import { repositoryOf, type Place } from "../snapshot/snapshot.ts";
import { cutOver } from "./restore.ts";
import type { LedgerSession } from "./ledger-session.ts";
import { findNative } from "./native.ts";
import { quietContext, type World } from "./world.ts";

/**
 * Settles what an interrupted apply began: finds out for each intent whether its effect happened,
 * records it if it did, and clears away what is not whole. Doing it twice does no harm.
 */
export async function recover(world: World, ledger: LedgerSession): Promise<void> {
  for (const intent of Object.values(ledger.state.intents)) {
    const changes = await settle(world, ledger, intent);
    await ledger.record(...changes, { type: "settled", actionId: intent.actionId });
    if (changes.length > 0) {
      const what = `${intent.kind} of ${intent.snapshotId} (${intent.cluster}/${intent.collection})`;
      world.emit({ type: "recovered", text: `${what} had been finished before the interruption` });
    }
  }
}

async function settle(
  world: World,
  ledger: LedgerSession,
  intent: Intent,
): Promise<readonly Change[]> {
  switch (intent.kind) {
    case "create":
      return settleCreate(world, ledger, intent);
    case "restore":
      return settleRestore(world, intent);
    case "expire":
      return settleExpire(world, ledger, intent);
    case "copy":
      // A copy is its manifest, which the next look at the repository finds or does not find.
      return [];
  }
}

async function isAt(
  world: World,
  ledger: LedgerSession,
  intent: Intent,
  place: Place,
): Promise<{
  readonly startedAt: string;
  readonly identity: string | null;
  readonly nativeKey: string | null;
} | null> {
  const { cluster, collection, snapshotId: id } = intent;
  const name = repositoryOf(place);
  if (name !== null) {
    const repository = await world.repository(name);
    const stored = await repository.read({ cluster, collection, id });
    if (!stored || stored.manifest.owner.lineage !== ledger.lineage) return null;
    const { startedAt, clusterIdentity } = stored.manifest;
    return { startedAt, identity: clusterIdentity, nativeKey: null };
  }
  const native = await findNative(world, ledger.state, { cluster, collection, id });
  if (!native || native.status !== "complete") return null;
  return { startedAt: native.startedAt, identity: null, nativeKey: native.key };
}

async function settleCreate(
  world: World,
  ledger: LedgerSession,
  intent: Intent,
): Promise<readonly Change[]> {
  const { cluster, collection, snapshotId, plan } = intent;
  const [place] = plan.places;
  const found = place === undefined ? null : await isAt(world, ledger, intent, place);
  if (!found) return [];
  const at = world.clock.now().toISOString();
  const { address, scheduledFor, take } = plan;
  const resource = resourceOf(address);
  const record = {
    id: snapshotId,
    cluster,
    collection,
    clusterIdentity: found.identity,
    address: resource,
    scheduledFor,
    startedAt: found.startedAt,
    adoptedAt: null,
    nativeKey: found.nativeKey,
    pinned: false,
  };
  const changes: Change[] = [{ type: "snapshot-recorded", record }];
  if (resource.startsWith("policy.")) {
    const run = { scheduledFor, status: "succeeded", at, error: null } as const;
    changes.push({ type: "ran", address, run });
  }
  if (resource.startsWith("snapshot.")) {
    changes.push({ type: "taken", taken: { address: resource, snapshotId, at, take } });
  }
  return changes;
}

async function settleRestore(world: World, intent: Intent): Promise<readonly Change[]> {
  const pending = intent.plan.restore;
  if (pending === null || intent.runId === null) return [];
  const engine = await world.engine(intent.cluster);
  const context = quietContext(world);
  const trace = await engine.recoverRestore(intent.runId, intent.collection, context);
  if (trace.kind !== "finished") {
    if (trace.kind === "cleaned") {
      const where = `${intent.cluster}/${intent.collection}`;
      const text = `an interrupted restore into ${where} has been cleared away`;
      world.emit({ type: "recovered", text });
    }
    return [];
  }
  const undo = await cutOver(engine, pending, { undo: pending.undo }, context);
  const restore = { ...pending, targetIdentity: trace.targetIdentity, undo };
  return [{ type: "restored", restore }];
}

async function settleExpire(
  world: World,
  ledger: LedgerSession,
  intent: Intent,
): Promise<readonly Change[]> {
  for (const place of intent.plan.places) {
    if (await isAt(world, ledger, intent, place)) return [];
  }
  return intent.plan.isWhole ? [{ type: "snapshot-removed", id: intent.snapshotId }] : [];
}
