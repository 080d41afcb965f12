/**
 * How long a plan takes and how much memory it needs. Run: node bench/planner.ts
 * Targets: 100 policies x 1,000 snapshots under 1 s, ten times the snapshots at most 12 times that;
 * 10,000 collections x 10 snapshots under 1 s; 1,000,000 snapshots under 1 GiB, growing linearly.
 * Retention by itself: bench/retention.ts.
 */
import { spawnSync } from "node:child_process";
import { planConfig } from "../src/plan/plan-config.ts";
import { retain } from "../src/policy/retention.ts";
import type { Desired, DesiredPolicy } from "../src/desired/desired.ts";
import type { State } from "../src/ledger/state.ts";
import type { Inventory } from "../src/snapshot/inventory.ts";
import type { Snapshot } from "../src/snapshot/snapshot.ts";
import * as build from "../test/unit/plan/build.ts";

const newestMs = Date.UTC(2026, 10, 21, 2);
const now = new Date("2026-11-21T03:00:00Z");
const hourMs = 3_600_000;

interface Shape {
  readonly collections: number;
  /** Policies, each on all collections when `isShared`, else on its share of them. */
  readonly policies: number;
  /** Snapshots of each policy on each of its collections. */
  readonly snapshots: number;
  readonly isShared?: boolean;
  /** Nearly all of them stay, as on a usual night; else nearly all of them expire. */
  readonly isUsual?: boolean;
}

interface Load {
  readonly desired: Desired;
  readonly inventory: Inventory;
  readonly state: State;
}

function loadOf(shape: Shape): Load {
  const share = Math.ceil(shape.collections / shape.policies);
  const collections = Array.from({ length: shape.collections }, (_, n) =>
    shape.isShared ? `c${n}` : `g${Math.floor(n / share)}-c${n}`,
  );
  const policies: DesiredPolicy[] = [];
  const snapshots: Snapshot[] = [];
  for (let n = 0; n < shape.policies; n += 1) {
    const own = shape.isShared ? collections : collections.slice(n * share, (n + 1) * share);
    const retention = {
      keepAll: false,
      rules: { last: shape.isUsual ? shape.snapshots - 1 : 10, daily: 14, weekly: 8, monthly: 12 },
      minKeep: 1,
    };
    const schedule = { cron: "0 2 * * *", timezone: "Europe/Berlin" };
    const name = `p${n}`;
    const patterns = [shape.isShared ? "*" : `g${n}-*`];
    policies.push(build.policy({ name, collections: patterns, retention, schedule }));
    for (const collection of own) snapshots.push(...series(name, collection, shape.snapshots));
  }
  const observed = collections.map((name) => build.collection({ name, identity: name }));
  return {
    desired: build.desire({ policies }),
    inventory: build.world({ clusters: [build.cluster({ collections: observed })], snapshots }),
    state: build.ledger(),
  };
}

function series(policy: string, collection: string, count: number): Snapshot[] {
  const owner = build.owner(`policy.${policy}`);
  const copies = [build.copy()];
  return Array.from({ length: count }, (_, n) => {
    const at = new Date(newestMs - n * 8 * hourMs).toISOString();
    const id = `${policy}-${collection}-${n}`;
    return { ...build.snap(at), id, collection, owner, copies };
  });
}

function plan({ desired, inventory, state }: Load): number {
  return planConfig(desired, inventory, state, now).actions.length;
}

/** The median, and the best, which other work on the machine disturbs least. */
function measureMs(load: Load, times: number): { readonly median: number; readonly best: number } {
  plan(load);
  plan(load);
  const measured = Array.from({ length: times }, () => {
    const startMs = performance.now();
    plan(load);
    return performance.now() - startMs;
  });
  measured.sort((a, b) => a - b);
  return { median: measured[Math.floor(times / 2)] ?? NaN, best: measured[0] ?? NaN };
}

function report(title: string, shape: Shape, times: number): number {
  const load = loadOf(shape);
  const { median, best } = measureMs(load, times);
  const count = load.inventory.snapshots.length;
  const bestText = `best ${best.toFixed(0)} ms`;
  console.log(`${title} (${count} snapshots): median ${median.toFixed(0)} ms, ${bestText}`);
  return median;
}

/** Heap after a collection, in MiB. */
function heapMiB(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** In a process of its own: what a plan adds to the heap at its peak, and the whole process. */
function measureMemory(count: number): void {
  const shape = { collections: 100, policies: 100, snapshots: count / 100, isUsual: true };
  const load = loadOf(shape);
  const before = heapMiB();
  const made = planConfig(load.desired, load.inventory, load.state, now);
  const after = heapMiB();
  const peak = process.resourceUsage().maxRSS / 1024;
  const held = (after - before).toFixed(0);
  console.log(
    `${count} snapshots: inventory ${before.toFixed(0)} MiB, plan of ${made.keeps.length} keeps ` +
      `and ${made.actions.length} actions ${held} MiB, process at its peak ${peak.toFixed(0)} MiB`,
  );
}

function main(): void {
  const [, script = "", memory] = process.argv;
  if (memory !== undefined) return measureMemory(Number(memory));
  console.log(`node ${process.version}, medians`);
  report(
    "100 policies x 1,000, a usual night",
    { collections: 100, policies: 100, snapshots: 1_000, isUsual: true },
    9,
  );
  const small = report(
    "100 policies x 1,000, nearly all expire",
    { collections: 100, policies: 100, snapshots: 1_000 },
    9,
  );
  const large = report(
    "100 policies x 10,000, nearly all expire",
    { collections: 100, policies: 100, snapshots: 10_000 },
    3,
  );
  console.log(`ten times the snapshots: ${(large / small).toFixed(1)} times`);
  report(
    "100 policies x 1,000 on one collection",
    { collections: 1, policies: 100, snapshots: 1_000, isShared: true },
    5,
  );
  for (const policies of [1, 100]) {
    const shape = { collections: 10_000, policies, snapshots: 10 };
    report(`10,000 collections x 10, ${policies} policies`, shape, 7);
  }
  const many = series("p", "c", 100_000).map(({ id, startedAt }) => ({ id, createdAt: startedAt }));
  const times = Array.from({ length: 9 }, () => {
    const startMs = performance.now();
    retain({ snapshots: many, rules: { daily: 30, weekly: 52 }, timezone: "Europe/Berlin", now });
    return performance.now() - startMs;
  }).sort((a, b) => a - b);
  console.log(`retention of 100,000: ${times[4]?.toFixed(0)} ms (more in bench/retention.ts)`);
  for (const count of [100_000, 300_000, 1_000_000]) {
    // With a heap of 1 GiB and no more: what needs more does not come to an end.
    const flags = ["--expose-gc", "--max-old-space-size=1024"];
    const run = spawnSync(process.execPath, [...flags, script, String(count)], {
      stdio: "inherit",
    });
    if (run.status !== 0) console.log(`${count} snapshots: out of a heap of 1 GiB`);
  }
}

main();
