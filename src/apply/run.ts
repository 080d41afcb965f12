import type { NativeSnapshot } from "../engine/driver.ts";
import type { Survey } from "../plan/survey.ts";
import type { LedgerSession } from "./ledger-session.ts";
import type { Live } from "./live.ts";
import type { World } from "./world.ts";

/** One apply under way. */
export interface Run {
  readonly world: World;
  readonly ledger: LedgerSession;
  readonly survey: Survey;
  readonly live: Live;
  /** The cluster's own record of a snapshot of ours; fails with `not-found` without one. */
  native(cluster: string, collection: string, id: string): Promise<NativeSnapshot>;
  /** The same, or null. */
  findNative(cluster: string, collection: string, id: string): Promise<NativeSnapshot | null>;
}
