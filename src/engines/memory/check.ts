import { SnapformError } from "../../errors/index.ts";
import type { CheckLevel } from "../../snapshot/capabilities.ts";
import type { CheckResult } from "../../snapshot/check.ts";
import type { Manifest } from "../../snapshot/manifest.ts";
import { contentHash, type MemoryPoint, type MemoryPoints } from "./content.ts";
import { needCollection, needNodes } from "./errors.ts";
import { step, type MemorySetting } from "./setting.ts";
import { hashOf } from "./source.ts";

const SAMPLE_COUNT = 3;

/** Compares a collection with a snapshot. */
export async function checkCollection(
  setting: MemorySetting,
  collection: string,
  manifest: Manifest,
  level: CheckLevel,
  signal: AbortSignal,
): Promise<CheckResult> {
  await step(setting, "check/look", signal);
  const { points } = needCollection(setting.world, collection);
  needNodes(setting.world);
  await step(setting, "check/compare", signal);
  if (contentHash(points) !== hashOf(manifest)) {
    const text = `collection ${collection} holds something else than snapshot ${manifest.id}`;
    throw new SnapformError("failed-precondition", text);
  }
  return checkPoints(points, manifest, level);
}

/** The levels above the hashes, for points whose hash is right. */
export function checkPoints(
  points: MemoryPoints,
  manifest: Manifest | null,
  level: CheckLevel,
): CheckResult {
  const findings = [`The contents of all ${points.size} points are those of the snapshot.`];
  if (level === "hashes") return { level, findings, limitation: null };
  const range = manifest?.points ?? { before: points.size, after: points.size };
  const [least, most] = [range.before, range.after].toSorted((a, b) => a - b);
  if (points.size < (least ?? 0) || points.size > (most ?? 0)) {
    const text = `${points.size} points instead of ${least} to ${most}`;
    throw new SnapformError("corrupt", text);
  }
  findings.push(`There are ${points.size} points, as many as the snapshot recorded.`);
  if (level === "count") return { level, findings, limitation: null };
  const samples = [...points.values()].slice(0, SAMPLE_COUNT);
  for (const sample of samples) {
    if (distance(nearest(points, sample), sample) > 0) {
      throw new SnapformError("corrupt", `point ${sample.id} is not found by its own vector`);
    }
  }
  findings.push(`${samples.length} vectors were found again.`);
  return { level, findings, limitation: null };
}

function nearest(points: MemoryPoints, wanted: MemoryPoint): MemoryPoint {
  let best = wanted;
  let bestDistance = Infinity;
  for (const point of points.values()) {
    const away = distance(point, wanted);
    if (away < bestDistance) [best, bestDistance] = [point, away];
  }
  return best;
}

function distance(a: MemoryPoint, b: MemoryPoint): number {
  return a.vector.reduce((sum, value, index) => sum + (value - (b.vector[index] ?? 0)) ** 2, 0);
}
