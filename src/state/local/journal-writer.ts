import { assert, SnapformError } from "../../errors/index.ts";
import type { Change, JournalEntry } from "../../ledger/change.ts";
import { formatEntry } from "./journal.ts";
import type { Lease } from "./lease.ts";
import type { JournalFile, StateFiles } from "./state-files.ts";

/** Where the journal stands. */
export interface JournalPosition {
  readonly lineage: string;
  /** The number of the last entry. */
  readonly seq: number;
  /** Where the next entry goes. */
  readonly byteCount: number;
  /** Whether something is left behind that place, to be cut off first. */
  readonly isTorn: boolean;
}

interface Pending {
  readonly changes: readonly Change[];
  readonly at: string;
  readonly resolve: (entries: readonly JournalEntry[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Appends to the journal, one batch at a time. What is asked for while a batch is on its way to
 * the disk goes with the next one, so that many actions share one write and one sync.
 */
export class JournalWriter {
  readonly #files: StateFiles;
  readonly #path: string;
  readonly #lease: Lease;
  #position: JournalPosition | null = null;
  #file: JournalFile | null = null;
  #waiting: Pending[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #broken: SnapformError | null = null;

  constructor(files: StateFiles, path: string, lease: Lease) {
    this.#files = files;
    this.#path = path;
    this.#lease = lease;
  }

  /** The number of the last entry. */
  get seq(): number {
    assert(this.#position !== null, "a journal is used before there is a state");
    return this.#position.seq;
  }

  open(position: JournalPosition): void {
    this.#position = position;
  }

  append(changes: readonly Change[], at: Date): Promise<readonly JournalEntry[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, at: at.toISOString(), resolve, reject });
      if (this.#waiting.length === 1) void this.#next(() => this.#flush());
    });
  }

  /** Runs work after every append that was asked for, with the file closed. */
  closed<T>(work: () => Promise<T>): Promise<T> {
    return this.#next(async () => {
      const file = this.#file;
      this.#file = null;
      await file?.close();
      return work();
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work);
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const written = await this.#write(batch);
      for (const [index, { resolve }] of batch.entries()) resolve(written[index] ?? []);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  async #write(batch: readonly Pending[]): Promise<readonly (readonly JournalEntry[])[]> {
    await this.#lease.check();
    if (this.#broken !== null) throw this.#broken;
    const before = this.#position;
    assert(before !== null, "a change is appended before there is a state");
    let { seq } = before;
    const { fence } = this.#lease.owner;
    const written = batch.map(({ changes, at }) =>
      changes.map((change): JournalEntry => ({ seq: (seq += 1), fence, at, change })),
    );
    const text = written.flat().map((entry) => formatEntry(entry, before.lineage));
    if (text.length === 0) return written;
    const bytes = new TextEncoder().encode(text.join(""));
    await this.#put(before, bytes);
    this.#position = { ...before, seq, byteCount: before.byteCount + bytes.length, isTorn: false };
    await this.#lease.check();
    return written;
  }

  async #put(before: JournalPosition, bytes: Uint8Array): Promise<void> {
    const file = (this.#file ??= await this.#files.openJournal(this.#path));
    if (before.isTorn) await file.truncate(before.byteCount);
    // Until this is through, whatever is behind the old end is no entry.
    this.#position = { ...before, isTorn: true };
    await file.append(bytes);
    try {
      await file.sync();
    } catch (cause) {
      // After a failed sync the system may have dropped the bytes and yet show them.
      this.#broken = new SnapformError("unavailable", `cannot sync ${this.#path}`, {
        cause,
        outcomeUnknown: true,
      });
      throw this.#broken;
    }
  }
}
