import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planConfig } from "../../../src/plan/plan-config.ts";
import { CLOCK_SKEW_MS } from "../../../src/plan/survey.ts";
import { hasErrors } from "../../../src/diagnostics/diagnostic.ts";
import { isComplete, type Snapshot } from "../../../src/snapshot/snapshot.ts";
import * as build from "../../unit/plan/build.ts";
import { seed } from "../policy/seed.ts";
import { cases, type Case } from "./arbitraries.ts";
import { breaches, isOurs, keyOf } from "./invariants.ts";
import { applyPlan, runnable, type World } from "./simulate.ts";

const settings = { seed, numRuns: 500 };
const plan = ({ desired, inventory, state, now }: Case) =>
  planConfig(desired, inventory, state, now);
const again = (given: Case, world: World): Case => ({ ...given, ...world });

/** Some of a list, chosen by bits. */
function some<T>(list: readonly T[], bits: readonly boolean[]): T[] {
  return list.filter((_, index) => bits[index % Math.max(1, bits.length)] ?? false);
}

const bits = fc.array(fc.boolean(), { minLength: 1, maxLength: 31 });

function isFuture({ startedAt }: Snapshot, now: Date): boolean {
  return Date.parse(startedAt) > now.getTime() + CLOCK_SKEW_MS;
}

/** By collection, the newest complete snapshot that is ours. */
function newestByCollection(world: World, now: Date): ReadonlyMap<string, Snapshot> {
  const newest = new Map<string, Snapshot>();
  for (const snapshot of world.inventory.snapshots) {
    if (!isComplete(snapshot) || isFuture(snapshot, now) || !isOurs(snapshot, world)) continue;
    const key = `${snapshot.cluster}/${snapshot.collection}`;
    const known = newest.get(key);
    if (known && Date.parse(known.startedAt) >= Date.parse(snapshot.startedAt)) continue;
    newest.set(key, snapshot);
  }
  return newest;
}

function shuffled<T>(list: readonly T[], keys: readonly number[]): T[] {
  return list
    .map((value, index) => ({ value, key: keys[index % keys.length] ?? 0, index }))
    .sort((a, b) => a.key - b.key || b.index - a.index)
    .map(({ value }) => value);
}

/** The same with nearly all of the snapshots in one hand: one policy's, of one collection. */
function crowded(given: Case): Case {
  const owner = build.owner("policy.a", { lineage: given.state?.lineage ?? build.LINEAGE });
  const snapshots = given.inventory.snapshots.map((each, index) =>
    index % 10 === 0 ? each : { ...each, collection: "docs", owner, clusterIdentity: "prod-1" },
  );
  const policies = given.desired.policies.map((each, index) =>
    index === 0 ? { ...each, name: "a", collections: ["docs"] } : { ...each, name: `x${index}` },
  );
  const desired = { ...given.desired, policies, restores: [] };
  const state = given.state && { ...given.state, snapshots: {} };
  return { ...given, desired, state, inventory: { ...given.inventory, snapshots } };
}

describe("a plan", () => {
  it("names nothing for deletion that must stay, and has one line for each snapshot", () => {
    fc.assert(
      fc.property(cases(), (given) => {
        expect(breaches({ ...given, plan: plan(given) })).toEqual([]);
      }),
      { ...settings, numRuns: 2_000 },
    );
  });

  it("holds back what would go at once from a long history", () => {
    let heldCount = 0;
    fc.assert(
      fc.property(cases(120, 40), (given) => {
        const made = plan(crowded(given));
        if (made.hazards.includes("mass-expire")) heldCount += 1;
        expect(breaches({ ...crowded(given), plan: made })).toEqual([]);
      }),
      settings,
    );
    // A canary: the breaker has something to break.
    expect(heldCount).toBeGreaterThan(10);
  });

  it("is empty right after it was applied", () => {
    fc.assert(
      fc.property(cases(), fc.boolean(), (given, acknowledge) => {
        const first = plan(given);
        fc.pre(!hasErrors(first.diagnostics));
        const world = applyPlan(given, given.desired, first, { acknowledge });
        const second = plan(again(given, world));
        expect(runnable(second, acknowledge).map(({ id }) => id)).toEqual([]);
      }),
      { ...settings, numRuns: 1_500 },
    );
  });

  it("converges after any of its actions failed", () => {
    fc.assert(
      fc.property(cases(), bits, fc.boolean(), (given, chosen, leaveParts) => {
        const first = plan(given);
        fc.pre(!hasErrors(first.diagnostics));
        const fail = new Set(some(first.actions, chosen).map(({ id }) => id));
        let world: World = applyPlan(given, given.desired, first, { fail, leaveParts });
        for (let round = 0; round < 2; round += 1) {
          world = applyPlan(world, given.desired, plan(again(given, world)));
        }
        expect(runnable(plan(again(given, world))).map(({ id }) => id)).toEqual([]);
      }),
      { ...settings, numRuns: 1_500 },
    );
  });

  it("leaves each collection its newest complete snapshot or a newer one", () => {
    fc.assert(
      fc.property(cases(), bits, fc.boolean(), fc.boolean(), (given, chosen, ack, leaveParts) => {
        const before = newestByCollection(given, given.now);
        const made = plan(given);
        const fail = new Set(some(made.actions, chosen).map(({ id }) => id));
        const options = { fail, leaveParts, acknowledge: ack };
        const world = applyPlan(given, given.desired, made, options);
        const after = newestByCollection({ ...world, state: world.state }, given.now);
        for (const [key, snapshot] of before) {
          const left = after.get(key);
          expect(left, key).toBeDefined();
          const leftMs = Date.parse(left?.startedAt ?? "");
          expect(leftMs).toBeGreaterThanOrEqual(Date.parse(snapshot.startedAt));
        }
      }),
      { ...settings, numRuns: 1_500 },
    );
  });

  it("does not depend on the order of anything", () => {
    const keys = fc.array(fc.nat(), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(cases(), keys, (given, order) => {
        const { desired, inventory, state } = given;
        const mixed: Case = {
          ...given,
          desired: {
            ...desired,
            policies: shuffled(desired.policies, order),
            snapshots: shuffled(desired.snapshots, order),
            removed: shuffled(desired.removed, order),
          },
          inventory: {
            ...inventory,
            repositories: shuffled(inventory.repositories, order),
            clusters: inventory.clusters.map((cluster) => ({
              ...cluster,
              collections: shuffled(cluster.collections, order),
            })),
            snapshots: shuffled(inventory.snapshots, order).map((snapshot) => ({
              ...snapshot,
              copies: shuffled(snapshot.copies, order),
            })),
          },
          state: state && {
            ...state,
            snapshots: Object.fromEntries(shuffled(Object.entries(state.snapshots), order)),
          },
        };
        expect(plan(mixed)).toEqual(plan(given));
      }),
      settings,
    );
  });

  it("expires no more when rules or the floor keep more", () => {
    fc.assert(
      fc.property(cases(), fc.integer({ min: 1, max: 5 }), (given, more) => {
        const grown = given.desired.policies.map((each) => {
          const { rules, minKeep, keepAll } = each.retention;
          const counts = Object.entries(rules).map(([rule, count]) => {
            return [rule, typeof count === "number" ? count + more : count];
          });
          const retention = { keepAll, rules: Object.fromEntries(counts), minKeep: minKeep + more };
          return { ...each, retention };
        });
        const expired = (one: Case): string[] =>
          plan(one).actions.flatMap((each) =>
            each.kind === "expire" && each.isWhole ? [each.id] : [],
          );
        const before = new Set(expired(given));
        const bigger = { ...given, desired: { ...given.desired, policies: grown } };
        expect(expired(bigger).filter((id) => !before.has(id))).toEqual([]);
      }),
      settings,
    );
  });

  it("lets partial snapshots fill no slot and push nothing out", () => {
    fc.assert(
      fc.property(cases(), (given) => {
        const isFailed = ({ copies }: Snapshot): boolean =>
          copies.every(({ status }) => status === "partial");
        const without = given.inventory.snapshots.filter((each) => !isFailed(each));
        const clean = { ...given, inventory: { ...given.inventory, snapshots: without } };
        const ids = new Set(without.map(keyOf));
        const lines = (one: Case): string[] =>
          plan(one)
            .actions.filter(({ kind }) => kind === "expire")
            .map((each) => keyOf({ ...each, id: each.snapshotId }))
            .filter((key) => ids.has(key));
        expect(lines(given)).toEqual(lines(clean));
      }),
      settings,
    );
  });

  it("keeps what a removed policy made", () => {
    fc.assert(
      fc.property(cases(), (given) => {
        const { desired } = given;
        const [first, ...policies] = desired.policies;
        const removed = { ...desired, policies, restores: [], moved: [] };
        const made = plan({ ...given, desired: removed });
        const touched = made.actions.filter(({ address }) =>
          address.startsWith(`policy.${first?.name}`),
        );
        // Only what a restore put aside for a time goes on its own account.
        const byTime = touched.filter(({ reason }) => reason.startsWith("kept until"));
        expect(touched).toEqual(byTime);
      }),
      settings,
    );
  });

  it("makes and expires nothing because of a rename", () => {
    fc.assert(
      fc.property(cases(), (given) => {
        const { desired } = given;
        const [first, ...others] = desired.policies;
        if (!first) return;
        const moved = [...desired.moved, { from: `policy.${first.name}`, to: "policy.renamed" }];
        const renamed = {
          ...desired,
          policies: [...others, { ...first, name: "renamed" }],
          restores: [],
          moved,
        };
        const plain = { ...desired, restores: [] };
        const known = new Set(given.inventory.snapshots.map(({ id }) => id));
        const lines = (one: Case): string[] =>
          plan(one)
            .actions.map((each) => {
              const id = known.has(each.snapshotId) ? each.snapshotId : "made by this plan";
              return `${each.kind} ${each.collection} ${each.hazards.join()} ${id}`;
            })
            .sort();
        expect(lines({ ...given, desired: renamed })).toEqual(lines({ ...given, desired: plain }));
      }),
      settings,
    );
  });

  it("dies with its acknowledgement only when the set of dangerous actions changes", () => {
    fc.assert(
      fc.property(cases(), fc.integer({ min: 1, max: 40_000 }), (given, laterMs) => {
        const later = { ...given, now: new Date(given.now.getTime() + laterMs) };
        const [a, b] = [plan(given), plan(later)];
        const dangers = (one: typeof a): string[] =>
          one.actions.flatMap((each) =>
            each.kind === "create" || each.hazards.length === 0
              ? []
              : [`${each.id} ${[...each.hazards].sort().join()}`],
          );
        if (JSON.stringify(dangers(a)) !== JSON.stringify(dangers(b))) return;
        expect(a.acknowledge).toBe(b.acknowledge);
      }),
      settings,
    );
  });
});
