import { repositoryOf } from "../snapshot/snapshot.ts";
import { SnapformError } from "../errors/index.ts";
import type { Change } from "../ledger/change.ts";
import type { Intent } from "../ledger/state.ts";
import { coveredChanges } from "./copy.ts";
import { failureOf, isCancellation, isFatal } from "./failure.ts";
import type { LedgerSession } from "./ledger-session.ts";
import { settleCreate } from "./settle-create.ts";
import { settleExpire } from "./settle-expire.ts";
import { settleRestore } from "./settle-restore.ts";
import { findStored } from "./stored.ts";
import type { World } from "./world.ts";

/**
 * Settles what an interrupted apply began: finds out for each intent whether its effect happened,
 * records it if it did, and clears away what is not whole. Doing it twice does no harm. What cannot
 * be looked at now stays open for the next apply, and stands in nobody else's way.
 */
export async function recover(world: World, ledger: LedgerSession): Promise<void> {
  for (const intent of Object.values(ledger.state.intents)) {
    const { kind, snapshotId, cluster, collection, actionId } = intent;
    if (world.signal.aborted) throw new SnapformError("cancelled", "cancelled while recovering");
    const what = `${kind} of ${snapshotId} (${cluster}/${collection})`;
    let changes: readonly Change[];
    try {
      changes = await settle(world, ledger, intent);
    } catch (error) {
      if (isFatal(error) || isCancellation(error, world.signal)) throw error;
      if (ledger.failure !== null) throw ledger.failure.error;
      const why = failureOf(error).message;
      const way = `the next apply looks again; \`snapform state rm ${actionId}\` gives it up`;
      world.emit({ type: "warning", text: `interrupted ${what} is not settled: ${why}; ${way}` });
      continue;
    }
    await ledger.record(...changes, { type: "settled", actionId });
    if (changes.length === 0) continue;
    world.emit({ type: "recovered", text: `${what} had been interrupted and is finished` });
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
      return settleCopy(world, ledger, intent);
  }
}

/** A copy is its manifest, which the next look at the repository finds or does not find. */
async function settleCopy(
  world: World,
  ledger: LedgerSession,
  intent: Intent,
): Promise<readonly Change[]> {
  const name = repositoryOf(intent.plan.places[0] ?? "cluster");
  const stored = name === null ? null : await findStored(world, name, intent);
  if (!stored) return [];
  const at = world.clock.now().toISOString();
  return coveredChanges(ledger, intent.plan.address, stored.manifest.scheduledFor, at);
}
