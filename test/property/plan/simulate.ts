/** Plays a plan on an inventory as an executor would, in a few lines and without any I/O. */
import { resourceOf } from "../../../src/address/address.ts";
import type { Desired } from "../../../src/desired/desired.ts";
import { change, draftOf, type Change } from "../../../src/ledger/change.ts";
import { emptyState, type State } from "../../../src/ledger/state.ts";
import { withheldBecause } from "../../../src/plan/acknowledge.ts";
import type { Action, CreateAction, RestoreAction } from "../../../src/plan/action.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import type { Inventory, ObservedCluster } from "../../../src/snapshot/inventory.ts";
import type { Snapshot, SnapshotCopy } from "../../../src/snapshot/snapshot.ts";
import { copy, PROJECT } from "../../unit/plan/build.ts";

export interface World {
  readonly inventory: Inventory;
  readonly state: State | null;
}

export interface ApplyOptions {
  readonly acknowledge?: boolean;
  /** Ids of the actions that fail. */
  readonly fail?: ReadonlySet<string>;
  /** Whether a create that fails on a cluster leaves parts behind. */
  readonly leaveParts?: boolean;
  /** When it is applied; the plan's instant unless given. */
  readonly at?: Date;
}

export interface Applied extends World {
  readonly done: ReadonlySet<string>;
}

export function applyPlan(
  world: World,
  desired: Desired,
  plan: Plan,
  options: ApplyOptions = {},
): Applied {
  const at = (options.at ?? new Date(plan.plannedAt)).toISOString();
  const state = draftOf(world.state ?? emptyState("lineage-new", PROJECT, at));
  const record = (step: Change): void => change(state, step);
  for (const { from, to } of desired.moved) record({ type: "moved", from, to });
  const snapshots = new Map(world.inventory.snapshots.map((each) => [keyOf(each), each]));
  let { clusters } = world.inventory;
  const done = new Set<string>();
  const perform = (action: Action): boolean => {
    const failed = options.fail?.has(action.id) === true;
    const key = keyOf({ ...action, id: action.snapshotId });
    const existing = snapshots.get(key);
    switch (action.kind) {
      case "create": {
        if (existing) throw new Error(`${action.id} would write over a snapshot`);
        if (failed && !(options.leaveParts && action.place === "cluster")) return false;
        const owner = {
          project: PROJECT,
          lineage: state.lineage,
          address: resourceOf(action.address),
        };
        const made = { ...makeSnapshot(action, world.inventory, at, failed), owner };
        snapshots.set(key, made);
        recordMade(action, made, record);
        return !failed;
      }
      case "copy": {
        if (failed) return false;
        if (!existing) throw new Error(`${action.id} copies nothing`);
        snapshots.set(key, { ...existing, copies: [...existing.copies, copy(action.to)] });
        return true;
      }
      case "restore": {
        if (failed) return false;
        clusters = restoreInto(clusters, action);
        const { address, collection, cluster, snapshotId, alias, procedure, wish, check } = action;
        const identity = `restored-${snapshotId}`;
        const undo = null;
        const what = { address, collection, cluster, snapshotId, alias, procedure, wish, check };
        record({ type: "restored", restore: { ...what, targetIdentity: identity, at, undo } });
        return true;
      }
      case "expire": {
        if (failed) return false;
        if (!existing) throw new Error(`${action.id} expires nothing`);
        const left = existing.copies.filter((each) => !action.places.includes(each.place));
        if (left.length > 0) snapshots.set(key, { ...existing, copies: left });
        else {
          snapshots.delete(key);
          record({ type: "snapshot-removed", id: existing.id });
        }
        return true;
      }
    }
  };
  for (const action of plan.actions) {
    if (withheldBecause(action, options.acknowledge ?? false) !== null) continue;
    if (action.dependsOn.some((id) => !done.has(id))) continue;
    if (perform(action)) done.add(action.id);
  }
  finish(plan, desired, world.inventory, { done, at, record });
  const inventory = { ...world.inventory, clusters, snapshots: [...snapshots.values()] };
  return { inventory, state, done };
}

function keyOf({ cluster, collection, id }: Pick<Snapshot, "cluster" | "collection" | "id">) {
  return JSON.stringify([cluster, collection, id]);
}

function makeSnapshot(
  action: CreateAction,
  inventory: Inventory,
  at: string,
  failed: boolean,
): Snapshot {
  const { cluster, collection, place, scheduledFor, description, keepUntil } = action;
  const there = inventory.clusters.find((each) => each.name === cluster);
  const source = there?.collections.find((each) => each.name === collection);
  if (!there || !source) throw new Error(`${action.id} has no source`);
  const points = source.points;
  const made: SnapshotCopy = copy(place, failed ? "partial" : "complete");
  return {
    id: action.snapshotId,
    cluster,
    collection,
    engine: there.engine,
    clusterIdentity: there.identity,
    collectionIdentity: source.identity,
    owner: null,
    startedAt: at,
    finishedAt: at,
    scheduledFor,
    description,
    points: points === null ? null : { before: points, after: points },
    layout: null,
    native: null,
    bytes: 1_000,
    pinned: false,
    keepUntil,
    verifiedAt: null,
    copies: [made],
  };
}

function recordMade(action: CreateAction, made: Snapshot, record: (step: Change) => void): void {
  const { cluster, collection, snapshotId: id, scheduledFor, take } = action;
  const address = resourceOf(action.address);
  const { startedAt, clusterIdentity, description, keepUntil, native } = made;
  const base = { id, cluster, collection, clusterIdentity, address, scheduledFor, startedAt };
  const kept = { description, keepUntil, native };
  const row = { ...base, ...kept, adoptedAt: null, pinned: false };
  record({ type: "snapshot-recorded", record: row });
  if (!address.startsWith("snapshot.") || made.copies[0]?.status !== "complete") return;
  record({ type: "taken", taken: { address, snapshotId: id, at: startedAt, take } });
}

function restoreInto(
  clusters: readonly ObservedCluster[],
  action: RestoreAction,
): readonly ObservedCluster[] {
  return clusters.map((cluster) => {
    if (cluster.name !== action.cluster) return cluster;
    const others = cluster.collections.filter(({ name }) => name !== action.collection);
    const restored = {
      name: action.collection,
      identity: `restored-${action.snapshotId}`,
      points: 1_000,
      bytes: 1_000,
      aliases: action.alias === null ? [] : [action.alias],
      layout: null,
      problem: null,
    };
    return { ...cluster, collections: [...others, restored] };
  });
}

function finish(
  plan: Plan,
  desired: Desired,
  inventory: Inventory,
  past: {
    readonly done: ReadonlySet<string>;
    readonly at: string;
    readonly record: (step: Change) => void;
  },
): void {
  const { done, at, record } = past;
  for (const action of plan.actions) {
    if (!action.hazards.includes("source-shrunk") || !done.has(action.id)) continue;
    const points =
      inventory.clusters
        .find((each) => each.name === action.cluster)
        ?.collections.find((each) => each.name === action.collection)?.points ?? 0;
    const { address } = action;
    record({ type: "shrink-accepted", address, accepted: { at, points } });
  }
  const isWhole = plan.scope.only.length + plan.scope.force.length === 0 && !plan.scope.noExpire;
  for (const { name, retention } of desired.policies) {
    const address = `policy.${name}`;
    const isLeft = plan.actions.some(
      (action) =>
        action.hazards.includes("rule-change") &&
        resourceOf(action.address) === address &&
        !done.has(action.id),
    );
    if (isLeft || !isWhole) continue;
    const { rules, minKeep } = retention;
    record({ type: "policy-applied", address, applied: { retention: rules, minKeep, at } });
  }
  record({ type: "seen", at: at > plan.plannedAt ? at : plan.plannedAt });
}

/** The actions that an apply would carry out, were nothing acknowledged. */
export function runnable(plan: Plan, acknowledge = false): readonly Action[] {
  const known = new Set<string>();
  const list: Action[] = [];
  for (const action of plan.actions) {
    if (withheldBecause(action, acknowledge) !== null) continue;
    if (action.dependsOn.some((id) => !known.has(id))) continue;
    known.add(action.id);
    list.push(action);
  }
  return list;
}
