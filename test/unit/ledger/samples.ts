import type { Change } from "../../../src/ledger/change.ts";
import { emptyState } from "../../../src/ledger/state.ts";
import type {
  Intent,
  RestoreRecord,
  SnapshotRecord,
  State,
  TakenRecord,
} from "../../../src/ledger/state.ts";

const at = "2026-01-02T00:00:00Z";

export const snapshotRecord: SnapshotRecord = {
  id: "s-1",
  cluster: "prod",
  collection: "docs",
  clusterIdentity: "cluster-1",
  address: "policy.nightly",
  scheduledFor: at,
  startedAt: at,
  adoptedAt: null,
  description: null,
  keepUntil: null,
  native: null,
  pinned: false,
};

export const restoreRecord: RestoreRecord = {
  address: "restore.staging",
  snapshotId: "s-1",
  cluster: "staging",
  collection: "docs",
  alias: null,
  targetIdentity: null,
  procedure: "new",
  at,
  check: "count",
  wish: "wish-1",
  undo: null,
};

export const takenRecord: TakenRecord = { address: "snapshot.v2", snapshotId: "s-2", at, take: 1 };

export const intentRecord: Intent = {
  actionId: "a-1",
  kind: "create",
  at,
  cluster: "prod",
  collection: "docs",
  snapshotId: "s-3",
  runId: null,
  plan: {
    address: "policy.nightly",
    scheduledFor: at,
    description: null,
    keepUntil: null,
    take: 1,
    places: ["cluster"],
    isWhole: false,
    restore: null,
  },
  details: { job: 7 },
};

const run = { scheduledFor: at, status: "succeeded", at, error: null } as const;
const nightlyDocs = 'policy.nightly["prod/docs"]';

/** A state with an entry in every table. */
export function fullState(): State {
  return {
    ...emptyState("lineage-1", "project-1", "2026-01-01T00:00:00Z"),
    serial: 4,
    journalSeq: 9,
    clusters: { prod: { identity: "cluster-1" } },
    repositories: { vault: { id: "repository-1" } },
    policies: {
      "policy.nightly": { retention: { last: 3, within: "14d", daily: "all" }, minKeep: 1, at },
    },
    snapshots: { "s-1": snapshotRecord },
    runs: { [nightlyDocs]: run },
    shrinks: { [nightlyDocs]: { at, points: 10 } },
    taken: { "snapshot.v2": takenRecord },
    restores: { "restore.staging": restoreRecord },
    intents: { "a-1": intentRecord },
  };
}

/** A change and what becomes of a state by it. */
export interface ChangeSample {
  readonly change: Change;
  gives(state: State): Partial<State>;
}

const otherRestore = { ...restoreRecord, address: "restore.other" };
const failed = { ...run, status: "failed", error: "unavailable: no answer" } as const;
const applied = { retention: { within: "1y" }, minKeep: 3, at };

const samples: { readonly [T in Change["type"]]: ChangeSample & { change: { type: T } } } = {
  seen: {
    change: { type: "seen", at: "2026-03-01T00:00:00Z" },
    gives: () => ({ lastSeenAt: "2026-03-01T00:00:00Z" }),
  },
  "cluster-seen": {
    change: { type: "cluster-seen", name: "local", identity: "cluster-2" },
    gives: (state) => ({ clusters: { ...state.clusters, local: { identity: "cluster-2" } } }),
  },
  "repository-seen": {
    change: { type: "repository-seen", name: "vault", id: "repository-2" },
    gives: () => ({ repositories: { vault: { id: "repository-2" } } }),
  },
  "policy-applied": {
    change: { type: "policy-applied", address: "policy.weekly", applied },
    gives: (state) => ({ policies: { ...state.policies, "policy.weekly": applied } }),
  },
  intent: {
    change: { type: "intent", intent: { ...intentRecord, actionId: "a-2" } },
    gives: (state) => ({
      intents: { ...state.intents, "a-2": { ...intentRecord, actionId: "a-2" } },
    }),
  },
  "intent-details": {
    change: { type: "intent-details", actionId: "a-1", details: ["part"] },
    gives: () => ({ intents: { "a-1": { ...intentRecord, details: ["part"] } } }),
  },
  settled: { change: { type: "settled", actionId: "a-1" }, gives: () => ({ intents: {} }) },
  "snapshot-recorded": {
    change: { type: "snapshot-recorded", record: { ...snapshotRecord, id: "s-9" } },
    gives: (state) => ({
      snapshots: { ...state.snapshots, "s-9": { ...snapshotRecord, id: "s-9" } },
    }),
  },
  "snapshot-removed": {
    change: { type: "snapshot-removed", id: "s-1" },
    gives: () => ({ snapshots: {} }),
  },
  ran: {
    change: { type: "ran", address: nightlyDocs, run: failed },
    gives: () => ({ runs: { [nightlyDocs]: failed } }),
  },
  "shrink-accepted": {
    change: { type: "shrink-accepted", address: nightlyDocs, accepted: { at, points: 4 } },
    gives: () => ({ shrinks: { [nightlyDocs]: { at, points: 4 } } }),
  },
  taken: {
    change: { type: "taken", taken: { ...takenRecord, take: 2 } },
    gives: () => ({ taken: { "snapshot.v2": { ...takenRecord, take: 2 } } }),
  },
  restored: {
    change: { type: "restored", restore: otherRestore },
    gives: (state) => ({ restores: { ...state.restores, "restore.other": otherRestore } }),
  },
  "entry-forgotten": {
    change: { type: "entry-forgotten", table: "restores", key: "restore.staging" },
    gives: () => ({ restores: {} }),
  },
  moved: {
    change: { type: "moved", from: "snapshot.v2", to: "snapshot.v3" },
    gives: () => ({ taken: { "snapshot.v3": { ...takenRecord, address: "snapshot.v3" } } }),
  },
};

/** One sample of every type of change. */
export const everyChange: readonly ChangeSample[] = Object.values(samples);
