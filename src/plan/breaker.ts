import type { ExpireAction } from "./action.ts";
import type { Hazard } from "./hazard.ts";

/** So many snapshots may always go in one run, however few there are. */
export const FREE_EXPIRES = 10;

export interface BreakerInput {
  /** How many snapshots the same run makes. */
  readonly creates: number;
  /** How many complete snapshots there are now. */
  readonly existing: number;
  /** Ids of the snapshots that would stay under the rules that were last applied. */
  readonly changedRule: ReadonlySet<string>;
}

/**
 * The mass-expire breaker: when the net loss of a collection in one run, or what a changed rule
 * causes, is more than ten snapshots and more than half of what there is, every expire of the
 * collection gets the hazard that holds it back. Creates are never held back.
 */
export function breakExpires(
  expires: readonly ExpireAction[],
  input: BreakerInput,
): readonly ExpireAction[] {
  const limit = Math.max(FREE_EXPIRES, Math.floor(input.existing / 2));
  const gone = expires.filter((expire) => expire.isWhole);
  const hazards: Hazard[] = [];
  if (gone.length - input.creates > limit) hazards.push("mass-expire");
  const byRule = gone.filter((expire) => input.changedRule.has(expire.snapshotId));
  if (byRule.length > limit) hazards.push("rule-change");
  return withHazards(expires, hazards);
}

/** The same expires, each with these hazards beside its own. */
export function withHazards(
  expires: readonly ExpireAction[],
  hazards: readonly Hazard[],
): readonly ExpireAction[] {
  if (hazards.length === 0) return expires;
  return expires.map((expire) => {
    const added = hazards.filter((hazard) => !expire.hazards.includes(hazard));
    return added.length === 0 ? expire : { ...expire, hazards: [...expire.hazards, ...added] };
  });
}
