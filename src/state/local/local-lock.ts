import type { Clock } from "../../clock/clock.ts";
import { assert, SnapformError } from "../../errors/index.ts";
import { replay } from "../../ledger/change.ts";
import type { Change, JournalEntry } from "../../ledger/change.ts";
import type { State } from "../../ledger/state.ts";
import { stateShape } from "../shape.ts";
import type { LockOwner, StateLock } from "../state-store.ts";
import { explained } from "./explain.ts";
import { JournalWriter } from "./journal-writer.ts";
import type { Lease } from "./lease.ts";
import type { StateFiles } from "./state-files.ts";
import { journalFile, readLedger, writeJournal, writeState } from "./state-folder.ts";
import type { Ledger } from "./state-folder.ts";

// Between the check and the rename of a state nobody may come in, so some lease must be left.
const writeShare = 0.25;

/** A lock on a state folder. Its methods run one after the other, in the order of the calls. */
export class LocalStateLock implements StateLock {
  readonly #files: StateFiles;
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #lease: Lease;
  readonly #journal: JournalWriter;
  #state: State | null;
  /** The state in the file, without the journal. */
  #written: State | null;

  constructor(
    files: StateFiles,
    folder: string,
    clock: Clock,
    lease: Lease,
    ledger: Ledger | null,
  ) {
    this.#files = files;
    this.#folder = folder;
    this.#clock = clock;
    this.#lease = lease;
    this.#written = ledger?.state ?? null;
    this.#state = ledger && replay(ledger.state, ledger.journal.entries);
    this.#journal = new JournalWriter(files, `${folder}/${journalFile}`, lease);
    if (ledger && this.#state) {
      this.#journal.open({
        lineage: ledger.state.lineage,
        seq: this.#state.journalSeq,
        byteCount: ledger.journal.byteCount,
        isTorn: ledger.isTorn,
      });
    }
  }

  get owner(): LockOwner {
    return this.#lease.owner;
  }

  get state(): State | null {
    return this.#state;
  }

  check(): Promise<void> {
    return this.#lease.check();
  }

  append(changes: readonly Change[], at: Date): Promise<readonly JournalEntry[]> {
    return explained(this.#folder, () => this.#journal.append(changes, at));
  }

  initialize(state: State): Promise<void> {
    return this.#alone(async () => {
      await this.#lease.check();
      if (this.#written) {
        throw new SnapformError("already-exists", `there is a state in ${this.#folder} already`);
      }
      assertWritable(state);
      // The journal first: a state without one is damage.
      const byteCount = await this.#replaceJournal([], state.lineage);
      await writeState(this.#files, this.#folder, state, this.#nonce(), this.#mayReplace);
      this.#written = state;
      this.#state = state;
      const { lineage, journalSeq } = state;
      this.#journal.open({ lineage, seq: journalSeq, byteCount, isTorn: false });
    });
  }

  write(state: State): Promise<State> {
    return this.#alone(async () => {
      await this.#lease.check();
      const before = this.#written;
      assert(before !== null, "a state is written before it is initialized");
      const next = Object.freeze({ ...state, serial: before.serial + 1 });
      assertFollows(before, state, this.#journal.seq);
      assertWritable(next);
      await writeState(this.#files, this.#folder, next, this.#nonce(), this.#mayReplace);
      this.#written = next;
      this.#state = next;
      const left = await this.#entriesAfter(next.journalSeq);
      const byteCount = await this.#replaceJournal(left, next.lineage);
      const { seq } = this.#journal;
      this.#journal.open({ lineage: next.lineage, seq, byteCount, isTorn: false });
      return next;
    });
  }

  release(): Promise<void> {
    return this.#alone(() => this.#lease.release());
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#journal.closed(() => explained(this.#folder, work));
  }

  readonly #mayReplace = (): Promise<void> => this.#lease.check(writeShare);

  #nonce(): string {
    return this.#clock.randomHex(6);
  }

  async #replaceJournal(entries: readonly JournalEntry[], lineage: string): Promise<number> {
    const nonce = this.#nonce();
    return writeJournal(this.#files, this.#folder, entries, lineage, nonce, this.#mayReplace);
  }

  async #entriesAfter(seq: number): Promise<readonly JournalEntry[]> {
    if (seq === this.#journal.seq) return [];
    const ledger = await readLedger(this.#files, this.#folder);
    return ledger?.journal.entries.filter((entry) => entry.seq > seq) ?? [];
  }
}

function assertFollows(before: State, state: State, seq: number): void {
  assert(state.lineage === before.lineage, "a state of another lineage is written");
  assert(state.journalSeq >= before.journalSeq, "a state older than the written one is written");
  assert(state.journalSeq <= seq, "a state includes journal entries that were never written");
  if (state.serial === before.serial) return;
  throw new SnapformError(
    "aborted",
    `the state has serial ${before.serial} by now, and this is a change of ${state.serial}`,
  );
}

// What could not be read again must never replace what can.
function assertWritable(state: State): void {
  const problem = stateShape(state);
  assert(problem === null, `a state is written with ${problem?.path}: not ${problem?.expected}`);
}
