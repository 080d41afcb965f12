import { SnapformError } from "../errors/index.ts";
import type { Change } from "../ledger/change.ts";
import type { CopyAction } from "../plan/action.ts";
import { NO_NOTES, snapshotOfManifest } from "../snapshot/manifest.ts";
import { repositoryOf } from "../snapshot/snapshot.ts";
import type { OutcomeDetail } from "./events.ts";
import { moved } from "./failure.ts";
import type { LedgerSession } from "./ledger-session.ts";
import type { Run } from "./run.ts";
import { withCapture } from "./with-capture.ts";
import { contextOf } from "./world.ts";

/** Copies a snapshot from its cluster into a repository. */
export async function copy(run: Run, action: CopyAction): Promise<OutcomeDetail> {
  const { cluster, collection, snapshotId, to } = action;
  const name = repositoryOf(to);
  const engine = await run.world.engine(cluster);
  if (name === null || !engine.readNative) {
    throw new SnapformError("unimplemented", "this engine's snapshots cannot be copied out");
  }
  const repository = await run.world.makeRepository(name);
  const snapshot = run.live.get(cluster, collection, snapshotId);
  const owner = snapshot?.owner;
  if (!owner) throw moved(`snapshot ${snapshotId} is gone`);
  const context = contextOf(run.world, action);
  const native = await run.native(cluster, collection, snapshotId);
  const capture = await engine.readNative(native, context);
  return withCapture(run.world, capture, async () => {
    const { id, startedAt, scheduledFor, description, keepUntil } = snapshot;
    const identity = { id, owner, cluster, collection, engine: engine.engine, startedAt };
    const { key, details } = native;
    const kept = { scheduledFor, description, keepUntil, native: { key, details } };
    const draft = { ...identity, ...kept, ...capture.draft };
    const manifest = await repository.write({ draft, parts: capture.parts }, context);
    const at = run.world.clock.now().toISOString();
    await run.ledger.record(...coveredChanges(run.ledger, action.address, scheduledFor, at), {
      type: "settled",
      actionId: action.id,
    });
    const [copied] = snapshotOfManifest(manifest, NO_NOTES, name).copies;
    const others = snapshot.copies.filter((each) => each.place !== to);
    run.live.put({ ...snapshot, copies: copied ? [...others, copied] : others });
    return { bytes: manifest.bytes, newBytes: manifest.newBytes };
  });
}

/** With its copy in place a policy's run has succeeded, whatever went wrong before. */
export function coveredChanges(
  { state }: LedgerSession,
  address: string,
  scheduledFor: string | null,
  at: string,
): Change[] {
  if (!address.startsWith("policy.") || scheduledFor === null) return [];
  const newest = state.runs[address]?.scheduledFor ?? null;
  if (newest !== null && Date.parse(newest) > Date.parse(scheduledFor)) return [];
  return [{ type: "ran", address, run: { scheduledFor, status: "succeeded", at, error: null } }];
}
