import { retain, type RetentionSnapshot } from "../policy/retention.ts";
import type { RetentionRules } from "../policy/rules.ts";
import { copyAt, isComplete, type Place, type Snapshot } from "../snapshot/snapshot.ts";
import type { ExpireAction } from "./action.ts";
import type { DueRun, PolicyScene } from "./due.ts";
import { expireAction } from "./expire-action.ts";
import { policyHolds } from "./holds.ts";
import { keepOf } from "./keeps.ts";
import type { Keep } from "./plan.ts";

/** What retention says about the snapshots of one policy on one collection. */
export interface Expiry {
  readonly expires: readonly ExpireAction[];
  readonly keeps: readonly Keep[];
}

/** Snapshots that may fill a slot: whole where they have to be, or about to be. */
function candidates(scene: PolicyScene, due: DueRun): readonly Snapshot[] {
  const coming = new Set(due.copies.map((copy) => copy.snapshotId));
  return scene.mine.filter((snapshot) => {
    if (scene.place === "cluster") return isComplete(snapshot);
    return (
      copyAt(snapshot, scene.place)?.status === "complete" ||
      coming.has(snapshot.id) ||
      // A copy in a repository that the policy named before still counts.
      snapshot.copies.some((copy) => copy.place !== "cluster" && copy.status === "complete")
    );
  });
}

type Reasons = Map<string, string[]>;

function ruleReasons(scene: PolicyScene, due: DueRun, rules: RetentionRules): Reasons {
  const snapshots: RetentionSnapshot[] = candidates(scene, due).map((snapshot) => ({
    id: snapshot.id,
    createdAt: snapshot.startedAt,
  }));
  if (due.create) {
    snapshots.unshift({ id: due.create.snapshotId, createdAt: scene.survey.now.toISOString() });
  }
  if (Object.keys(rules).length === 0) {
    return new Map(snapshots.map(({ id }) => [id, ["keep everything"]]));
  }
  const { timezone } = scene.policy.schedule;
  const { kept } = retain({ snapshots, rules, timezone, now: scene.survey.now });
  const counts = new Map<string, number>();
  const reasons: Reasons = new Map();
  for (const { id, reasons: words } of kept) {
    const numbered = words.map((word) => {
      if (word.includes(" ")) return word;
      const count = (counts.get(word) ?? 0) + 1;
      counts.set(word, count);
      return `${word} ${count}`;
    });
    reasons.set(id, numbered);
  }
  return reasons;
}

/** Adds the floor under every rule: the newest complete ones, this many, always stay. */
function addFloor(reasons: Reasons, scene: PolicyScene, due: DueRun, minKeep: number): void {
  const ids = candidates(scene, due).map((snapshot) => snapshot.id);
  if (due.create) ids.unshift(due.create.snapshotId);
  for (const id of ids.slice(0, minKeep)) {
    if (!reasons.has(id)) reasons.set(id, [`at least ${minKeep}`]);
  }
}

/** Ids that given rules and their floor keep, planned snapshot included. */
export function keptByRules(
  scene: PolicyScene,
  due: DueRun,
  rules: RetentionRules,
  minKeep: number,
): ReadonlySet<string> {
  const reasons = ruleReasons(scene, due, rules);
  addFloor(reasons, scene, due, minKeep);
  return new Set(reasons.keys());
}

function add(reasons: Reasons, id: string, reason: string): void {
  const list = reasons.get(id);
  if (list) list.push(reason);
  else reasons.set(id, [reason]);
}

/** What keeps a snapshot whatever the rules say. */
function addGuards(reasons: Reasons, scene: PolicyScene, due: DueRun): void {
  const { survey, cluster, collection } = scene;
  const newest = survey.newestComplete(cluster, collection);
  // With a planned create the newest one may go: only after the create has succeeded.
  if (newest && !due.create) add(reasons, newest.id, "newest complete");
  const now = survey.now.toISOString();
  const complete = new Set(candidates(scene, due));
  const hasComplete = [...complete].some(isComplete);
  let newestPartial: string | null = null;
  for (const snapshot of scene.mine) {
    if (snapshot.pinned) add(reasons, snapshot.id, "pinned");
    if (snapshot.keepUntil !== null && snapshot.keepUntil > now) {
      add(reasons, snapshot.id, `kept until ${snapshot.keepUntil}`);
    }
    if (complete.has(snapshot)) continue;
    const fault = untouchable(snapshot);
    if (fault) add(reasons, snapshot.id, fault);
    else if (!hasComplete && newestPartial === null) {
      newestPartial = snapshot.id;
      add(reasons, snapshot.id, "newest incomplete; no complete snapshot exists yet");
    }
  }
}

/** Why an incomplete snapshot must not be removed by a rule; null for our own failed parts. */
function untouchable(snapshot: Snapshot): string | null {
  const statuses = snapshot.copies.map((copy) => copy.status);
  if (statuses.includes("unknown")) return "unknown: something that holds it did not answer";
  if (statuses.includes("unreachable")) return "unreachable: its collection is gone";
  if (statuses.includes("damaged")) return "damaged: see `snapform repository check`";
  if (statuses.includes("complete")) return "not copied yet";
  return null;
}

/**
 * Beyond `keepOnCluster`, copies leave the cluster once the one in the repository is complete. What
 * this plan makes and copies counts as there already, so that the next plan has nothing to add.
 */
function clusterSurplus(scene: PolicyScene, due: DueRun): ReadonlySet<string> {
  if (scene.place === "cluster") return new Set();
  const coming = new Set(due.copies.map((copy) => copy.snapshotId));
  const onCluster = scene.mine.filter((snapshot) => copyAt(snapshot, "cluster") !== undefined);
  const stays = Math.max(0, scene.policy.keepOnCluster - (due.create ? 1 : 0));
  const surplus = onCluster
    .slice(stays)
    .filter((entry) => copyAt(entry, "cluster")?.status === "complete")
    .filter((entry) => copyAt(entry, scene.place)?.status === "complete" || coming.has(entry.id));
  return new Set(surplus.map((snapshot) => snapshot.id));
}

/** Splits the policy's snapshots into what stays, with reasons, and what goes. */
export function planExpiry(scene: PolicyScene, due: DueRun, noExpire: boolean): Expiry {
  const { rules, minKeep } = scene.policy.retention;
  const reasons = ruleReasons(scene, due, rules);
  addFloor(reasons, scene, due, minKeep);
  addGuards(reasons, scene, due);
  const holds = policyHolds(scene, due);
  const dependsOn = [...(due.create ? [due.create.id] : []), ...due.copies.map((copy) => copy.id)];
  const surplus = clusterSurplus(scene, due);
  const expire = (snapshot: Snapshot, places: readonly Place[], reason: string): ExpireAction => {
    const { address } = scene;
    return expireAction(scene.survey, snapshot, { address, places, reason, holds, dependsOn });
  };
  const expires: ExpireAction[] = [];
  const keeps: Keep[] = [];
  for (const snapshot of scene.mine) {
    const why = reasons.get(snapshot.id);
    if (why !== undefined || noExpire) {
      keeps.push(keepOf(snapshot, scene.address, why ?? ["beyond retention; expires are off"]));
      if (!noExpire && surplus.has(snapshot.id) && !snapshot.pinned) {
        const reason = `beyond keepOnCluster ${scene.policy.keepOnCluster}; its copy is complete`;
        expires.push(expire(snapshot, ["cluster"], reason));
      }
      continue;
    }
    const places = snapshot.copies.map((copy) => copy.place);
    const reason = isComplete(snapshot) ? "beyond retention" : "incomplete; a complete one exists";
    expires.push(expire(snapshot, places, reason));
  }
  return { expires, keeps };
}
