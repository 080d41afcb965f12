// The ledger: what snapform made and saw, as a pure value. Manifests are the truth about what
// exists and whose it is; the state is their index plus what has no manifest: native snapshots,
// restores done, runs, intents. May know the words. Invariant: a state changes only by changes
// (change.ts), so replaying the journal over the last written state always gives the newest one.
import type { RetentionRules } from "../policy/retention.ts";
import type { CheckLevel, RestoreProcedure } from "../snapshot/capabilities.ts";
import type { Json } from "../snapshot/manifest.ts";
import type { NativeHandle, Place } from "../snapshot/snapshot.ts";

/** The newest format that this snapform writes; older ones are upgraded on reading. */
export const STATE_FORMAT_VERSION = 1;

/** A snapshot that snapform made or adopted. */
export interface SnapshotRecord {
  readonly id: string;
  readonly cluster: string;
  readonly collection: string;
  readonly clusterIdentity: string | null;
  /** The resource that it belongs to now: `policy.nightly`, `snapshot.x`, `restore.x`, `manual`. */
  readonly address: string;
  readonly scheduledFor: string | null;
  readonly startedAt: string;
  /** Set when it was taken over by `adopt` instead of being made in this lineage. */
  readonly adoptedAt: string | null;
  readonly description: string | null;
  /** Until then no rule expires it. */
  readonly keepUntil: string | null;
  /** By what the engine finds it, for snapshots that the cluster keeps; else null. */
  readonly native: NativeHandle | null;
  /** True for a snapshot that the cluster keeps and that a user pinned. */
  readonly pinned: boolean;
}

/** How the newest attempt of a policy on one collection ended. */
export interface RunRecord {
  readonly scheduledFor: string | null;
  readonly status: "succeeded" | "failed";
  readonly at: string;
  /** An error code and message without secrets; null when it succeeded. */
  readonly error: string | null;
}

/** A restore that was carried out. */
export interface RestoreRecord {
  readonly address: string;
  readonly snapshotId: string;
  readonly cluster: string;
  /** What was restored into; under `alias` the dated collection behind the alias. */
  readonly collection: string;
  readonly alias: string | null;
  readonly targetIdentity: string | null;
  readonly procedure: RestoreProcedure;
  readonly at: string;
  readonly check: CheckLevel;
  /** The hash of what was declared; another one is another wish, which is carried out anew. */
  readonly wish: string;
  /** The former target of the alias, or how to go back. */
  readonly undo: string | null;
}

/** A one-off snapshot that was taken for `snapshot.NAME`. */
export interface TakenRecord {
  readonly address: string;
  readonly snapshotId: string;
  readonly at: string;
  /** How often it has been taken; the next take's id differs from the last one's. */
  readonly take: number;
}

/** What recovery needs to know of an action without its plan and configuration. */
export interface IntentPlan {
  readonly address: string;
  readonly scheduledFor: string | null;
  readonly description: string | null;
  readonly keepUntil: string | null;
  readonly take: number;
  /** Where it is made, copied to, or removed from. */
  readonly places: readonly Place[];
  /** True when an expire leaves nothing of the snapshot. */
  readonly isWhole: boolean;
  /** What will be recorded of a restore. */
  readonly restore: RestoreRecord | null;
}

/** An action that was begun and whose end is not recorded yet. */
export interface Intent {
  readonly actionId: string;
  readonly kind: "create" | "copy" | "restore" | "expire";
  readonly at: string;
  readonly cluster: string;
  readonly collection: string;
  readonly snapshotId: string;
  /** Unique to this run of a restore. */
  readonly runId: string | null;
  readonly plan: IntentPlan;
  /** What the engine asked to be remembered meanwhile (a job id, a part's name). */
  readonly details: Json;
}

/** What a policy's rules were when they were last applied to a collection. */
export interface AppliedPolicy {
  readonly retention: RetentionRules;
  readonly minKeep: number;
  readonly at: string;
}

/** A shrunken source that somebody has acknowledged: drops up to then no longer hold expires. */
export interface AcceptedShrink {
  readonly at: string;
  /** How many points the source had then; a later fall is measured from here. */
  readonly points: number;
}

export interface State {
  readonly formatVersion: 1;
  /** Given once, when the state is made; binds plans and manifests to this state. */
  readonly lineage: string;
  /** Counts the writings of the whole state. */
  readonly serial: number;
  readonly project: string;
  /** The newest instant that any apply has seen; the clock may not be behind it. */
  readonly lastSeenAt: string;
  /** The last journal entry that this state includes. */
  readonly journalSeq: number;
  readonly clusters: Readonly<Record<string, { readonly identity: string }>>;
  readonly repositories: Readonly<Record<string, { readonly id: string }>>;
  /** By policy address, e.g. `policy.nightly`. */
  readonly policies: Readonly<Record<string, AppliedPolicy>>;
  readonly snapshots: Readonly<Record<string, SnapshotRecord>>;
  /** By policy collection address, e.g. `policy.nightly["prod/docs"]`. */
  readonly runs: Readonly<Record<string, RunRecord>>;
  /** By policy collection address. */
  readonly shrinks: Readonly<Record<string, AcceptedShrink>>;
  /** By address, e.g. `snapshot.before-v2`. */
  readonly taken: Readonly<Record<string, TakenRecord>>;
  /** By address, e.g. `restore.staging`. */
  readonly restores: Readonly<Record<string, RestoreRecord>>;
  /** By action id. */
  readonly intents: Readonly<Record<string, Intent>>;
}

/** A state in which nothing has happened yet. */
export function emptyState(lineage: string, project: string, at: string): State {
  return Object.freeze({
    formatVersion: STATE_FORMAT_VERSION,
    lineage,
    serial: 0,
    project,
    lastSeenAt: at,
    journalSeq: 0,
    clusters: {},
    repositories: {},
    policies: {},
    snapshots: {},
    runs: {},
    shrinks: {},
    taken: {},
    restores: {},
    intents: {},
  });
}
