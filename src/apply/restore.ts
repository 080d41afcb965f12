import type { EngineDriver, RestoreRequest, RestoreResult } from "../engine/driver.ts";
import { SnapformError } from "../errors/index.ts";
import type { RestoreRecord } from "../ledger/state.ts";
import type { RestoreAction } from "../plan/action.ts";
import { repositoryOf } from "../snapshot/snapshot.ts";
import type { OutcomeDetail } from "./events.ts";
import type { Run } from "./run.ts";
import { contextOf } from "./world.ts";

/** What the ledger will hold of a restore; kept in the intent, so that recovery can finish it. */
export function pendingRecord(run: Run, action: RestoreAction): RestoreRecord {
  return {
    address: action.address,
    snapshotId: action.snapshotId,
    cluster: action.cluster,
    collection: action.collection,
    alias: action.alias,
    targetIdentity: null,
    procedure: action.procedure,
    at: run.world.clock.now().toISOString(),
    check: action.check,
    wish: action.wish,
    undo: null,
  };
}

async function sourceOf(run: Run, action: RestoreAction): Promise<RestoreRequest["source"]> {
  const { from, snapshotId: id } = action;
  const { cluster, collection } = from;
  const name = repositoryOf(from.place);
  if (name === null) {
    const snapshot = await run.native(cluster, collection, id);
    return { kind: "native", snapshot, collection };
  }
  const repository = await run.world.repository(name);
  const reader = await repository.reader({ cluster, collection, id });
  return { kind: "repository", reader };
}

/** Restores a snapshot into its target, checks it, and moves the alias where one is declared. */
export async function restore(
  run: Run,
  action: RestoreAction,
  runId: string,
): Promise<OutcomeDetail> {
  const engine = await run.world.engine(action.cluster);
  const context = contextOf(run.world, action);
  const source = await sourceOf(run, action);
  const result = await engine.restore(
    {
      runId,
      source,
      target: action.collection,
      procedure: action.procedure,
      expectedIdentity: action.targetIdentity,
      check: action.check,
      route: action.route,
      aliases: action.aliases,
      earlier: run.ledger.state.intents[action.id]?.details ?? null,
      record: (details) =>
        run.ledger.record({ type: "intent-details", actionId: action.id, details }),
    },
    context,
  );
  const undo = (await cutOver(engine, action, result, context)) ?? savedBefore(run, action);
  const record = { ...pendingRecord(run, action), targetIdentity: result.targetIdentity };
  await run.ledger.record(
    { type: "restored", restore: { ...record, check: result.check.level, undo } },
    { type: "settled", actionId: action.id },
  );
  return {
    // Of one that this very plan made nobody knew the size.
    bytes: Math.max(action.bytes, result.copiedBytes),
    newBytes: result.copiedBytes,
    check: result.check,
    ...(undo === null ? {} : { undo }),
  };
}

/** What was saved of the target is a way back even where the engine knows none. */
function savedBefore(run: Run, action: RestoreAction): string | null {
  const { address, cluster, collection, dependsOn } = action;
  const saved = Object.values(run.ledger.state.snapshots).find(
    (each) =>
      each.address === address && dependsOn.includes(createId(each.id, cluster, collection)),
  );
  return saved ? `Restore snapshot ${saved.id} over it; it holds what was there before.` : null;
}

function createId(snapshotId: string, cluster: string, collection: string): string {
  return `create:${snapshotId}@${cluster}/${collection}`;
}

/** Moves the alias after the check has passed; the former target stays for undo. */
export async function cutOver(
  engine: EngineDriver,
  action: Pick<RestoreAction, "alias" | "collection">,
  result: Pick<RestoreResult, "undo">,
  context: Parameters<EngineDriver["observe"]>[0],
): Promise<string | null> {
  if (action.alias === null) return result.undo;
  if (!engine.moveAlias) throw new SnapformError("unimplemented", "this engine has no aliases");
  const former = await engine.moveAlias(action.alias, action.collection, context);
  // Moved already by an attempt that was interrupted: what it pointed at before nobody knows now.
  if (former === null || former === action.collection) return result.undo;
  return `Alias ${action.alias} pointed at ${former} before.`;
}
