import { policyCollectionAddress } from "../address/address.ts";
import type { Desired } from "../desired/desired.ts";
import { isComplete, type Snapshot } from "../snapshot/snapshot.ts";
import type { Action } from "./action.ts";
import { expireAction } from "./expire-action.ts";
import { doubtOf } from "./expiry.ts";
import type { Holding } from "./holdings.ts";
import { collectionHolds } from "./holds.ts";
import { isHeld } from "./hazard.ts";
import { keepOf, setAside } from "./keeps.ts";
import type { Keep, ResourcePlan } from "./plan.ts";
import type { Scope } from "./scope.ts";
import type { CollectionPlace, Survey } from "./survey.ts";

/** Whether a declared resource plans its own snapshots of a collection. */
type Planned = (address: string, place: CollectionPlace) => boolean;

function plannedBy(desired: Desired): Planned {
  const policies = new Map(desired.policies.map((each) => [`policy.${each.name}`, each]));
  const snapshots = new Map(desired.snapshots.map((each) => [`snapshot.${each.name}`, each]));
  return (address, { cluster, collection }) => {
    if (policies.get(address)?.cluster === cluster) return true;
    const snapshot = snapshots.get(address);
    return snapshot?.cluster === cluster && snapshot.collection === collection;
  };
}

function isDeclared(desired: Desired, address: string): boolean {
  return (
    desired.policies.some((each) => `policy.${each.name}` === address) ||
    desired.snapshots.some((each) => `snapshot.${each.name}` === address)
  );
}

function addressIn(address: string, { cluster, collection }: CollectionPlace): string {
  const [kind, name] = address.split(".", 2) as [string, string];
  return kind === "policy" ? policyCollectionAddress(name, cluster, collection) : address;
}

interface Scene {
  readonly desired: Desired;
  readonly survey: Survey;
  readonly place: CollectionPlace;
  readonly noExpire: boolean;
  /** True when this plan makes a snapshot of the collection, before which nothing of it goes. */
  readonly isRenewed: boolean;
  /** By address: whether a `removed:` entry gives the snapshots up. */
  readonly removals: ReadonlyMap<string, boolean>;
}

/**
 * Snapshots that no declared resource plans: orphans of what was taken out of the configuration
 * (kept), what a `removed:` entry gives up (expired, but for the newest), safety snapshots whose
 * time is over (expired), and what other projects or nobody made (kept, never touched).
 */
export function planLeftovers(
  desired: Desired,
  survey: Survey,
  options: {
    readonly noExpire: boolean;
    readonly planned: readonly Action[];
    /** Of a plan of some resources only what belonged to them is of interest. */
    readonly scope: Scope;
  },
): ResourcePlan {
  const { scope } = options;
  const isPlanned = plannedBy(desired);
  const removals = new Map(desired.removed.map((entry) => [entry.address, entry.deleteSnapshots]));
  const actions: Action[] = [];
  const keeps: Keep[] = [];
  const makes = options.planned.filter((action) => action.kind === "create" && !isHeld(action));
  const renewed = new Set(makes.map(({ cluster, collection }) => keyOf({ cluster, collection })));
  for (const place of survey.places) {
    const isRenewed = renewed.has(keyOf(place));
    const scene = { desired, survey, place, noExpire: options.noExpire, isRenewed, removals };
    for (const holding of survey.holdings(place.cluster, place.collection)) {
      const { address } = holding;
      if (!scope.isAll && (address === null || !scope.includes(address))) continue;
      if (address === null) keeps.push(...foreignKeeps(holding));
      else if (!isPlanned(address, place)) planHolding(scene, holding, address, { actions, keeps });
    }
  }
  return { actions, keeps, problems: [], diagnostics: [] };
}

function keyOf({ cluster, collection }: CollectionPlace): string {
  return JSON.stringify([cluster, collection]);
}

function foreignKeeps({ strangers, future }: Holding): Keep[] {
  const keep = (snapshot: Snapshot, aside: string): Keep => {
    const { owner } = snapshot;
    const whose = owner ? `of project ${owner.project}` : "unmanaged: snapform did not make it";
    return keepOf(snapshot, null, [whose + aside]);
  };
  return [
    ...strangers.map((snapshot) => keep(snapshot, "")),
    ...future.map((snapshot) => keep(snapshot, "; dated in the future")),
  ];
}

function planHolding(
  scene: Scene,
  holding: Holding,
  address: string,
  out: { readonly actions: Action[]; readonly keeps: Keep[] },
): void {
  const { survey, place, isRenewed } = scene;
  const newest = isRenewed ? undefined : survey.newestOurs(place.cluster, place.collection);
  const own = addressIn(address, place);
  out.keeps.push(...setAside(holding, own));
  for (const snapshot of holding.ours) {
    const reason = release(scene, snapshot, address, newest);
    if (reason === null || scene.noExpire || snapshot === newest) {
      const why = snapshot === newest ? ["newest complete"] : [];
      out.keeps.push(keepOf(snapshot, own, [stayReason(scene, snapshot, address), ...why]));
      continue;
    }
    const holds = collectionHolds(survey, place.cluster, place.collection, own).filter(
      // A removal is asked for by name: that the collection is gone too is no reason to wait.
      (hold) => hold !== "source-missing" || !isRemoved(scene, address),
    );
    const request = { address: own, reason, holds, dependsOn: [] };
    out.actions.push(expireAction(survey, snapshot, request));
  }
}

function isRemoved({ removals }: Scene, address: string): boolean {
  return removals.get(address) === true;
}

/** Why a leftover may go; null when it stays. */
function release(
  scene: Scene,
  snapshot: Snapshot,
  address: string,
  newest: Snapshot | undefined,
): string | null {
  const { keepUntil } = snapshot;
  const nowMs = scene.survey.now.getTime();
  if (snapshot.pinned || doubtOf(snapshot) !== null) return null;
  if (keepUntil !== null && Date.parse(keepUntil) > nowMs) return null;
  // What failed attempts left may be all that there is, until there is a whole snapshot.
  if (!isComplete(snapshot) && !newest && !scene.isRenewed) return null;
  if (isRemoved(scene, address)) return `removed with ${address}`;
  // Whoever forgot a safety snapshot was told that no rule expires it.
  if (address === "manual") return null;
  return keepUntil === null ? null : `kept until ${keepUntil}`;
}

function stayReason(scene: Scene, snapshot: Snapshot, address: string): string {
  if (snapshot.pinned) return "pinned";
  const doubt = doubtOf(snapshot);
  if (doubt !== null) return doubt;
  if (address === "manual") return "made by hand";
  if (snapshot.keepUntil !== null) return `kept until ${snapshot.keepUntil}`;
  if (isRemoved(scene, address)) return `left of ${address}, which is removed`;
  if (isDeclared(scene.desired, address)) return `${address} is declared for another place now`;
  return `orphaned: ${address} is not declared`;
}
