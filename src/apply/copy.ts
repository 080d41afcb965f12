import { SnapformError } from "../errors/index.ts";
import type { Change } from "../ledger/change.ts";
import type { CopyAction } from "../plan/action.ts";
import { NO_NOTES, snapshotOfManifest } from "../snapshot/manifest.ts";
import { repositoryOf } from "../snapshot/snapshot.ts";
import type { OutcomeDetail } from "./events.ts";
import { moved } from "./failure.ts";
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
    const draft = { ...identity, scheduledFor, description, keepUntil, ...capture.draft };
    const manifest = await repository.write({ draft, parts: capture.parts }, context);
    await run.ledger.record(...coveredChanges(run, action, scheduledFor), {
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
function coveredChanges(run: Run, action: CopyAction, scheduledFor: string | null): Change[] {
  const { address } = action;
  if (!address.startsWith("policy.") || scheduledFor === null) return [];
  const newest = run.ledger.state.runs[address]?.scheduledFor ?? null;
  if (newest !== null && Date.parse(newest) > Date.parse(scheduledFor)) return [];
  const at = run.world.clock.now().toISOString();
  return [{ type: "ran", address, run: { scheduledFor, status: "succeeded", at, error: null } }];
}
