import { policyCollectionAddress, resourceOf } from "../address/address.ts";
import type { Desired } from "../desired/desired.ts";
import { isComplete, type Snapshot } from "../snapshot/snapshot.ts";
import type { ExpireAction } from "./action.ts";
import { breakExpires } from "./breaker.ts";
import { expireAction } from "./expire-action.ts";
import { collectionHolds } from "./holds.ts";
import { keepOf } from "./keeps.ts";
import type { Keep, ResourcePlan } from "./plan.ts";
import type { Survey } from "./survey.ts";

/** Addresses that plan their own snapshots. */
function declaredAddresses(desired: Desired): ReadonlySet<string> {
  return new Set([
    ...desired.policies.map((policy) => `policy.${policy.name}`),
    ...desired.snapshots.map((snapshot) => `snapshot.${snapshot.name}`),
  ]);
}

function addressIn(address: string, cluster: string, collection: string): string {
  const [kind, name] = address.split(".", 2) as [string, string];
  return kind === "policy" ? policyCollectionAddress(name, cluster, collection) : address;
}

/** Why a leftover may go; null when it stays. */
function release(
  snapshot: Snapshot,
  address: string,
  removals: ReadonlyMap<string, boolean>,
  now: string,
): string | null {
  if (snapshot.pinned) return null;
  if (removals.get(resourceOf(address)) === true) return `removed with ${address}`;
  if (snapshot.keepUntil !== null && snapshot.keepUntil <= now) {
    return `kept until ${snapshot.keepUntil}`;
  }
  return null;
}

/**
 * Snapshots that no declared resource plans: orphans of what was taken out of the configuration
 * (kept), what a `removed:` entry gives up (expired, but for the newest), safety snapshots whose
 * time is over (expired), and what other projects or nobody made (kept, never touched).
 */
export function planLeftovers(
  desired: Desired,
  survey: Survey,
  options: { readonly noExpire: boolean },
): ResourcePlan {
  const declared = declaredAddresses(desired);
  const removals = new Map(desired.removed.map((entry) => [entry.address, entry.deleteSnapshots]));
  const actions: ExpireAction[] = [];
  const keeps: Keep[] = [];
  for (const { cluster, collection } of survey.places) {
    const newest = survey.newestComplete(cluster, collection);
    const expires: ExpireAction[] = [];
    let existing = 0;
    for (const snapshot of survey.snapshotsOf(cluster, collection)) {
      const address = survey.addressOf(snapshot);
      if (address !== null && declared.has(address)) continue;
      if (isComplete(snapshot)) existing += 1;
      if (address === null || survey.ownership(snapshot) !== "ours") {
        keeps.push(keepOf(snapshot, null, [strangerReason(snapshot, survey)]));
        continue;
      }
      const reason = release(snapshot, address, removals, survey.now.toISOString());
      const stays = options.noExpire || snapshot === newest || !isComplete(snapshot);
      if (reason === null || stays) {
        const why = snapshot === newest ? ["newest complete"] : [];
        const own = addressIn(address, cluster, collection);
        keeps.push(keepOf(snapshot, own, [orphanReason(snapshot, address), ...why]));
        continue;
      }
      expires.push(expireLeftover(snapshot, address, reason, survey));
    }
    actions.push(...breakExpires(expires, { creates: 0, existing, changedRule: new Set() }));
    for (const snapshot of survey.futureOf(cluster, collection)) {
      const address = survey.addressOf(snapshot);
      if (address !== null && declared.has(address)) continue;
      keeps.push(keepOf(snapshot, address, ["dated in the future; set aside"]));
    }
  }
  return { actions, keeps, problems: [], diagnostics: [] };
}

function strangerReason(snapshot: Snapshot, survey: Survey): string {
  const ownership = survey.ownership(snapshot);
  if (ownership === "other-lineage") return "made under another state; adopt it to manage it";
  if (ownership === "other-cluster") return "made on another cluster of this name";
  if (snapshot.owner === null) return "unmanaged: snapform did not make it";
  return `of project ${snapshot.owner.project}`;
}

function orphanReason(snapshot: Snapshot, address: string): string {
  if (snapshot.pinned) return "pinned";
  if (snapshot.keepUntil !== null) return `kept until ${snapshot.keepUntil}`;
  if (address === "manual") return "made by hand";
  return `orphaned: ${address} is not declared`;
}

function expireLeftover(
  snapshot: Snapshot,
  address: string,
  reason: string,
  survey: Survey,
): ExpireAction {
  const { cluster, collection } = snapshot;
  const holds = collectionHolds(survey, cluster, collection);
  return expireAction(survey, snapshot, {
    address: addressIn(address, cluster, collection),
    places: snapshot.copies.map((copy) => copy.place),
    reason,
    // A removal is asked for by name: that the collection is gone too is no reason to wait.
    holds: holds.filter((hold) => hold !== "source-missing"),
    dependsOn: [],
  });
}
