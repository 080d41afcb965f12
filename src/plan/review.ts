import { resourceOf } from "../address/address.ts";
import type { State } from "../ledger/state.ts";
import type { Inventory, ObservedCollection } from "../snapshot/inventory.ts";
import { isSameCluster } from "../snapshot/identity.ts";
import { isComplete, type Snapshot } from "../snapshot/snapshot.ts";
import {
  byPlanOrder,
  type Action,
  type CopyAction,
  type CreateAction,
  type ExpireAction,
  type RestoreAction,
} from "./action.ts";
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
  const stale = bindingFaults(request);
  // In the order of their kinds, so that an action finds the verdicts of those that it needs.
  for (const action of saved.actions.toSorted(byPlanOrder)) {
    index.verdicts.set(action.id, judge(action, index));
  }
  skipNeedlessSafety(saved, index.verdicts);
  for (const { id, address } of saved.actions) {
    const verdict = index.verdicts.get(id);
    if (verdict?.kind === "broken") stale.push(`${address}: ${verdict.why}`);
  }
  return { verdicts: index.verdicts, stale };
}

/** What a restore saves first is not needed where the restore has been done already. */
function skipNeedlessSafety(saved: Plan, verdicts: Map<string, Verdict>): void {
  for (const action of saved.actions) {
    if (action.kind !== "create" || !action.address.startsWith("restore.")) continue;
    const users = saved.actions.filter((other) => other.dependsOn.includes(action.id));
    const isDone = users.every((user) => verdicts.get(user.id)?.kind === "satisfied");
    if (users.length > 0 && isDone) {
      verdicts.set(action.id, { kind: "satisfied", why: "the restore that it is for is done" });
    }
  }
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
    const planned = saved.clusters[cluster.name] ?? null;
    if (planned === null || cluster.identity === null) continue;
    if (isSameCluster(planned, cluster.identity)) continue;
    faults.push(`cluster ${cluster.name} is another one now`);
  }
  for (const repository of inventory.repositories) {
    const planned = saved.repositories[repository.name] ?? null;
    if (planned === null) continue;
    if (repository.id === null) {
      // Nothing is known of one that cannot be reached; a bare place is known to be bare.
      if (repository.status === "new") faults.push(`repository ${repository.name} is gone`);
    } else if (planned !== repository.id) {
      faults.push(`repository ${repository.name} is another one now`);
    }
  }
  return faults;
}

interface Index {
  readonly request: ReviewRequest;
  readonly freshById: ReadonlyMap<string, Action>;
  readonly savedById: ReadonlyMap<string, Action>;
  /** Addresses that a plan made now makes a snapshot for. */
  readonly freshCreates: ReadonlySet<string>;
  readonly verdicts: Map<string, Verdict>;
  isReachable(cluster: string): boolean;
  collection(cluster: string, name: string): ObservedCollection | undefined;
  snapshot(cluster: string, collection: string, id: string): Snapshot | undefined;
}

function indexOf(request: ReviewRequest): Index {
  const { saved, fresh, inventory } = request;
  const key = (...names: string[]): string => JSON.stringify(names);
  const snapshots = new Map(
    inventory.snapshots.map((each) => [key(each.cluster, each.collection, each.id), each]),
  );
  const collections = new Map(
    inventory.clusters.flatMap(({ name, collections: all }) =>
      all.map((each) => [key(name, each.name), each] as const),
    ),
  );
  const reachable = new Set(
    inventory.clusters.filter((cluster) => cluster.reachable).map((cluster) => cluster.name),
  );
  return {
    request,
    savedById: new Map(saved.actions.map((action) => [action.id, action])),
    freshById: new Map(fresh.actions.map((action) => [action.id, action])),
    freshCreates: new Set(
      fresh.actions.filter(({ kind }) => kind === "create").map(({ address }) => address),
    ),
    verdicts: new Map(),
    snapshot: (cluster, collection, id) => snapshots.get(key(cluster, collection, id)),
    collection: (cluster, name) => collections.get(key(cluster, name)),
    isReachable: (cluster) => reachable.has(cluster),
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
  const { cluster, collection, address } = action;
  const there = index.snapshot(cluster, collection, action.snapshotId);
  if (there && isComplete(there)) return { kind: "satisfied", why: "it has been made already" };
  if (there) return broken(`an attempt at snapshot ${action.snapshotId} has failed since`);
  const { fresh, state } = index.request;
  const taken = state?.taken[address];
  if (taken && taken.take >= action.take && !address.startsWith("policy.")) {
    return { kind: "satisfied", why: `it was taken at ${taken.at}` };
  }
  const isInTheWay = fresh.problems.some(
    (problem) =>
      problem.address === address ||
      (problem.collection === null && problem.address === resourceOf(address)),
  );
  if (action.scheduledFor !== null && !index.freshCreates.has(address) && !isInTheWay) {
    return { kind: "satisfied", why: "its run has been made already" };
  }
  if (!index.isReachable(cluster)) return broken(`cluster ${cluster} cannot be reached`);
  const source = index.collection(cluster, collection);
  if (!source) return broken(`collection ${cluster}/${collection} is gone`);
  if (source.problem) return broken(source.problem.message);
  if (source.identity !== action.collectionIdentity) {
    return broken(`collection ${cluster}/${collection} was dropped and made anew`);
  }
  return RUN;
}

/** The verdict on the create of this plan that an action needs; null when it needs none. */
function makerOf(action: Action, index: Index): Verdict | null {
  for (const id of action.dependsOn) {
    const maker = index.savedById.get(id);
    if (maker?.kind === "create" && maker.snapshotId === action.snapshotId) {
      return index.verdicts.get(id) ?? null;
    }
  }
  return null;
}

function judgeCopy(action: CopyAction, index: Index): Verdict {
  const snapshot = index.snapshot(action.cluster, action.collection, action.snapshotId);
  const at = (place: string) => snapshot?.copies.find((copy) => copy.place === place)?.status;
  if (at(action.to) === "complete") return { kind: "satisfied", why: "its copy is complete" };
  if (at("cluster") === "complete") return RUN;
  const maker = makerOf(action, index);
  if (maker?.kind === "run") return RUN;
  if (maker?.kind === "satisfied") return { kind: "satisfied", why: maker.why };
  return broken(`snapshot ${action.snapshotId} is no longer complete on its cluster`);
}

function judgeRestore(action: RestoreAction, index: Index): Verdict {
  const { state, saved } = index.request;
  const record = state?.restores[action.address];
  const isDone = record?.wish === action.wish && record.snapshotId === action.snapshotId;
  // One that was done before the plan was made is in the plan because it was asked for again.
  if (isDone && Date.parse(record.at) >= Date.parse(saved.plannedAt)) {
    return { kind: "satisfied", why: "it has been done" };
  }
  if (!index.isReachable(action.cluster)) {
    return broken(`cluster ${action.cluster} cannot be reached`);
  }
  const target = index.collection(action.cluster, action.collection);
  if ((target?.identity ?? null) !== action.targetIdentity) {
    const name = `${action.cluster}/${action.collection}`;
    return broken(target ? `target ${name} is not what it was` : `target ${name} is gone`);
  }
  if (target && action.procedure === "new") {
    return broken(`target ${action.cluster}/${action.collection} exists now`);
  }
  const { from } = action;
  const source = index.snapshot(from.cluster, from.collection, action.snapshotId);
  const copy = source?.copies.find((entry) => entry.place === from.place);
  if (copy?.status === "complete") return RUN;
  const makers = action.dependsOn.flatMap((id) => {
    const maker = index.savedById.get(id);
    return maker?.snapshotId === action.snapshotId ? [index.verdicts.get(id)?.kind] : [];
  });
  if (makers.includes("run")) return RUN;
  return broken(
    makers.length > 0
      ? `snapshot ${action.snapshotId}, which it reads, is not made by this plan any more`
      : `snapshot ${action.snapshotId} is no longer complete in ${from.place}`,
  );
}

function judgeExpire(action: ExpireAction, index: Index): Verdict {
  const snapshot = index.snapshot(action.cluster, action.collection, action.snapshotId);
  const left = snapshot?.copies.filter((copy) => action.places.includes(copy.place)) ?? [];
  const isMadeHere = makerOf(action, index)?.kind === "run";
  if (left.length === 0 && !isMadeHere) return { kind: "satisfied", why: "it is gone already" };
  const again = index.freshById.get(action.id);
  if (again?.kind !== "expire") return { kind: "kept", why: "a plan made now would keep it" };
  const added = again.hazards.filter((hazard) => !action.hazards.includes(hazard));
  if (added.length > 0) return { kind: "kept", why: `there is a new hazard: ${added.join(", ")}` };
  const missing = again.dependsOn.some((id) => !index.savedById.has(id));
  if (missing) return { kind: "kept", why: "something is to be made first that is not in it" };
  return RUN;
}
