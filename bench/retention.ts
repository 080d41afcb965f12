/**
 * How the time of retain() grows with the number of snapshots. Run: node bench/retention.ts
 * Targets: 100,000 snapshots in under 200 ms, and at most 12 times what 10,000 take.
 */
import { retain } from "../src/policy/retention.ts";
import type { RetentionRules, RetentionSnapshot } from "../src/policy/retention.ts";

const rules: RetentionRules = {
  last: 10,
  hourly: 48,
  daily: "all",
  weekly: "all",
  monthly: "all",
  yearly: "all",
  within: "14d",
  withinHourly: "1m",
  withinDaily: "1y",
  withinWeekly: "2y",
  withinMonthly: "5y",
  withinYearly: "10y",
};
const newestMs = Date.UTC(2026, 10, 21, 3);
const everyMs = 3_600_000;
const timezone = "Europe/Berlin";

/** Hourly snapshots with a little jitter, newest first as the planner hands them in. */
function series(count: number): RetentionSnapshot[] {
  return Array.from({ length: count }, (_, place) => {
    const createdAt = new Date(newestMs - place * everyMs - ((place * 37) % 1_000));
    return { id: `s${place}`, createdAt };
  });
}

/** The same in an order that is far from any sorted one. */
function shuffled(snapshots: readonly RetentionSnapshot[]): RetentionSnapshot[] {
  const prime = 7_919;
  return snapshots.flatMap((_, index) => snapshots[(index * prime) % snapshots.length] ?? []);
}

function medianMs(run: () => void, times: number): number {
  const measured = Array.from({ length: times }, () => {
    const startMs = performance.now();
    run();
    return performance.now() - startMs;
  });
  return measured.sort((a, b) => a - b)[Math.floor(times / 2)] ?? NaN;
}

function report(order: string, arrange: (all: RetentionSnapshot[]) => RetentionSnapshot[]): void {
  const [, medium = NaN, large = NaN] = [1_000, 10_000, 100_000].map((count) => {
    const snapshots = arrange(series(count));
    const ms = medianMs(() => void retain({ snapshots, rules, timezone }), 25);
    console.log(`${order}, ${String(count).padStart(6)} snapshots: ${ms.toFixed(2)} ms (median)`);
    return ms;
  });
  console.log(`${order}, 100000 to 10000: ${(large / medium).toFixed(1)} times`);
}

const all = series(100_000);
const coldStartMs = performance.now();
retain({ snapshots: all, rules, timezone });
console.log(`first call, 100000 snapshots: ${(performance.now() - coldStartMs).toFixed(1)} ms`);
report("newest first", (snapshots) => snapshots);
report("shuffled", shuffled);
