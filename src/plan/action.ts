import type { CheckLevel, RestoreProcedure } from "../snapshot/capabilities.ts";
import type { RouteStep } from "../snapshot/layout.ts";
import type { Place } from "../snapshot/snapshot.ts";
import type { Hazard } from "./hazard.ts";

interface ActionBase {
  /** Stable: the same step has the same id in every plan. */
  readonly id: string;
  /** What asked for it, e.g. `policy.nightly["prod/docs"]`. */
  readonly address: string;
  readonly cluster: string;
  readonly collection: string;
  readonly snapshotId: string;
  /** One clause for a person: `due since ...`, `beyond retention`, `declared in ...`. */
  readonly reason: string;
  readonly hazards: readonly Hazard[];
  /** Ids of the actions that must have succeeded (or be satisfied) before this one. */
  readonly dependsOn: readonly string[];
}

/** Make a snapshot. Precondition: the collection has this identity. */
export interface CreateAction extends ActionBase {
  readonly kind: "create";
  /** Where it is born. */
  readonly place: Place;
  readonly scheduledFor: string | null;
  readonly description: string | null;
  readonly keepUntil: string | null;
  /** Which take of a named snapshot; 0 for a policy's. */
  readonly take: number;
  readonly collectionIdentity: string | null;
}

/** Copy a snapshot from its cluster into a repository. Precondition: it is complete there. */
export interface CopyAction extends ActionBase {
  readonly kind: "copy";
  readonly to: Place;
  readonly bytes: number;
}

/** Put a snapshot into a target. Precondition: the target is as it was in the plan. */
export interface RestoreAction extends ActionBase {
  readonly kind: "restore";
  /** Where the snapshot is taken from; `collection` and `cluster` name the target. */
  readonly from: { readonly place: Place; readonly cluster: string; readonly collection: string };
  readonly procedure: RestoreProcedure;
  /** Null when the target does not exist. */
  readonly targetIdentity: string | null;
  readonly check: CheckLevel;
  /** Set with `ifExists: alias`: the alias that is moved to `collection` after the check. */
  readonly alias: string | null;
  /** The hash of what was declared. */
  readonly wish: string;
  /** Which part goes to which node, in order; empty where there are no nodes. */
  readonly route: readonly RouteStep[];
  /** Also make the aliases that the collection had, where no collection has them now. */
  readonly aliases: boolean;
  /** What a reviewer should know about how it is done: full sentences. */
  readonly notes: readonly string[];
  /** The instant that the snapshot holds. */
  readonly startedAt: string;
  readonly bytes: number;
}

/** Remove copies of a snapshot. Precondition: a plan made at apply time would remove them too. */
export interface ExpireAction extends ActionBase {
  readonly kind: "expire";
  readonly places: readonly Place[];
  /** True when nothing of the snapshot is left after it. */
  readonly isWhole: boolean;
  /** The instant that the snapshot holds. */
  readonly startedAt: string;
  /** Until when it can be brought back; null where it cannot. */
  readonly undoUntil: string | null;
  readonly bytes: number;
}

export type Action = CreateAction | CopyAction | RestoreAction | ExpireAction;
export type ActionKind = Action["kind"];

const ORDER: Readonly<Record<ActionKind, number>> = { create: 0, copy: 1, restore: 2, expire: 3 };

/** The order in which actions are shown and, where nothing else decides, carried out. */
export function byPlanOrder(a: Action, b: Action): number {
  return (
    ORDER[a.kind] - ORDER[b.kind] ||
    compare(a.cluster, b.cluster) ||
    compare(a.collection, b.collection) ||
    compare(a.snapshotId, b.snapshotId) ||
    compare(a.id, b.id)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
