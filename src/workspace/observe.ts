import type { Desired, DesiredCluster, DesiredRepository } from "../desired/desired.ts";
import type { EngineContext, EngineDriver, KnownNative, NativeSnapshot } from "../engine/driver.ts";
import { isSnapformError } from "../errors/index.ts";
import type { SnapshotRecord, State } from "../ledger/state.ts";
import {
  NO_NODES,
  type Inventory,
  type ObservedCluster,
  type ObservedRepository,
} from "../snapshot/inventory.ts";
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

interface LookedAt {
  readonly observed: ObservedCluster;
  readonly native: readonly NativeSnapshot[];
}

/** Looks at every cluster and repository of the configuration. Writes nothing. */
export async function observe(request: ObserveRequest): Promise<Inventory> {
  const { desired, at } = request;
  // Manifests tell which snapshots a cluster keeps even where the state is lost.
  const repositories = await Promise.all(
    desired.repositories.map((entry) => observeRepository(request, entry)),
  );
  const stored = repositories.flatMap((view) => view.snapshots);
  const clusters = await Promise.all(
    desired.clusters.map((cluster) => observeCluster(request, cluster, stored)),
  );
  return Object.freeze({
    observedAt: at.toISOString(),
    clusters: clusters.map((view) => view.observed),
    repositories: repositories.map((view) => view.observed),
    snapshots: mergeSnapshots(request, clusters, repositories),
    trash: repositories.flatMap((view) => view.trash),
  });
}

function problemOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!isSnapformError(error)) throw error;
  const { code, message, hint } = error;
  return { code, message: hint === undefined ? message : `${message}. ${hint}` };
}

async function observeCluster(
  request: ObserveRequest,
  cluster: DesiredCluster,
  stored: readonly Snapshot[],
): Promise<LookedAt> {
  const { name, engine } = cluster;
  const capabilities = request.resources.capabilities(cluster);
  try {
    const driver: EngineDriver = await request.resources.engine(name);
    const seen = await driver.observe(request.context);
    const names = seen.collections.map((collection) => collection.name);
    const isNative = capabilities.create === "native";
    const known = isNative ? knownNatives(request, name, stored) : [];
    const native = isNative ? await driver.listNative(names, known, request.context) : [];
    const base = { name, engine, capabilities, ...seen };
    return { observed: { ...base, reachable: true, problem: null }, native };
  } catch (error) {
    // A look that was told to stop has seen nothing; that is no fact about the cluster.
    if (request.context.signal.aborted) throw error;
    const base = { ...NO_NODES, name, engine, identity: null, version: null, capabilities };
    const unseen = { ...base, collections: [], reachable: false, problem: problemOf(error) };
    return { observed: unseen, native: [] };
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

/** What the state and the manifests say that a cluster keeps, each key once. */
function knownNatives(
  { state }: ObserveRequest,
  cluster: string,
  stored: readonly Snapshot[],
): readonly KnownNative[] {
  // Where there is a record it is the record that knows whether the cluster still has its copy.
  const unrecorded = stored.filter(({ id }) => state?.snapshots[id] === undefined);
  const known = byNativeKey([...unrecorded, ...Object.values(state?.snapshots ?? {})]);
  return [...known.values()].flatMap(({ cluster: name, collection, native }): KnownNative[] =>
    name === cluster && native !== null ? [{ collection, ...native }] : [],
  );
}

/** One entry per snapshot: copies of one id, in repositories and on the cluster, come together. */
function mergeSnapshots(
  request: ObserveRequest,
  clusters: readonly LookedAt[],
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
    const native = snapshot.native ?? known.native;
    merged.set(key, { ...known, pinned, native, copies: [...known.copies, ...snapshot.copies] });
  };
  const stored = repositories.flatMap((view) => view.snapshots);
  for (const snapshot of stored) {
    // A pin that was recorded and had not reached every copy when its process died still holds.
    const record = request.state?.snapshots[snapshot.id];
    add(record?.pinned ? { ...snapshot, pinned: true } : snapshot);
  }
  const records = byNativeKey(Object.values(request.state?.snapshots ?? {}));
  const copied = byNativeKey(stored);
  for (const { observed, native } of clusters) {
    for (const entry of native) {
      const key = keyOf(observed.name, entry.collection, entry.key);
      const record = records.get(key) ?? request.state?.snapshots[entry.id ?? ""];
      const snapshot = snapshotOfNative(request, observed, entry, record);
      // What no record knows, the manifest of its copy does.
      const copy = record ? undefined : copied.get(key);
      add(copy ? { ...copy, pinned: snapshot.pinned, copies: snapshot.copies } : snapshot);
    }
  }
  return [...merged.values()];
}

/** Records, or manifests, by the key under which the cluster keeps what they are about. */
function byNativeKey<T extends Pick<SnapshotRecord, "cluster" | "collection" | "native">>(
  entries: readonly T[],
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const entry of entries) {
    const { cluster, collection, native } = entry;
    if (native !== null) found.set(keyOf(cluster, collection, native.key), entry);
  }
  return found;
}

function snapshotOfNative(
  request: ObserveRequest,
  cluster: ObservedCluster,
  native: NativeSnapshot,
  record: SnapshotRecord | undefined,
): Snapshot {
  const { state, desired } = request;
  const { startedAt, finishedAt, points, layout, bytes, status, parts } = native;
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
    description: record?.description ?? native.description,
    points,
    layout,
    native: { key: native.key, details: record?.native?.details ?? native.details },
    bytes,
    pinned: native.pinned || (record?.pinned ?? false),
    keepUntil: record?.keepUntil ?? null,
    verifiedAt: null,
    copies: [copy],
  };
}
