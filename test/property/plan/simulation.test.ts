import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Desired } from "../../../src/desired/desired.ts";
import { planConfig } from "../../../src/plan/plan-config.ts";
import { isComplete } from "../../../src/snapshot/snapshot.ts";
import * as build from "../../unit/plan/build.ts";
import { zones } from "../policy/arbitraries.ts";
import { seed } from "../policy/seed.ts";
import { rules } from "./arbitraries.ts";
import { breaches } from "./invariants.ts";
import { applyPlan, runnable, type World } from "./simulate.ts";

const HOUR_MS = 3_600_000;

/** What the world does to a project between two runs. */
interface Step {
  readonly hours: number;
  readonly event: "none" | "outage" | "emptied" | "refilled" | "dropped" | "unmounted";
  /** How far the clock is off during the run, in minutes. */
  readonly skewMinutes: number;
  /** One in so many actions fails; none for 0. */
  readonly failEvery: number;
  readonly acknowledge: boolean;
  readonly leaveParts: boolean;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    hours: fc.constantFrom(1, 6, 24, 24, 24, 24, 24, 25, 72, 24 * 14),
    event: fc.constantFrom<Step["event"]>(
      ...Array.from({ length: 14 }, () => "none" as const),
      "outage",
      "emptied",
      "refilled",
      "refilled",
      "dropped",
      "unmounted",
    ),
    skewMinutes: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, -30, 3, 60 * 24 * 400),
    failEvery: fc.constantFrom(0, 0, 0, 2, 3, 1),
    acknowledge: fc.constantFrom(false, false, false, false, false, true),
    leaveParts: fc.boolean(),
  }),
  { minLength: 20, maxLength: 120 },
);

const projects = fc
  .record({
    engine: fc.constantFrom<build.EngineName>("qdrant", "milvus", "lancedb"),
    retention: rules,
    minKeep: fc.integer({ min: 1, max: 3 }),
    keepOnCluster: fc.integer({ min: 0, max: 2 }),
    stored: fc.boolean(),
    timezone: zones,
    cron: fc.constantFrom("0 2 * * *", "30 1 * * *", "0 */6 * * *"),
    startMs: fc.constantFrom(Date.UTC(2026, 1, 20), Date.UTC(2026, 8, 25), Date.UTC(2026, 2, 27)),
  })
  .map(({ engine, retention, minKeep, keepOnCluster, stored, timezone, cron, startMs }) => {
    const repository = engine === "lancedb" || (engine === "qdrant" && stored) ? "vault" : null;
    const desired: Desired = build.desire({
      policies: [
        build.policy({
          schedule: { cron, timezone },
          retention: { keepAll: false, rules: retention, minKeep },
          repository,
          keepOnCluster,
        }),
      ],
    });
    return { engine, desired, startMs };
  });

function observe(world: World, step: Step, engine: build.EngineName, points: number): World {
  const isThere = step.event !== "outage" && step.event !== "dropped";
  const reachable = step.event !== "outage";
  const { inventory } = world;
  const isUnmounted = step.event === "unmounted";
  return {
    ...world,
    inventory: {
      ...inventory,
      clusters: [
        build.cluster(
          {
            reachable,
            identity: reachable ? "prod-1" : null,
            collections: isThere ? [build.collection({ points })] : [],
          },
          engine,
        ),
      ],
      repositories: [build.repository({ status: isUnmounted ? "missing" : "ok" })],
    },
  };
}

/** What a run sees: what cannot be reached is not listed, or listed as unknown. */
function visible(world: World, step: Step): World {
  const snapshots = world.inventory.snapshots.flatMap((snapshot) => {
    const copies = snapshot.copies.flatMap((each) => {
      if (each.place === "cluster" && step.event === "outage") {
        return [{ ...each, status: "unknown" as const }];
      }
      if (each.place === "cluster" && step.event === "dropped") {
        return [{ ...each, status: "unreachable" as const }];
      }
      return each.place !== "cluster" && step.event === "unmounted" ? [] : [each];
    });
    return copies.length === 0 ? [] : [{ ...snapshot, copies }];
  });
  return { ...world, inventory: { ...world.inventory, snapshots } };
}

/** The world after a run on what was visible of it: what was hidden is as it was. */
function reveal(whole: World, seen: World, after: World): World {
  const key = (id: string, place: string): string => `${id} ${place}`;
  const hadSeen = new Set(
    seen.inventory.snapshots.flatMap(({ id, copies }) => copies.map((c) => key(id, c.place))),
  );
  const before = new Map(whole.inventory.snapshots.map((each) => [each.id, each]));
  const left = new Map(after.inventory.snapshots.map((each) => [each.id, each]));
  const ids = [...new Set([...before.keys(), ...left.keys()])];
  const snapshots = ids.flatMap((id) => {
    const [was, is] = [before.get(id), left.get(id)];
    const base = is ?? was;
    if (!base) return [];
    const hidden = (was?.copies ?? []).filter(({ place }) => !hadSeen.has(key(id, place)));
    const kept = (is?.copies ?? []).map(
      (each) => was?.copies.find(({ place }) => place === each.place) ?? each,
    );
    const copies = [...kept, ...hidden];
    return copies.length === 0 ? [] : [{ ...base, copies }];
  });
  return { state: after.state, inventory: { ...after.inventory, snapshots } };
}

describe("months of runs", () => {
  it("keep every rule at each step, and never lose the last restorable point", () => {
    let runCount = 0;
    let expireCount = 0;
    fc.assert(
      fc.property(projects, steps, ({ engine, desired, startMs }, list) => {
        let world: World = { inventory: build.world(), state: null };
        let nowMs = startMs;
        let points = 1_000;
        let goodPoints = 0;
        let hadOne = false;
        for (const step of list) {
          nowMs += step.hours * HOUR_MS;
          if (step.event === "emptied") points = 0;
          if (step.event === "refilled") points = 1_000;
          world = observe(world, step, engine, points);
          const seen = visible(world, step);
          const now = new Date(nowMs + step.skewMinutes * 60_000);
          const plan = planConfig(desired, seen.inventory, seen.state, now);
          expect(breaches({ ...seen, desired, plan, now })).toEqual([]);
          runCount += 1;
          const fail = new Set(
            plan.actions
              .filter((_, n) => step.failEvery > 0 && n % step.failEvery === 0)
              .map(({ id }) => id),
          );
          const { acknowledge, leaveParts } = step;
          const after = applyPlan(seen, desired, plan, { fail, leaveParts, acknowledge });
          expireCount += plan.actions.filter(
            ({ kind, id }) => kind === "expire" && after.done.has(id),
          ).length;
          world = reveal(world, seen, after);
          const whole = world.inventory.snapshots.filter(isComplete);
          if (hadOne) expect(whole.length).toBeGreaterThan(0);
          hadOne ||= whole.length > 0;
          // An emptied source never pushes the good ones out, unless somebody said so.
          const good = whole.filter((each) => (each.points?.after ?? 0) > 0).length;
          const isAccepted = Object.keys(world.state?.shrinks ?? {}).length > 0;
          if (points === 0 && goodPoints > 0 && !isAccepted) expect(good).toBe(goodPoints);
          goodPoints = good;
        }
        // When all is well again, the project settles.
        const calm: Step = {
          hours: 24,
          event: "none",
          skewMinutes: 0,
          failEvery: 0,
          acknowledge: true,
          leaveParts: false,
        };
        nowMs = Math.max(nowMs, Date.parse(world.state?.lastSeenAt ?? "")) + 24 * HOUR_MS;
        const now = new Date(nowMs);
        world = observe(world, calm, engine, 1_000);
        for (let round = 0; round < 2; round += 1) {
          const plan = planConfig(desired, world.inventory, world.state, now);
          world = applyPlan(world, desired, plan, { acknowledge: true });
        }
        const last = planConfig(desired, world.inventory, world.state, now);
        expect(last.actions).toEqual([]);
        expect(runnable(last, true)).toEqual([]);
        expect(world.inventory.snapshots.filter(isComplete).length).toBeGreaterThan(0);
      }),
      { seed, numRuns: 400 },
    );
    // A canary: a simulation in which nothing ever expires would prove nothing.
    expect(runCount).toBeGreaterThan(10_000);
    expect(expireCount).toBeGreaterThan(runCount / 20);
  });
});
