import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { Place } from "../snapshot/snapshot.ts";
import type { Action } from "./action.ts";
import type { Hazard } from "./hazard.ts";

/** The newest format of plans that this snapform writes and reads. */
export const PLAN_FORMAT_VERSION = 1;

/** A snapshot that stays, and why. */
export interface Keep {
  readonly snapshotId: string;
  /** The resource it belongs to, with its collection; null for one that nobody here owns. */
  readonly address: string | null;
  readonly cluster: string;
  readonly collection: string;
  readonly startedAt: string;
  readonly bytes: number;
  readonly places: readonly Place[];
  /** `daily 3`, `newest complete`, `pinned`, `orphaned: ...`, ...; at least one. */
  readonly reasons: readonly string[];
}

/** Something of the world that stands in the way of what is wanted; the rest goes on. */
export interface PlanProblem {
  readonly address: string;
  readonly cluster: string;
  readonly collection: string | null;
  /** An error code of the table. */
  readonly code: string;
  readonly message: string;
}

/** From when to when a collection can be restored. */
export interface RecoveryPoints {
  readonly newest: string | null;
  readonly oldest: string | null;
  readonly count: number;
  readonly bytes: number;
}

export interface Recovery {
  readonly cluster: string;
  readonly collection: string;
  readonly before: RecoveryPoints;
  /** When the plan is carried out with nothing acknowledged. */
  readonly after: RecoveryPoints;
}

/** What the plan of one resource says. */
export interface ResourcePlan {
  readonly actions: readonly Action[];
  readonly keeps: readonly Keep[];
  readonly problems: readonly PlanProblem[];
  /** Errors here stop the whole plan; warnings are shown. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface PlanSummary {
  readonly create: number;
  readonly copy: number;
  readonly restore: number;
  readonly expire: number;
  readonly keep: number;
  /** Actions that are held back until somebody acknowledges, or the world is right again. */
  readonly withheld: number;
  /** Bytes that the expires release at most; shared data is released with its last user. */
  readonly expiredBytes: number;
}

/** What a plan was limited to. */
export interface PlanScope {
  /** Only these addresses; empty for the whole configuration. */
  readonly only: readonly string[];
  /** Asked for now, whatever the schedule or the past says. */
  readonly force: readonly string[];
  /** True when expires were left out. */
  readonly noExpire: boolean;
}

/** A plan: frozen JSON without secrets and without unknowns. */
export interface Plan {
  readonly formatVersion: 1;
  readonly kind: "plan";
  readonly project: string;
  /** Null while no state exists. */
  readonly lineage: string | null;
  /** The instant that it was made for. */
  readonly plannedAt: string;
  /** False for `--at`: such a plan cannot be saved or applied. */
  readonly applicable: boolean;
  readonly scope: PlanScope;
  /** The fingerprint of the resolved configuration. */
  readonly fingerprint: string;
  readonly clusters: Readonly<Record<string, string | null>>;
  readonly repositories: Readonly<Record<string, string | null>>;
  readonly actions: readonly Action[];
  readonly keeps: readonly Keep[];
  readonly problems: readonly PlanProblem[];
  readonly diagnostics: readonly Diagnostic[];
  readonly hazards: readonly Hazard[];
  /** Names the set of actions that must be acknowledged; null when there is none. */
  readonly acknowledge: string | null;
  readonly recovery: readonly Recovery[];
  readonly summary: PlanSummary;
}
