import { copyAt, isComplete, type Place, type Snapshot } from "../snapshot/snapshot.ts";
import type { CopyAction, ExpireAction } from "./action.ts";
import type { DueRun, PolicyScene } from "./due.ts";
import { expireAction, expireFromCluster } from "./expire-action.ts";
import { policyHolds } from "./holds.ts";
import { keepOf } from "./keeps.ts";
import type { Keep } from "./plan.ts";
import { addFloor, candidates, ruleReasons, type Reasons } from "./slots.ts";

/** What retention says about the snapshots of one policy on one collection. */
export interface Expiry {
  readonly expires: readonly ExpireAction[];
  readonly keeps: readonly Keep[];
  /** Copies of what stays, and of what is about to be made. */
  readonly copies: readonly CopyAction[];
}

function add(reasons: Reasons, id: string, reason: string): void {
  const list = reasons.get(id);
  if (list) list.push(reason);
  else reasons.set(id, [reason]);
}

/** What keeps a snapshot whatever the rules say. */
function addGuards(reasons: Reasons, scene: PolicyScene, due: DueRun): void {
  const { survey, cluster, collection } = scene;
  const nowMs = survey.now.getTime();
  // With a planned create the newest one may go: only after the create has succeeded.
  if (!due.create) {
    const newest = survey.newestOurs(cluster, collection);
    if (newest) add(reasons, newest.id, "newest complete");
    if (due.coveredBy !== null && !reasons.has(due.coveredBy)) {
      add(reasons, due.coveredBy, "made for the newest run");
    }
  }
  for (const snapshot of scene.mine) {
    if (snapshot.pinned) add(reasons, snapshot.id, "pinned");
    if (snapshot.keepUntil !== null && Date.parse(snapshot.keepUntil) > nowMs) {
      add(reasons, snapshot.id, `kept until ${snapshot.keepUntil}`);
    }
    const doubt = doubtOf(snapshot);
    if (doubt !== null) add(reasons, snapshot.id, doubt);
  }
}

/** Why a snapshot must not be removed because something about it cannot be known. */
export function doubtOf({ copies }: Snapshot): string | null {
  const has = (status: string): boolean => copies.some((copy) => copy.status === status);
  if (has("unknown")) return "unknown: something that holds it did not answer";
  return has("unreachable") ? "unreachable: its collection is gone" : null;
}

/**
 * What keeps a snapshot that fills no slot. A damaged one stays for as long as it would have stayed
 * whole: something of it may yet be saved. Of failed parts the newest stay until there is a whole
 * snapshot.
 */
function addIncomplete(
  reasons: Reasons,
  scene: PolicyScene,
  due: DueRun,
  whole: readonly Snapshot[],
): void {
  const isWhole = new Set(whole);
  const others = scene.mine.filter((snapshot) => !isWhole.has(snapshot));
  if (others.length === 0) return;
  const has = (snapshot: Snapshot, status: string): boolean =>
    snapshot.copies.some((copy) => copy.status === status);
  const damaged = others.filter((entry) => !isComplete(entry) && has(entry, "damaged"));
  const wanted = damaged.length > 0 ? mixedReasons(scene, due, [...whole, ...damaged]) : null;
  let hasOne = whole.some(isComplete) || due.create !== null;
  for (const snapshot of others) {
    if (isComplete(snapshot)) add(reasons, snapshot.id, "not copied yet");
    else if (wanted && has(snapshot, "damaged")) {
      if (wanted.has(snapshot.id)) {
        add(reasons, snapshot.id, "damaged: see `snapform repository check`");
      }
    } else if (!hasOne) {
      hasOne = true;
      add(reasons, snapshot.id, "newest incomplete; no complete snapshot exists yet");
    }
  }
}

function mixedReasons(scene: PolicyScene, due: DueRun, mixed: readonly Snapshot[]): Reasons {
  const { rules, minKeep } = scene.policy.retention;
  const chosen = new Set(mixed);
  const snapshots = scene.mine.filter((snapshot) => chosen.has(snapshot));
  const reasons = ruleReasons(scene, due, { snapshots, rules });
  addFloor(reasons, due, snapshots, minKeep);
  return reasons;
}

/**
 * Beyond `keepOnCluster`, copies leave the cluster once the one in the repository is complete. What
 * this plan makes and copies counts as there already, so that the next plan has nothing to add.
 */
function clusterSurplus(
  scene: PolicyScene,
  due: DueRun,
  copies: readonly CopyAction[],
): readonly Snapshot[] {
  if (scene.place === "cluster") return [];
  const coming = new Set(copies.map((copy) => copy.snapshotId));
  const stays = Math.max(0, scene.policy.keepOnCluster - (due.create ? 1 : 0));
  return scene.mine
    .filter((entry) => copyAt(entry, "cluster")?.status === "complete")
    .slice(stays)
    .filter((entry) => copyAt(entry, scene.place)?.status === "complete" || coming.has(entry.id))
    .filter((entry) => !entry.pinned);
}

function whyExpired(snapshot: Snapshot): string {
  if (isComplete(snapshot)) return "beyond retention";
  const isDamaged = snapshot.copies.some((copy) => copy.status === "damaged");
  return isDamaged ? "damaged, and beyond retention" : "incomplete; a complete one exists";
}

/** Splits the policy's snapshots into what stays, with reasons, and what goes. */
export function planExpiry(scene: PolicyScene, due: DueRun, noExpire: boolean): Expiry {
  const { retention, keepOnCluster } = scene.policy;
  const { survey, address, mine } = scene;
  const whole = candidates(scene, due);
  const reasons = ruleReasons(scene, due, { snapshots: whole, rules: retention.rules });
  addFloor(reasons, due, whole, retention.minKeep);
  addGuards(reasons, scene, due);
  addIncomplete(reasons, scene, due, whole);
  // A copy of what retention releases would only be made to be removed.
  const copies = due.copies.filter((copy) => reasons.has(copy.snapshotId));
  const dependsOn = [...(due.create ? [due.create.id] : []), ...copies.map((copy) => copy.id)];
  const base = { address, holds: policyHolds(scene, due), dependsOn };
  const stays = (snapshot: Snapshot): boolean => noExpire || reasons.has(snapshot.id);
  const off = ["beyond retention; expires are off"];
  const keeps = mine.filter(stays).map((entry) => {
    return keepOf(entry, address, reasons.get(entry.id) ?? off);
  });
  if (noExpire) return { expires: [], keeps, copies };
  const expires = mine
    .filter((entry) => !stays(entry))
    .map((entry) => expireAction(survey, entry, { ...base, reason: whyExpired(entry) }));
  const places: readonly Place[] = ["cluster"];
  const reason = `beyond keepOnCluster ${keepOnCluster}; its copy is complete`;
  for (const entry of clusterSurplus(scene, due, copies).filter(stays)) {
    expires.push(expireAction(survey, entry, { ...base, places, reason }));
  }
  const isCopied = copies.some((copy) => copy.snapshotId === due.create?.snapshotId);
  if (due.create && keepOnCluster === 0 && isCopied) {
    expires.push(expireFromCluster(survey, due.create, { ...base, reason }));
  }
  return { expires, keeps, copies };
}
