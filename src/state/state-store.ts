// State stores: where the ledger lives between two runs, and the lock that lets only one apply at
// a time write it. May know the words and the clock. Invariant: what was appended under a lock is
// never lost, a damaged or newer state is never overwritten, and nothing is written without a
// valid lock.
import type { Change, JournalEntry } from "../ledger/change.ts";
import type { State } from "../ledger/state.ts";

/** Who holds a lock. */
export interface LockOwner {
  readonly id: string;
  /** Counts up with every lock that was ever taken on this state. */
  readonly fence: number;
  readonly host: string;
  readonly bootId: string;
  readonly pid: number;
  /** When the holder's process started, in the system's own terms: tells a reused pid apart. */
  readonly processStart: string;
  /** What it is doing, e.g. `apply`. */
  readonly operation: string;
  readonly acquiredAt: string;
  readonly expiresAt: string;
}

export interface LockRequest {
  readonly operation: string;
  /** How long to wait for another holder, in milliseconds; 0 does not wait. */
  readonly timeoutMs: number;
  /** How long the lock is valid without a heartbeat; 60 seconds by default. */
  readonly leaseMs?: number;
  readonly signal: AbortSignal;
  /** Told once when it has to wait. */
  readonly onWait?: (owner: LockOwner) => void;
}

/** The one right to write a state. Every method fails with `locked` once the lock is lost. */
export interface StateLock {
  readonly owner: LockOwner;
  /** Null when no state has been written yet. */
  readonly state: State | null;
  /** Checks that the lock is still ours; called before every delete. */
  check(): Promise<void>;
  /** Starts a state where there is none. */
  initialize(state: State): Promise<void>;
  /** Appends to the journal, durably, in order; gives the entries as written. */
  append(changes: readonly Change[], at: Date): Promise<readonly JournalEntry[]>;
  /** Writes the whole state atomically with serial + 1, and drops the journal it includes. */
  write(state: State): Promise<State>;
  release(): Promise<void>;
}

export interface StateStore {
  /** Where it is, for messages. */
  readonly location: string;
  /**
   * The state with its journal replayed, without a lock; null when nothing was ever written.
   * Throws `corrupt` when it is damaged or of a newer format, with a hint at a way out.
   */
  read(): Promise<State | null>;
  lock(request: LockRequest): Promise<StateLock>;
  /** The present holder, or null. */
  holder(): Promise<LockOwner | null>;
  /** Removes a lock by its id, whoever holds it; `not-found` when no lock has that id. */
  unlock(id: string): Promise<LockOwner>;
}
