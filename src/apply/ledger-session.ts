import type { Clock } from "../clock/clock.ts";
import { change, draftOf, type Change, type Draft } from "../ledger/change.ts";
import { emptyState, type State } from "../ledger/state.ts";
import type { StateLock } from "../state/state-store.ts";

/** The state under one lock: what is recorded here is durable when the promise resolves. */
export interface LedgerSession {
  readonly lineage: string;
  /** The state as it is now; do not keep it over an await. */
  readonly state: State;
  record(...changes: readonly Change[]): Promise<void>;
  /** Fails with `locked` when the lock is lost; asked before every delete. */
  check(): Promise<void>;
  /** Writes the whole state once; nothing is recorded after it. */
  finish(): Promise<State>;
}

/** Opens the ledger under a lock, and starts one where there is none. */
export async function openLedger(
  lock: StateLock,
  clock: Clock,
  project: string,
): Promise<LedgerSession> {
  let state = lock.state;
  if (state === null) {
    state = emptyState(clock.randomHex(16), project, clock.now().toISOString());
    await lock.initialize(state);
  }
  const draft: Draft = draftOf(state);
  return {
    lineage: state.lineage,
    get state(): State {
      return draft;
    },
    async record(...changes: readonly Change[]): Promise<void> {
      if (changes.length === 0) return;
      const entries = await lock.append(changes, clock.now());
      for (const entry of entries) {
        change(draft, entry.change);
        draft.journalSeq = Math.max(draft.journalSeq, entry.seq);
      }
    },
    check: () => lock.check(),
    async finish(): Promise<State> {
      const written = await lock.write({ ...draft });
      draft.serial = written.serial;
      return written;
    },
  };
}
