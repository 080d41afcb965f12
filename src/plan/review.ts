import type { State } from "../ledger/state.ts";
import type { Inventory } from "../snapshot/inventory.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import type { Action, CopyAction, CreateAction, ExpireAction, RestoreAction } from "./action.ts";
import type { Plan } from "./plan.ts";

/** What has become of an action between the plan and its apply. */
export type Verdict =
  | { readonly kind: "run" }
  /** The world is already as the action wants it. */
  | { readonly kind: "satisfied"; readonly why: string }
  /** An expire that would no longer be right: the snapshot stays. */
  | { readonly kind: "kept"; readonly why: string }
  /** The world is not as the plan was made for; the plan is stale. */
  | { readonly kind: "broken"; readonly why: string };

export interface ReviewRequest {
  /** The plan that was reviewed by a person. */
  readonly saved: Plan;
  /** A plan of the same configuration, made now. */
  readonly fresh: Plan;
  readonly inventory: Inventory;
  readonly state: State | null;
}

export interface Review {
  /** By action id. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** What makes the plan stale, full clauses; empty when it can be applied. */
  readonly stale: readonly string[];
}

const RUN: Verdict = Object.freeze({ kind: "run" });

/**
 * Holds a saved plan against the world as it is now. Satisfied actions are skipped, expires that a
 * plan made now would not make are kept, and anything else that moved makes the plan stale: then
 * nothing at all is done.
 */
export function reviewPlan(request: ReviewRequest): Review {
  const { saved } = request;
  const index = indexOf(request);
  const verdicts = new Map<string, Verdict>();
  const stale = bindingFaults(request);
  for (const action of saved.actions) {
    const verdict = judge(action, index);
    verdicts.set(action.id, verdict);
    if (verdict.kind === "broken") stale.push(`${action.address}: ${verdict.why}`);
  }
  return { verdicts, stale };
}

function bindingFaults({ saved, fresh, inventory }: ReviewRequest): string[] {
  const faults: string[] = [];
  if (saved.project !== fresh.project) faults.push("it is a plan of another project");
  if (saved.fingerprint !== fresh.fingerprint) faults.push("the configuration has changed");
  if (saved.lineage !== fresh.lineage) {
    faults.push(
      saved.lineage === null
        ? "a state has been made since"
        : `it was made for state ${saved.lineage}, and this is ${fresh.lineage ?? "none"}`,
    );
  }
  for (const cluster of inventory.clusters) {
    const planned = saved.clusters[cluster.name];
    if ((planned ?? null) === null || cluster.identity === null) continue;
    if (planned !== cluster.identity) faults.push(`cluster ${cluster.name} is another one now`);
  }
  for (const repository of inventory.repositories) {
    const planned = saved.repositories[repository.name];
    if ((planned ?? null) === null || repository.id === null) continue;
    if (planned !== repository.id) faults.push(`repository ${repository.name} is another one now`);
  }
  return faults;
}

interface Index {
  readonly request: ReviewRequest;
  readonly savedIds: ReadonlySet<string>;
  readonly freshById: ReadonlyMap<string, Action>;
  snapshot(cluster: string, collection: string, id: string): Snapshot | undefined;
}

function indexOf(request: ReviewRequest): Index {
  const key = (cluster: string, collection: string, id: string): string =>
    JSON.stringify([cluster, collection, id]);
  const snapshots = new Map(
    request.inventory.snapshots.map((entry) => [
      key(entry.cluster, entry.collection, entry.id),
      entry,
    ]),
  );
  return {
    request,
    savedIds: new Set(request.saved.actions.map((action) => action.id)),
    freshById: new Map(request.fresh.actions.map((action) => [action.id, action])),
    snapshot: (cluster, collection, id) => snapshots.get(key(cluster, collection, id)),
  };
}

function judge(action: Action, index: Index): Verdict {
  switch (action.kind) {
    case "create":
      return judgeCreate(action, index);
    case "copy":
      return judgeCopy(action, index);
    case "restore":
      return judgeRestore(action, index);
    case "expire":
      return judgeExpire(action, index);
  }
}

function broken(why: string): Verdict {
  return { kind: "broken", why };
}

function judgeCreate(action: CreateAction, index: Index): Verdict {
  const { cluster, collection } = action;
  if (index.snapshot(cluster, collection, action.snapshotId)) {
    return { kind: "satisfied", why: "it has been made already" };
  }
  const { fresh, inventory } = index.request;
  const isWanted = fresh.actions.some(
    (other) =>
      other.kind === "create" && other.address === action.address && other.cluster === cluster,
  );
  if (action.scheduledFor !== null && !isWanted && fresh.problems.length === 0) {
    return { kind: "satisfied", why: "its run has been made already" };
  }
  const observed = inventory.clusters.find((entry) => entry.name === cluster);
  if (!observed?.reachable) return broken(`cluster ${cluster} cannot be reached`);
  const source = observed.collections.find((entry) => entry.name === collection);
  if (!source) return broken(`collection ${cluster}/${collection} is gone`);
  if (source.problem) return broken(source.problem.message);
  if (source.identity !== action.collectionIdentity) {
    return broken(`collection ${cluster}/${collection} was dropped and made anew`);
  }
  return RUN;
}

function judgeCopy(action: CopyAction, index: Index): Verdict {
  const snapshot = index.snapshot(action.cluster, action.collection, action.snapshotId);
  const at = (place: string) => snapshot?.copies.find((copy) => copy.place === place)?.status;
  if (at(action.to) === "complete") return { kind: "satisfied", why: "its copy is complete" };
  if (action.dependsOn.some((id) => index.savedIds.has(id)) && !snapshot) return RUN;
  if (at("cluster") === "complete") return RUN;
  return broken(`snapshot ${action.snapshotId} is no longer complete on its cluster`);
}

function judgeRestore(action: RestoreAction, index: Index): Verdict {
  const { state, inventory } = index.request;
  const record = state?.restores[action.address];
  if (record?.wish === action.wish && record.snapshotId === action.snapshotId) {
    if (!index.freshById.has(action.id)) return { kind: "satisfied", why: "it has been done" };
  }
  const cluster = inventory.clusters.find((entry) => entry.name === action.cluster);
  if (!cluster?.reachable) return broken(`cluster ${action.cluster} cannot be reached`);
  const target = cluster.collections.find((entry) => entry.name === action.collection);
  if ((target?.identity ?? null) !== action.targetIdentity) {
    const name = `${action.cluster}/${action.collection}`;
    return broken(target ? `target ${name} is not what it was` : `target ${name} is gone`);
  }
  const { from } = action;
  const source = index.snapshot(from.cluster, from.collection, action.snapshotId);
  const isMadeHere = action.dependsOn.some((id) => index.savedIds.has(id));
  const copy = source?.copies.find((entry) => entry.place === from.place);
  if (!source && isMadeHere) return RUN;
  if (copy?.status !== "complete" && !isMadeHere) {
    return broken(`snapshot ${action.snapshotId} is no longer complete in ${from.place}`);
  }
  return RUN;
}

function judgeExpire(action: ExpireAction, index: Index): Verdict {
  const snapshot = index.snapshot(action.cluster, action.collection, action.snapshotId);
  const left = snapshot?.copies.filter((copy) => action.places.includes(copy.place)) ?? [];
  if (!snapshot || left.length === 0) return { kind: "satisfied", why: "it is gone already" };
  const again = index.freshById.get(action.id);
  if (again?.kind !== "expire") return { kind: "kept", why: "a plan made now would keep it" };
  const added = again.hazards.filter((hazard) => !action.hazards.includes(hazard));
  if (added.length > 0) return { kind: "kept", why: `there is a new hazard: ${added.join(", ")}` };
  const missing = again.dependsOn.some((id) => !index.savedIds.has(id));
  if (missing) return { kind: "kept", why: "a newer run is due that this plan does not make" };
  return RUN;
}
