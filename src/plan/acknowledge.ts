import { createHash } from "node:crypto";
import type { Action } from "./action.ts";
import { mustWait, needsAcknowledgement } from "./hazard.ts";

/**
 * The actions that a given acknowledgement hash stands for. The snapshot that is taken before a
 * collection is overwritten is held back with its restore but is no danger itself: its id depends
 * on the instant of the plan, and with it in the set no hash would live until the apply.
 */
export function dangerousActions(actions: readonly Action[]): readonly Action[] {
  return actions.filter(
    (action) =>
      action.kind !== "create" && needsAcknowledgement(action.hazards) && !mustWait(action.hazards),
  );
}

/**
 * Names the set of dangerous actions, so that an acknowledgement dies with a different set; twelve
 * hexadecimal digits. Null when there is nothing to acknowledge.
 */
export function acknowledgeHash(actions: readonly Action[]): string | null {
  const dangerous = dangerousActions(actions);
  if (dangerous.length === 0) return null;
  const lines = dangerous.map((action) => `${action.id} ${[...action.hazards].sort().join(",")}`);
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex").slice(0, 12);
}

/** Why an action is not carried out; null when it is. */
export function withheldBecause(action: Action, isAcknowledged: boolean): string | null {
  if (mustWait(action.hazards)) return "held back until the world is right again";
  if (needsAcknowledgement(action.hazards) && !isAcknowledged) {
    return "held back until it is acknowledged";
  }
  return null;
}
