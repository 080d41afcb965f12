import type { CheckLevel } from "./capabilities.ts";

/** What a check of restored or live data found to be right; what is wrong is thrown. */
export interface CheckResult {
  /** The highest level that was reached. */
  readonly level: CheckLevel;
  /** Full sentences: what was compared with what. */
  readonly findings: readonly string[];
  /** Why a higher level was not reached; null when the highest was. */
  readonly limitation: string | null;
}
