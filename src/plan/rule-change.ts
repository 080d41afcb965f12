import type { ExpireAction } from "./action.ts";
import type { DueRun, PolicyScene } from "./due.ts";
import { keptByRules } from "./slots.ts";

/**
 * Which of these expires are due to a change of the rules: the snapshots that the rules as they
 * were last applied would still keep. Empty when the rules are the same or were never applied.
 */
export function changedRuleExpires(
  scene: PolicyScene,
  due: DueRun,
  expires: readonly ExpireAction[],
): ReadonlySet<string> {
  const applied = scene.survey.state?.policies[scene.resource];
  if (!applied || expires.length === 0) return new Set();
  const { rules, minKeep } = scene.policy.retention;
  const isSame = applied.minKeep === minKeep && canonical(applied.retention) === canonical(rules);
  if (isSame) return new Set();
  const before = keptByRules(scene, due, applied.retention, applied.minKeep);
  return new Set(expires.map((expire) => expire.snapshotId).filter((id) => before.has(id)));
}

function canonical(rules: object): string {
  return JSON.stringify(Object.entries(rules).sort(([a], [b]) => (a < b ? -1 : 1)));
}
