import type { Desired, DesiredCluster, DesiredRepository } from "../desired/desired.ts";
import type { EngineContext, EngineDriver, NativeSnapshot } from "../engine/driver.ts";
import { isSnapformError } from "../errors/index.ts";
import type { SnapshotRecord, State } from "../ledger/state.ts";
import type { Inventory, ObservedCluster, ObservedRepository } from "../snapshot/inventory.ts";
import { snapshotOfManifest } from "../snapshot/manifest.ts";
import type { Snapshot, SnapshotCopy, TrashedSnapshot } from "../snapshot/snapshot.ts";
import type { Resources } from "./resources.ts";

export interface ObserveRequest {
  readonly desired: Desired;
  readonly state: State | null;
  readonly resources: Resources;
  readonly context: EngineContext;
  readonly at: Date;
}

interface RepositoryView {
  readonly observed: ObservedRepository;
  readonly snapshots: readonly Snapshot[];
  readonly trash: readonly TrashedSnapshot[];
}

interface ClusterView {
  readonly observed: ObservedCluster;
  readonly native: readonly NativeSnapshot[];
}

/** Looks at every cluster and repository of the configuration. Writes nothing. */
export async function observe(request: ObserveRequest): Promise<Inventory> {
  const { desired, at } = request;
  const [clusters, repositories] = await Promise.all([
    Promise.all(desired.clusters.map((cluster) => observeCluster(request, cluster))),
    Promise.all(desired.repositories.map((entry) => observeRepository(request, entry))),
  ]);
  return Object.freeze({
    observedAt: at.toISOString(),
    clusters: clusters.map((view) => view.observed),
    repositories: repositories.map((view) => view.observed),
    snapshots: mergeSnapshots(request, clusters, repositories),
    trash: repositories.flatMap((view) => view.trash),
  });
}

function problemOf(error: unknown): { readonly code: string; readonly message: string } {
  if (isSnapformError(error)) return { code: error.code, message: error.message };
  throw error;
}

async function observeCluster(
  request: ObserveRequest,
  cluster: DesiredCluster,
): Promise<ClusterView> {
  const { name, engine } = cluster;
  const capabilities = request.resources.capabilities(cluster);
  try {
    const driver: EngineDriver = await request.resources.engine(name);
    const { identity, version, collections } = await driver.observe(request.context);
    const names = collections.map((collection) => collection.name);
    const isNative = capabilities.create === "native";
    const native = isNative ? await driver.listNative(names, request.context) : [];
    const base = { name, engine, identity, version, capabilities, collections };
    return { observed: { ...base, reachable: true, problem: null }, native };
  } catch (error) {
    // A look that was told to stop has seen nothing; that is no fact about the cluster.
    if (request.context.signal.aborted) throw error;
    const base = { name, engine, identity: null, version: null, capabilities, collections: [] };
    return { observed: { ...base, reachable: false, problem: problemOf(error) }, native: [] };
  }
}

async function observeRepository(
  request: ObserveRequest,
  wanted: DesiredRepository,
): Promise<RepositoryView> {
  const { name, undoMs } = wanted;
  const expectedId = request.state?.repositories[name]?.id ?? null;
  const seen = await request.resources.observeRepository(name, expectedId);
  const base = { name, undoMs, id: seen.id };
  if (seen.status !== "ok") {
    const observed = { ...base, status: seen.status, problem: seen.problem };
    return { observed, snapshots: [], trash: [] };
  }
  try {
    const repository = await request.resources.repository(name, { expectedId, create: false });
    const listing = await repository.list();
    const snapshots = listing.snapshots.map(({ manifest, notes }) =>
      snapshotOfManifest(manifest, notes, name),
    );
    const [damage] = listing.damage;
    const problem = damage
      ? { code: "corrupt", message: `${listing.damage.length} damaged: ${damage.detail}` }
      : null;
    return { observed: { ...base, status: "ok", problem }, snapshots, trash: listing.trash };
  } catch (error) {
    const observed = { ...base, status: "unreachable", problem: problemOf(error) } as const;
    return { observed, snapshots: [], trash: [] };
  }
}

function keyOf(cluster: string, collection: string, id: string): string {
  return JSON.stringify([cluster, collection, id]);
}

/** One entry per snapshot: copies of one id, in repositories and on the cluster, come together. */
function mergeSnapshots(
  request: ObserveRequest,
  clusters: readonly ClusterView[],
  repositories: readonly RepositoryView[],
): readonly Snapshot[] {
  const merged = new Map<string, Snapshot>();
  const add = (snapshot: Snapshot): void => {
    const key = keyOf(snapshot.cluster, snapshot.collection, snapshot.id);
    const known = merged.get(key);
    if (!known) {
      merged.set(key, snapshot);
      return;
    }
    const pinned = known.pinned || snapshot.pinned;
    merged.set(key, { ...known, pinned, copies: [...known.copies, ...snapshot.copies] });
  };
  for (const snapshot of repositories.flatMap((view) => view.snapshots)) {
    // A pin that was recorded and had not reached every copy when its process died still holds.
    const record = request.state?.snapshots[snapshot.id];
    add(record?.pinned ? { ...snapshot, pinned: true } : snapshot);
  }
  const records = recordsByNativeKey(request.state);
  for (const { observed, native } of clusters) {
    for (const entry of native) {
      const key = keyOf(observed.name, entry.collection, entry.key);
      const record = records.get(key) ?? request.state?.snapshots[entry.id ?? ""];
      add(snapshotOfNative(request, observed, entry, record));
    }
  }
  return [...merged.values()];
}

function recordsByNativeKey(state: State | null): ReadonlyMap<string, SnapshotRecord> {
  const records = new Map<string, SnapshotRecord>();
  for (const record of Object.values(state?.snapshots ?? {})) {
    if (record.nativeKey === null) continue;
    records.set(keyOf(record.cluster, record.collection, record.nativeKey), record);
  }
  return records;
}

function snapshotOfNative(
  request: ObserveRequest,
  cluster: ObservedCluster,
  native: NativeSnapshot,
  record: SnapshotRecord | undefined,
): Snapshot {
  const { state, desired } = request;
  const { startedAt, finishedAt, description, points, bytes, status, parts } = native;
  const copy: SnapshotCopy = { place: "cluster", status, bytes, parts };
  const owner =
    record && state
      ? { project: desired.project, lineage: state.lineage, address: record.address }
      : null;
  const collection = cluster.collections.find((entry) => entry.name === native.collection);
  return {
    id: record?.id ?? native.id ?? `native:${native.key}`,
    cluster: cluster.name,
    collection: native.collection,
    engine: cluster.engine,
    clusterIdentity: record?.clusterIdentity ?? cluster.identity,
    collectionIdentity: collection?.identity ?? null,
    owner,
    startedAt: record?.startedAt ?? startedAt,
    finishedAt,
    scheduledFor: record?.scheduledFor ?? null,
    description,
    points,
    bytes,
    pinned: native.pinned || (record?.pinned ?? false),
    keepUntil: null,
    verifiedAt: null,
    copies: [copy],
  };
}
