import type { Change } from "../ledger/change.ts";
import type { Intent } from "../ledger/state.ts";
import { cutOver } from "./restore.ts";
import { quietContext, type World } from "./world.ts";

/**
 * Looks what became of a restore that did not come to its end: what is not whole is cleared away,
 * what is in place is finished. Gives what is to be recorded; nothing when the target is untouched.
 */
export async function settleRestore(world: World, intent: Intent): Promise<readonly Change[]> {
  const pending = intent.plan.restore;
  if (pending === null || intent.runId === null) return [];
  const engine = await world.engine(intent.cluster);
  const context = quietContext(world);
  const { runId, collection: target, details: earlier } = intent;
  const trace = await engine.recoverRestore({ runId, target, earlier }, context);
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
