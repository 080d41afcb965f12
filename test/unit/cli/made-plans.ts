import { planConfig, type PlanOptions } from "../../../src/plan/plan-config.ts";
import type { Desired, DesiredPolicy } from "../../../src/desired/desired.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Capabilities } from "../../../src/snapshot/capabilities.ts";
import { NO_NODES, type Inventory } from "../../../src/snapshot/inventory.ts";
import type { Snapshot } from "../../../src/snapshot/snapshot.ts";
import { emptyState, type State } from "../../../src/ledger/state.ts";

export const now: Date = new Date("2026-11-21T03:00:05Z");
const lineage = "lineage-1";

const capabilities: Capabilities = {
  engine: "lancedb",
  create: "capture",
  scope: "collection",
  copyOut: false,
  idempotentCreate: true,
  survivesClusterLoss: false,
  tellsCollectionsApart: true,
  restore: { newCollection: true, isExclusive: true, inPlace: true, overwrite: true, alias: false },
  pin: "own",
  checks: ["hashes", "count"],
  concurrency: 2,
};

export function policyOf(name: string, change: Partial<DesiredPolicy> = {}): DesiredPolicy {
  return {
    name,
    cluster: "prod",
    collections: ["*"],
    schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin" },
    retention: { keepAll: false, rules: { last: 3, daily: 7, weekly: 4 }, minKeep: 1 },
    repository: "vault",
    keepOnCluster: 1,
    description: null,
    ...change,
  };
}

export function desiredOf(change: Partial<Desired> = {}): Desired {
  return {
    project: "search-backups",
    clusters: [
      {
        ...NO_NODES,
        name: "prod",
        engine: "lancedb",
        uri: "/data",
        nodes: [],
        address: null,
        apiKey: null,
        token: null,
        username: null,
        password: null,
        caFile: null,
        timeoutMs: null,
        concurrency: null,
      },
    ],
    repositories: [
      { name: "vault", type: "filesystem", path: "/vault", hash: "sha256", undoMs: 604_800_000 },
    ],
    policies: [policyOf("nightly")],
    snapshots: [],
    restores: [],
    moved: [],
    removed: [],
    fingerprint: "0".repeat(64),
    ...change,
  };
}

/** One complete snapshot of `policy.nightly`, so many days before now. */
export function snapshotOf(
  collection: string,
  daysAgo: number,
  change: Partial<Snapshot> = {},
): Snapshot {
  const at = new Date(Date.UTC(2026, 10, 21, 1) - daysAgo * 86_400_000);
  const stamp = at.toISOString().replace(/[-:]|\.\d+/g, "");
  const startedAt = at.toISOString();
  return {
    id: `${stamp}-${daysAgo.toString(16).padStart(8, "0")}`,
    cluster: "prod",
    collection,
    engine: "lancedb",
    clusterIdentity: "c1",
    collectionIdentity: "i1",
    owner: { project: "search-backups", lineage, address: "policy.nightly" },
    startedAt,
    finishedAt: startedAt,
    scheduledFor: startedAt,
    description: null,
    points: { before: 1000, after: 1000 },
    layout: null,
    native: null,
    bytes: 12_345_678,
    pinned: false,
    keepUntil: null,
    verifiedAt: null,
    copies: [
      {
        place: "repository.vault",
        status: "complete",
        bytes: 12_345_678,
        parts: [{ name: "data", bytes: 12_345_678, status: "complete" }],
      },
    ],
    ...change,
  };
}

/** `days` ago as the ages of the snapshots of each collection. */
export function inventoryOf(
  collections: Readonly<Record<string, readonly number[]>>,
  change: Partial<Inventory> = {},
): Inventory {
  return {
    observedAt: now.toISOString(),
    clusters: [
      {
        ...NO_NODES,
        name: "prod",
        engine: "lancedb",
        reachable: true,
        identity: "c1",
        version: "0.39.0",
        capabilities,
        collections: Object.keys(collections).map((name) => ({
          name,
          identity: "i1",
          points: 1000,
          bytes: 12_345_678,
          aliases: [],
          layout: null,
          problem: null,
        })),
        problem: null,
      },
    ],
    repositories: [{ name: "vault", status: "ok", id: "r1", undoMs: 604_800_000, problem: null }],
    snapshots: Object.entries(collections).flatMap(([name, ages]) =>
      ages.map((age) => snapshotOf(name, age)),
    ),
    trash: [],
    ...change,
  };
}

export function stateOf(change: Partial<State> = {}): State {
  return { ...emptyState(lineage, "search-backups", "2026-11-20T01:00:00Z"), ...change };
}

export function planOf(
  inventory: Inventory,
  desired: Desired = desiredOf(),
  options: PlanOptions = {},
): Plan {
  return planConfig(desired, inventory, stateOf(), now, options);
}

export function days(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
