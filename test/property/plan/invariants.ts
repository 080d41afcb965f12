/** What must be true of every plan, whatever it was made from; breaches as full sentences. */
import type { Desired } from "../../../src/desired/desired.ts";
import { needsAcknowledgement, mustWait } from "../../../src/plan/hazard.ts";
import type { ExpireAction } from "../../../src/plan/action.ts";
import type { Plan } from "../../../src/plan/plan.ts";
import { matchCollections } from "../../../src/policy/match.ts";
import { previousRun } from "../../../src/policy/schedule.ts";
import { CLOCK_SKEW_MS } from "../../../src/plan/survey.ts";
import { isComplete, type Snapshot } from "../../../src/snapshot/snapshot.ts";
import { PROJECT } from "../../unit/plan/build.ts";
import type { World } from "./simulate.ts";

export interface Planned extends World {
  readonly desired: Desired;
  readonly plan: Plan;
  readonly now: Date;
}

export const keyOf = (each: { cluster: string; collection: string; id: string }): string =>
  `${each.cluster}/${each.collection}/${each.id}`;

/** Written anew from the design, not from the planner: ours to delete or not. */
export function isOurs(snapshot: Snapshot, { state, inventory }: World): boolean {
  const record = state?.snapshots[snapshot.id];
  const isAdopted = record !== undefined && record.adoptedAt !== null;
  const { owner } = snapshot;
  const isMade =
    owner === null
      ? record !== undefined
      : owner.project === PROJECT && owner.lineage === (state?.lineage ?? null);
  const seen = inventory.clusters.find(({ name }) => name === snapshot.cluster)?.identity ?? null;
  const madeOn = isAdopted
    ? record.clusterIdentity
    : (snapshot.clusterIdentity ?? record?.clusterIdentity ?? null);
  const isHere = seen === null || madeOn === null || seen === madeOn;
  return (isAdopted || isMade) && isHere;
}

function expiresOf(plan: Plan): readonly ExpireAction[] {
  return plan.actions.filter((action): action is ExpireAction => action.kind === "expire");
}

export function breaches(planned: Planned): string[] {
  return [
    ...forbiddenExpires(planned),
    ...missingHolds(planned),
    ...uncoveredRuns(planned),
    ...partition(planned),
  ];
}

/** A run that nothing can have covered is planned, or holds back every expire of its collection. */
function uncoveredRuns({ plan, inventory, desired, now }: Planned): string[] {
  const faults: string[] = [];
  for (const policy of desired.policies) {
    const runAt = previousRun(policy.schedule, { before: now });
    const there = inventory.clusters.find(({ name }) => name === policy.cluster);
    if (runAt === null || !there?.reachable) continue;
    const names = there.collections.map(({ name }) => name);
    for (const collection of matchCollections(policy.collections, names)) {
      const isIt = (each: { cluster: string; collection: string }): boolean =>
        each.cluster === policy.cluster && each.collection === collection;
      const mayCover = inventory.snapshots.some(
        (each) => isIt(each) && Date.parse(each.scheduledFor ?? "") >= runAt.getTime(),
      );
      const address = `policy.${policy.name}["${policy.cluster}/${collection}"]`;
      const isPlanned = plan.actions.some(
        (each) => each.kind === "create" && each.address === address,
      );
      if (mayCover || isPlanned) continue;
      const loose = expiresOf(plan).filter((each) => isIt(each) && !mustWait(each.hazards));
      for (const { id } of loose) faults.push(`${id} is not held: ${address} is not covered`);
    }
  }
  return faults;
}

function forbiddenExpires(planned: Planned): string[] {
  const { plan, inventory, now } = planned;
  const byKey = new Map(inventory.snapshots.map((each) => [keyOf(each), each]));
  return expiresOf(plan).flatMap((action) => {
    const snapshot = byKey.get(keyOf({ ...action, id: action.snapshotId }));
    const makers = plan.actions.filter(({ kind }) => kind === "create");
    if (!snapshot) {
      const isMade = makers.some(({ snapshotId }) => snapshotId === action.snapshotId);
      return isMade && !action.isWhole ? [] : [`${action.id} names nothing`];
    }
    const faults: string[] = [];
    const say = (fault: string): void => void faults.push(`${action.id}: ${fault}`);
    if (!isOurs(snapshot, planned)) say("is not ours");
    if (snapshot.pinned) say("is pinned");
    if (Date.parse(snapshot.startedAt) > now.getTime() + CLOCK_SKEW_MS) say("is in the future");
    const untilMs = snapshot.keepUntil === null ? 0 : Date.parse(snapshot.keepUntil);
    if (action.isWhole && untilMs > now.getTime()) say("is kept until later");
    const gone = snapshot.copies.filter(({ place }) => action.places.includes(place));
    if (gone.some(({ status }) => status === "unknown")) say("is unknown");
    if (gone.some(({ status }) => status === "unreachable")) say("is unreachable");
    const isCopied = plan.actions.some(
      (other) =>
        other.kind === "copy" &&
        other.snapshotId === action.snapshotId &&
        action.dependsOn.includes(other.id),
    );
    const isAll = gone.length === snapshot.copies.length && !isCopied;
    if (action.isWhole !== isAll) say("is wrong about isWhole");
    if (!action.isWhole) {
      const left = snapshot.copies.some(
        ({ place, status }) => status === "complete" && !action.places.includes(place),
      );
      if (!left && !isCopied) say("leaves no complete copy");
    }
    return faults;
  });
}

function missingHolds({ plan, inventory, state, now }: Planned): string[] {
  const faults: string[] = [];
  const groups = Map.groupBy(expiresOf(plan), (each) =>
    JSON.stringify([each.cluster, each.collection]),
  );
  for (const expires of groups.values()) {
    const [first] = expires;
    if (!first) continue;
    const there = inventory.clusters.find(({ name }) => name === first.cluster);
    const source = there?.collections.find(({ name }) => name === first.collection);
    const isRemoval = (action: ExpireAction): boolean => action.reason.startsWith("removed with");
    for (const action of expires) {
      const waits = mustWait(action.hazards);
      const say = (fault: string): void => void faults.push(`${action.id} is not held: ${fault}`);
      if (state && now.getTime() < Date.parse(state.lastSeenAt) && !waits) say("clock behind");
      if (!there?.reachable && !waits) say("cluster unreachable");
      if (there?.reachable && !source && !waits && !isRemoval(action)) say("collection gone");
    }
    const gone = expires.filter(
      (each) => each.isWhole && !mustWait(each.hazards) && !needsAcknowledgement(each.hazards),
    );
    const creates = plan.actions.filter(
      (each) =>
        each.kind === "create" &&
        each.cluster === first.cluster &&
        each.collection === first.collection &&
        each.hazards.length === 0,
    );
    const whole = inventory.snapshots.filter(
      (each) =>
        each.cluster === first.cluster &&
        each.collection === first.collection &&
        isComplete(each) &&
        isOurs(each, { inventory, state }),
    );
    const limit = Math.max(10, Math.floor(whole.length / 2));
    if (gone.length - creates.length > limit) faults.push(`${gone.length} expires at once`);
    for (const create of creates) {
      const late = expires.filter((each) => !each.dependsOn.includes(create.id));
      for (const { id } of late) faults.push(`${id} does not wait for ${create.id}`);
    }
  }
  return faults;
}

/** Every snapshot has exactly one line, unless only copies of it go. */
function partition({ plan, inventory, desired }: Planned): string[] {
  if (plan.diagnostics.some(({ severity }) => severity === "error")) return [];
  const keeps = Map.groupBy(plan.keeps, (each) => keyOf({ ...each, id: each.snapshotId }));
  const whole = new Set(
    expiresOf(plan)
      .filter((each) => each.isWhole)
      .map((each) => keyOf({ ...each, id: each.snapshotId })),
  );
  const faults: string[] = [];
  for (const snapshot of inventory.snapshots) {
    const key = keyOf(snapshot);
    const lines = (keeps.get(key)?.length ?? 0) + (whole.has(key) ? 1 : 0);
    if (lines !== 1) faults.push(`${key} has ${lines} lines`);
  }
  for (const keep of plan.keeps) {
    if (keep.reasons.length === 0) faults.push(`${keep.snapshotId} stays for no reason`);
  }
  const ids = plan.actions.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) faults.push("two actions share an id");
  if (desired.policies.length === 0 && whole.size > 0 && desired.removed.length === 0) {
    for (const { reason } of expiresOf(plan)) {
      if (!reason.startsWith("kept until")) faults.push("something expires that nobody asked for");
    }
  }
  return faults;
}
