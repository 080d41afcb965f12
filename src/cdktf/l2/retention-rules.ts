// l2/: constructs that say in one word what the bindings say in many. May know the bindings and the
// words. Invariant: they only put bindings together, so that what they make can be seen, changed
// and overridden there, and is checked there.
import type { BackupPolicyRetention } from "../l1/backup-policy.gen.ts";

/** How long each generation is kept. */
export interface Generations {
  /** Days that have a snapshot; 7 unless given. */
  readonly daily?: number;
  /** ISO weeks that have a snapshot; 5 unless given. */
  readonly weekly?: number;
  /** Months that have a snapshot; 12 unless given. */
  readonly monthly?: number;
  /** Years that have a snapshot; none beyond the months unless given. */
  readonly yearly?: number;
}

/** Retentions that people ask for by name; give one to `retention` of a policy, or spread it. */
export interface RetentionPresets {
  /** The newest snapshot of each of so many days that have one; 7 unless given. */
  readonly daily: (days?: number) => BackupPolicyRetention;
  /** Sons, fathers and grandfathers: some days, more weeks, many months. */
  readonly grandfatherFatherSon: (generations?: Generations) => BackupPolicyRetention;
  /**
   * What an auditor asks for: everything of the last 30 days, and the newest snapshot of each month
   * of so many years. Counted in time and not in snapshots, so that taking more of them shortens
   * nothing; and after an outage, three of the newest stay whatever their age.
   */
  readonly compliance: (rule: { readonly years: number }) => BackupPolicyRetention;
}

/** See `RetentionPresets`. */
export const RetentionRules: RetentionPresets = Object.freeze({
  daily(days = 7): BackupPolicyRetention {
    return Object.freeze({ daily: days });
  },

  grandfatherFatherSon(generations: Generations = {}): BackupPolicyRetention {
    const { daily = 7, weekly = 5, monthly = 12, yearly } = generations;
    return Object.freeze({ daily, weekly, monthly, ...(yearly === undefined ? {} : { yearly }) });
  },

  compliance({ years }: { readonly years: number }): BackupPolicyRetention {
    return Object.freeze({ within: "30d", withinMonthly: `${years}y`, minKeep: 3 });
  },
});
