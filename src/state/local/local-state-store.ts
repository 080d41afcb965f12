// The state in a folder of a local disk: `state.json` (and `state.backup.json`, the one before),
// `journal.ndjson` with the changes since, `lock-N.json` while it is locked, `fence-N` for the last
// number used. May know the ledger, the file system and the clock. Invariant: at every instant the
// folder holds one whole state and every change that was acknowledged after it.
import type { Clock } from "../../clock/clock.ts";
import { SnapformError } from "../../errors/index.ts";
import { replay } from "../../ledger/change.ts";
import type { LockRequest, StateLock, StateStore } from "../state-store.ts";
import { explained } from "./explain.ts";
import { Lease } from "./lease.ts";
import { LocalStateLock } from "./local-lock.ts";
import { breakLock, createdFence, viewLock } from "./lock-files.ts";
import { systemProcesses } from "./process-identity.ts";
import type { Processes } from "./process-identity.ts";
import { realFiles } from "./state-files.ts";
import type { StateFiles } from "./state-files.ts";
import { readLedger, syncJournal } from "./state-folder.ts";
import { takeLock } from "./take-lock.ts";
import type { LockPlace } from "./take-lock.ts";

/** Settings of `openLocalStateStore`. */
export interface LocalStateStoreOptions {
  /** The folder; made by the first lock. */
  readonly path: string;
  readonly clock: Clock;
  /** The file system; the real one by default. */
  readonly files?: StateFiles;
  /** Who this process is and which others are dead; asked of the system by default. */
  readonly processes?: Processes;
}

/** A state store in a folder. Touches nothing before its first call. */
export function openLocalStateStore(options: LocalStateStoreOptions): StateStore {
  const { path: folder, clock } = options;
  const files = options.files ?? realFiles;
  const processes = options.processes ?? systemProcesses(clock);
  const place: LockPlace = { files, folder, clock, processes };
  return Object.freeze({
    location: folder,
    read: () =>
      explained(folder, async () => {
        const ledger = await readLedger(files, folder);
        return ledger && replay(ledger.state, ledger.journal.entries);
      }),
    lock: (request: LockRequest) => explained(folder, () => lock(place, request)),
    holder: () => explained(folder, async () => (await viewLock(files, folder)).owner),
    unlock: (id: string) =>
      explained(folder, async () => {
        const { fence, owner } = await viewLock(files, folder);
        if (owner?.id !== id) {
          throw new SnapformError("not-found", `no lock ${id} is on the state in ${folder}`);
        }
        await breakLock(files, folder, fence);
        return owner;
      }),
  });
}

async function lock(place: LockPlace, request: LockRequest): Promise<StateLock> {
  const { files, folder, clock } = place;
  if ((await files.list(folder)) === null) await files.makeFolder(folder);
  for (;;) {
    const lease = new Lease(files, folder, clock, await takeLock(place, request));
    try {
      const ledger = await readLedger(files, folder);
      // A killed holder may have left entries that we can read and a power cut would still take.
      if (ledger && ledger.journal.byteCount > 0) await syncJournal(files, folder);
      const usedFence = ledger?.journal.fence ?? 0;
      if (usedFence < lease.owner.fence) {
        return new LocalStateLock(files, folder, clock, lease, ledger);
      }
      // Somebody removed all files of the lock, and the numbers began again below the journal's.
      await createdFence(files, folder, usedFence);
      await lease.release();
    } catch (error) {
      await lease.release().catch(() => undefined);
      throw error;
    }
  }
}
