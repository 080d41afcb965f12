/** Small builders for planner tests: every field has a plain default, overridden one by one. */
import type {
  Desired,
  DesiredPolicy,
  DesiredRestore,
  DesiredSnapshot,
} from "../../../src/desired/desired.ts";
import { emptyState, type SnapshotRecord, type State } from "../../../src/ledger/state.ts";
import type { Capabilities } from "../../../src/snapshot/capabilities.ts";
import {
  NO_NODES,
  type Inventory,
  type ObservedCluster,
  type ObservedCollection,
  type ObservedRepository,
} from "../../../src/snapshot/inventory.ts";
import type { CopyStatus, Place, Snapshot, SnapshotCopy } from "../../../src/snapshot/snapshot.ts";

export const PROJECT = "search";
export const LINEAGE = "lineage-1";
export const NOW = new Date("2026-11-21T03:00:00.000Z");
export const DAY_MS = 86_400_000;

const base: Capabilities = {
  engine: "qdrant",
  create: "native",
  scope: "collection",
  copyOut: true,
  idempotentCreate: false,
  survivesClusterLoss: false,
  tellsCollectionsApart: true,
  restore: { newCollection: true, isExclusive: true, inPlace: false, overwrite: true, alias: true },
  pin: "own",
  checks: ["hashes", "count"],
  concurrency: 2,
};

/** The three ways in which engines make snapshots. */
export const ENGINES: Readonly<Record<"qdrant" | "milvus" | "lancedb", Capabilities>> = {
  qdrant: base,
  milvus: {
    ...base,
    engine: "milvus",
    copyOut: false,
    idempotentCreate: true,
    restore: { ...base.restore, overwrite: false },
    pin: "server",
  },
  lancedb: {
    ...base,
    engine: "lancedb",
    create: "capture",
    copyOut: false,
    idempotentCreate: true,
    restore: {
      newCollection: true,
      isExclusive: true,
      inPlace: true,
      overwrite: true,
      alias: false,
    },
  },
};

export type EngineName = keyof typeof ENGINES;

export function policy(over: Partial<DesiredPolicy> = {}): DesiredPolicy {
  return {
    name: "nightly",
    cluster: "prod",
    collections: ["docs"],
    schedule: { cron: "0 2 * * *", timezone: "UTC" },
    retention: { keepAll: false, rules: { last: 3 }, minKeep: 1 },
    repository: null,
    keepOnCluster: 1,
    description: null,
    ...over,
  };
}

export function named(over: Partial<DesiredSnapshot> = {}): DesiredSnapshot {
  const place = { cluster: "prod", collection: "docs", repository: null };
  return { name: "before-v2", ...place, description: null, ...over };
}

export function restoreTo(
  to: Partial<DesiredRestore["to"]> = {},
  over: Partial<DesiredRestore> = {},
): DesiredRestore {
  return {
    name: "staging",
    from: {
      kind: "policy",
      policy: "nightly",
      cluster: "prod",
      collection: "docs",
      at: "latest",
    },
    to: {
      cluster: "prod",
      collection: "docs-restored",
      ifExists: "fail",
      alias: null,
      aliases: false,
      keepReplacedMs: 7 * DAY_MS,
      ...to,
    },
    refresh: "once",
    check: "hashes",
    ...over,
  };
}

export function desire(over: Partial<Desired> = {}): Desired {
  return {
    project: PROJECT,
    clusters: [],
    repositories: [],
    policies: [],
    snapshots: [],
    restores: [],
    moved: [],
    removed: [],
    fingerprint: "f".repeat(64),
    ...over,
  };
}

export function collection(over: Partial<ObservedCollection> = {}): ObservedCollection {
  return {
    name: "docs",
    identity: "docs-1",
    points: 1_000,
    bytes: 1_000_000,
    aliases: [],
    layout: null,
    problem: null,
    ...over,
  };
}

export function cluster(
  over: Partial<ObservedCluster> = {},
  engine: EngineName = "qdrant",
): ObservedCluster {
  return {
    ...NO_NODES,
    name: "prod",
    engine,
    reachable: true,
    identity: "prod-1",
    version: "1.0.0",
    capabilities: ENGINES[engine],
    collections: [collection()],
    problem: null,
    ...over,
  };
}

export function repository(over: Partial<ObservedRepository> = {}): ObservedRepository {
  return { name: "vault", status: "ok", id: "vault-1", undoMs: 7 * DAY_MS, problem: null, ...over };
}

export function world(over: Partial<Inventory> = {}): Inventory {
  return {
    observedAt: NOW.toISOString(),
    clusters: [cluster()],
    repositories: [repository()],
    snapshots: [],
    trash: [],
    ...over,
  };
}

export function copy(place: Place = "cluster", status: CopyStatus = "complete"): SnapshotCopy {
  return {
    place,
    status,
    bytes: 1_000,
    parts: [{ name: "data", bytes: 1_000, status }],
  };
}

/** A complete snapshot of `policy.nightly`; `scheduledFor` is its start unless it is given. */
export function snap(startedAt: string, over: Partial<Snapshot> = {}): Snapshot {
  const at = new Date(startedAt).toISOString();
  return {
    id: `s-${at}`,
    cluster: "prod",
    collection: "docs",
    engine: "qdrant",
    clusterIdentity: "prod-1",
    collectionIdentity: "docs-1",
    owner: owner("policy.nightly"),
    startedAt: at,
    finishedAt: at,
    scheduledFor: at,
    description: null,
    points: { before: 1_000, after: 1_000 },
    layout: null,
    native: null,
    bytes: 1_000,
    pinned: false,
    keepUntil: null,
    verifiedAt: null,
    copies: [copy()],
    ...over,
  };
}

export function owner(
  address: string,
  over: Partial<NonNullable<Snapshot["owner"]>> = {},
): NonNullable<Snapshot["owner"]> {
  return { project: PROJECT, lineage: LINEAGE, address, ...over };
}

/** One snapshot at 02:00 on each of this many days up to today, newest first. */
export function nights(count: number, over: Partial<Snapshot> = {}): Snapshot[] {
  return Array.from({ length: count }, (_, index) => {
    const at = new Date(Date.parse("2026-11-21T02:00:00Z") - index * DAY_MS);
    return snap(at.toISOString(), over);
  });
}

export function ledger(over: Partial<State> = {}): State {
  return { ...emptyState(LINEAGE, PROJECT, "2026-11-20T03:00:00.000Z"), ...over };
}

export function record(snapshot: Snapshot, over: Partial<SnapshotRecord> = {}): SnapshotRecord {
  const { id, cluster: name, collection: table, clusterIdentity, startedAt } = snapshot;
  return {
    id,
    cluster: name,
    collection: table,
    clusterIdentity,
    address: snapshot.owner?.address ?? "manual",
    scheduledFor: snapshot.scheduledFor,
    startedAt,
    adoptedAt: null,
    description: snapshot.description,
    keepUntil: snapshot.keepUntil,
    native: snapshot.native,
    pinned: false,
    ...over,
  };
}
