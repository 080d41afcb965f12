import type { Clock } from "../clock/clock.ts";
import { change, draftOf, type Change, type Draft } from "../ledger/change.ts";
import { emptyState, type State } from "../ledger/state.ts";
import type { StateLock } from "../state/state-store.ts";

/** Before anything that a state can have seen. */
export const NEVER = "1970-01-01T00:00:00.000Z";

/** The state under one lock: what is recorded here is durable when the promise resolves. */
export interface LedgerSession {
  readonly lineage: string;
  /** True while no state has ever been written here. */
  readonly isUnborn: boolean;
  /** The state as it is now; do not keep it over an await. */
  readonly state: State;
  record(...changes: readonly Change[]): Promise<void>;
  /** Why nothing can be recorded any more; null while it can. One failure is enough. */
  readonly failure: { readonly error: unknown } | null;
  /** Fails with `locked` when the lock is lost; asked before every delete. */
  check(): Promise<void>;
  /** Writes the whole state once where anything was recorded; nothing is recorded after it. */
  finish(): Promise<void>;
}

/**
 * Opens the ledger under a lock. Where there is no state yet, one of the given lineage begins with
 * the first thing that is recorded; until then nothing is written.
 */
export function openLedger(
  lock: StateLock,
  clock: Clock,
  start: { readonly project: string; readonly lineage: string },
): LedgerSession {
  const state = lock.state ?? emptyState(start.lineage, start.project, NEVER);
  const draft: Draft = draftOf(state);
  let beginning: Promise<void> | null = lock.state === null ? null : Promise.resolve();
  let isChanged = false;
  let failure: { readonly error: unknown } | null = null;
  const append = async (changes: readonly Change[]): Promise<void> => {
    // After a failed write nobody knows what the journal holds; the next holder reads it.
    if (failure !== null) throw failure.error;
    try {
      await (beginning ??= lock.initialize(state));
      const entries = await lock.append(changes, clock.now());
      for (const entry of entries) {
        change(draft, entry.change);
        draft.journalSeq = Math.max(draft.journalSeq, entry.seq);
      }
    } catch (error) {
      failure ??= { error };
      throw error;
    }
  };
  return {
    lineage: state.lineage,
    get isUnborn(): boolean {
      return beginning === null;
    },
    get state(): State {
      return draft;
    },
    async record(...changes: readonly Change[]): Promise<void> {
      if (changes.length === 0) return;
      isChanged = true;
      await append(changes);
    },
    get failure(): { readonly error: unknown } | null {
      return failure;
    },
    check: () => lock.check(),
    async finish(): Promise<void> {
      if (!isChanged || failure !== null) return;
      const written = await lock.write({ ...draft });
      draft.serial = written.serial;
    },
  };
}
