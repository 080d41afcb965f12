import { resourceOf } from "../address/address.ts";
import type { EngineDriver, NativeSnapshot } from "../engine/driver.ts";
import { SnapformError } from "../errors/index.ts";
import type { Change } from "../ledger/change.ts";
import type { CopyAction, CreateAction } from "../plan/action.ts";
import type { Repository } from "../repository/repository.ts";
import {
  NO_NOTES,
  snapshotOfManifest,
  type Manifest,
  type ManifestDraft,
} from "../snapshot/manifest.ts";
import { isComplete, repositoryOf, type Owner, type Snapshot } from "../snapshot/snapshot.ts";
import type { OutcomeDetail } from "./events.ts";
import { moved } from "./failure.ts";
import type { Run } from "./run.ts";
import { contextOf } from "./world.ts";

/** How many earlier snapshots are asked for objects that can be used again. */
const PREVIOUS = 2;

/** Makes a snapshot, on the cluster or straight into a repository. */
export async function create(run: Run, action: CreateAction): Promise<OutcomeDetail> {
  const name = repositoryOf(action.place);
  const engine = await run.world.engine(action.cluster);
  if (name === null) return createNative(run, action, engine);
  return createCaptured(run, action, engine, await run.world.repository(name));
}

function ownerOf(run: Run, action: CreateAction): Owner {
  const { project } = run.world.desired;
  return { project, lineage: run.ledger.lineage, address: resourceOf(action.address) };
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
  try {
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
  } finally {
    await capture.close();
  }
}

function draftFor(
  run: Run,
  action: CreateAction,
  engine: string,
  startedAt: string,
): Omit<
  ManifestDraft,
  "engineVersion" | "collectionIdentity" | "clusterIdentity" | "schema" | "details" | "points"
> {
  const { snapshotId, cluster, collection, scheduledFor, description, keepUntil } = action;
  const owner = ownerOf(run, action);
  const base = { id: snapshotId, owner, cluster, collection, engine, startedAt };
  return { ...base, scheduledFor, description, keepUntil };
}

async function previousManifests(
  run: Run,
  action: CreateAction,
  repository: Repository,
): Promise<readonly Manifest[]> {
  const { cluster, collection } = action;
  const candidates = run.live
    .completeOf(cluster, collection)
    .filter((snapshot) => snapshot.copies.some((copy) => copy.place === action.place))
    .filter((snapshot) => snapshot.collectionIdentity === action.collectionIdentity);
  const manifests: Manifest[] = [];
  for (const { id } of candidates.slice(0, PREVIOUS)) {
    const stored = await repository.read({ cluster, collection, id });
    if (stored && !stored.notes.damaged) manifests.push(stored.manifest);
  }
  return manifests;
}

/** The manifest is the truth; the ledger follows it. */
async function recordCreated(
  run: Run,
  action: CreateAction,
  manifest: Manifest,
  repository: Repository,
): Promise<void> {
  const snapshot = snapshotOfManifest(manifest, NO_NOTES, repository.name);
  await run.ledger.record(...createdChanges(run, action, snapshot, null));
  run.live.put(snapshot);
}

function createdChanges(
  run: Run,
  action: CreateAction,
  snapshot: Snapshot,
  nativeKey: string | null,
): Change[] {
  const at = run.world.clock.now().toISOString();
  const resource = resourceOf(action.address);
  const { snapshotId, cluster, collection, scheduledFor } = action;
  const changes: Change[] = [
    {
      type: "snapshot-recorded",
      record: {
        id: snapshotId,
        cluster,
        collection,
        clusterIdentity: snapshot.clusterIdentity,
        address: resource,
        scheduledFor,
        startedAt: snapshot.startedAt,
        adoptedAt: null,
        nativeKey,
        pinned: false,
      },
    },
    { type: "settled", actionId: action.id },
  ];
  if (resource.startsWith("policy.")) {
    const made = { scheduledFor, status: "succeeded", at, error: null } as const;
    changes.push({ type: "ran", address: action.address, run: made });
  }
  if (resource.startsWith("snapshot.")) {
    const taken = { address: resource, snapshotId, at, take: action.take };
    changes.push({ type: "taken", taken });
  }
  return changes;
}

async function createNative(
  run: Run,
  action: CreateAction,
  engine: EngineDriver,
): Promise<OutcomeDetail> {
  if (!engine.createNative) {
    throw new SnapformError("unimplemented", "this engine keeps no snapshots of its own");
  }
  const { snapshotId, collection, description } = action;
  const earlier = run.ledger.state.intents[action.id]?.details ?? null;
  const native = await engine.createNative(
    {
      snapshotId,
      collection,
      description,
      earlier,
      record: (details) =>
        run.ledger.record({ type: "intent-details", actionId: action.id, details }),
    },
    contextOf(run.world, action),
  );
  const snapshot = snapshotOfNative(run, action, native);
  if (!isComplete(snapshot)) return incomplete(run, action, engine, native, snapshot);
  await run.ledger.record(...createdChanges(run, action, snapshot, native.key));
  run.live.put(snapshot);
  return { bytes: native.bytes, newBytes: native.bytes };
}

/**
 * A part is missing. With a complete snapshot at hand the parts go at once; without one they stay,
 * recorded as ours, until there is one.
 */
async function incomplete(
  run: Run,
  action: CreateAction,
  engine: EngineDriver,
  native: NativeSnapshot,
  snapshot: Snapshot,
): Promise<never> {
  const { cluster, collection } = action;
  if (run.live.completeOf(cluster, collection).length > 0 && engine.deleteNative) {
    await run.ledger.check();
    await engine.deleteNative(native, contextOf(run.world, action));
  } else {
    const changes = createdChanges(run, action, snapshot, native.key);
    await run.ledger.record(...changes.filter((entry) => entry.type === "snapshot-recorded"));
    run.live.put(snapshot);
  }
  const missing = native.parts.filter((part) => part.status !== "complete");
  const names = missing.map((part) => part.name).join(", ");
  throw new SnapformError("partial", `the snapshot is incomplete; missing: ${names}`, {
    retryable: true,
  });
}

function snapshotOfNative(run: Run, action: CreateAction, native: NativeSnapshot): Snapshot {
  const { snapshotId, cluster, collection, scheduledFor, description, keepUntil } = action;
  const engine = run.world.desired.clusters.find((entry) => entry.name === cluster)?.engine ?? "";
  return {
    id: snapshotId,
    cluster,
    collection,
    engine,
    clusterIdentity: run.survey.cluster(cluster)?.identity ?? null,
    collectionIdentity: action.collectionIdentity,
    owner: ownerOf(run, action),
    startedAt: native.startedAt,
    finishedAt: native.finishedAt,
    scheduledFor,
    description,
    points: native.points,
    bytes: native.bytes,
    pinned: false,
    keepUntil,
    verifiedAt: null,
    copies: [{ place: "cluster", status: native.status, bytes: native.bytes, parts: native.parts }],
  };
}

/** Copies a snapshot from its cluster into a repository. */
export async function copy(run: Run, action: CopyAction): Promise<OutcomeDetail> {
  const { cluster, collection, snapshotId, to } = action;
  const name = repositoryOf(to);
  const engine = await run.world.engine(cluster);
  if (name === null || !engine.readNative) {
    throw new SnapformError("unimplemented", "this engine's snapshots cannot be copied out");
  }
  const repository = await run.world.repository(name);
  const snapshot = run.live.get(cluster, collection, snapshotId);
  if (!snapshot?.owner) throw moved(`snapshot ${snapshotId} is gone`);
  const context = contextOf(run.world, action);
  const native = await run.native(cluster, collection, snapshotId);
  const capture = await engine.readNative(native, context);
  try {
    const { id, owner, startedAt, scheduledFor, description, keepUntil } = snapshot;
    const identity = { id, owner, cluster, collection, engine: engine.engine, startedAt };
    const draft = { ...identity, scheduledFor, description, keepUntil, ...capture.draft };
    const manifest = await repository.write({ draft, parts: capture.parts }, context);
    await run.ledger.record({ type: "settled", actionId: action.id });
    const copied = snapshotOfManifest(manifest, NO_NOTES, name).copies;
    run.live.put({ ...snapshot, copies: [...snapshot.copies, ...copied] });
    return { bytes: manifest.bytes, newBytes: manifest.newBytes };
  } finally {
    await capture.close();
  }
}
