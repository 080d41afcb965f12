import type { Capture, EngineDriver } from "../engine/driver.ts";
import { isSnapformError, SnapformError } from "../errors/index.ts";
import type { CreateAction } from "../plan/action.ts";
import type { Repository } from "../repository/repository.ts";
import {
  NO_NOTES,
  snapshotOfManifest,
  type Manifest,
  type ManifestDraft,
} from "../snapshot/manifest.ts";
import { repositoryOf, type Snapshot } from "../snapshot/snapshot.ts";
import { createdChanges, createdOf, ownerOf } from "./created-changes.ts";
import { createNative } from "./create-native.ts";
import type { OutcomeDetail } from "./events.ts";
import { moved } from "./failure.ts";
import type { Run } from "./run.ts";
import { withCapture } from "./with-capture.ts";
import { contextOf } from "./world.ts";

/** How many earlier snapshots are asked for objects that can be used again. */
const PREVIOUS = 2;

/** Makes a snapshot, on the cluster or straight into a repository. */
export async function create(run: Run, action: CreateAction): Promise<OutcomeDetail> {
  const name = repositoryOf(action.place);
  const engine = await run.world.engine(action.cluster);
  if (name === null) return createNative(run, action, engine);
  return createCaptured(run, action, engine, await run.world.makeRepository(name));
}

async function createCaptured(
  run: Run,
  action: CreateAction,
  engine: EngineDriver,
  repository: Repository,
): Promise<OutcomeDetail> {
  const { snapshotId, cluster, collection } = action;
  if (!engine.capture) throw new SnapformError("unimplemented", "this engine cannot be captured");
  const context = contextOf(run.world, action);
  const previous = await previousManifests(run, action, repository);
  const startedAt = run.world.clock.now().toISOString();
  const capture = await engine.capture({ snapshotId, collection, previous }, context);
  return withCapture(run.world, capture, async () => {
    const { draft, parts } = capture;
    if (draft.collectionIdentity !== action.collectionIdentity) {
      throw moved(`collection ${cluster}/${collection} was dropped and made anew`);
    }
    const manifest = await repository.write(
      { draft: { ...draftFor(run, action, engine.engine, startedAt), ...draft }, parts },
      context,
    );
    await recordCreated(run, action, manifest, repository);
    return { bytes: manifest.bytes, newBytes: manifest.newBytes };
  });
}

function draftFor(
  run: Run,
  action: CreateAction,
  engine: string,
  startedAt: string,
): Omit<ManifestDraft, keyof Capture["draft"]> {
  const { snapshotId, cluster, collection, scheduledFor, description, keepUntil } = action;
  const owner = ownerOf(run, action);
  const base = { id: snapshotId, owner, cluster, collection, engine, startedAt };
  return { ...base, scheduledFor, description, keepUntil, native: null };
}

async function previousManifests(
  run: Run,
  action: CreateAction,
  repository: Repository,
): Promise<readonly Manifest[]> {
  const { cluster, collection } = action;
  const manifests: Manifest[] = [];
  let askedCount = 0;
  for (const snapshot of run.live.completeOf(cluster, collection, run.world.clock.now())) {
    const isThere = snapshot.copies.some((copy) => copy.place === action.place);
    if (!isThere || snapshot.collectionIdentity !== action.collectionIdentity) continue;
    if ((askedCount += 1) > PREVIOUS) break;
    const manifest = await previousManifest(repository, snapshot);
    if (manifest) manifests.push(manifest);
  }
  return manifests;
}

/** An earlier snapshot that is damaged saves no work; it is no reason to make no new one. */
async function previousManifest(
  repository: Repository,
  { cluster, collection, id }: Snapshot,
): Promise<Manifest | null> {
  try {
    const stored = await repository.read({ cluster, collection, id });
    return stored && !stored.notes.damaged ? stored.manifest : null;
  } catch (error) {
    if (isSnapformError(error) && error.code === "corrupt") return null;
    throw error;
  }
}

/** The manifest is the truth; the ledger follows it. */
async function recordCreated(
  run: Run,
  action: CreateAction,
  manifest: Manifest,
  repository: Repository,
): Promise<void> {
  const snapshot = snapshotOfManifest(manifest, NO_NOTES, repository.name);
  const at = run.world.clock.now().toISOString();
  await run.ledger.record(...createdChanges(createdOf(action, snapshot), at), {
    type: "settled",
    actionId: action.id,
  });
  run.live.put(snapshot);
}
