import { SnapformError } from "../../errors/index.ts";
import type { JournalEntry } from "../../ledger/change.ts";
import type { State } from "../../ledger/state.ts";
import { formatState, parseState } from "../parse.ts";
import { damaged } from "./explain.ts";
import { formatEntry, parseJournal } from "./journal.ts";
import type { Journal } from "./journal.ts";
import type { StateFiles } from "./state-files.ts";

const stateFile = "state.json";
const backupFile = "state.backup.json";
const readAttemptCount = 50;

/** The journal's name in the folder. */
export const journalFile = "journal.ndjson";

/** What lies in the folder: the state as it was last written, and the journal beside it. */
export interface Ledger {
  readonly state: State;
  readonly journal: Journal;
  /** Whether a torn end follows the journal's entries. */
  readonly isTorn: boolean;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Reads both files as they were at one instant; null when nothing was ever written. */
export async function readLedger(files: StateFiles, folder: string): Promise<Ledger | null> {
  const path = `${folder}/${stateFile}`;
  for (let attempt = 0; attempt < readAttemptCount; attempt += 1) {
    const before = await files.stamp(path);
    const state = before === null ? null : await files.read(path);
    const journal = await files.read(`${folder}/${journalFile}`);
    const backup = before === null ? await files.stamp(`${folder}/${backupFile}`) : null;
    // A writer puts the state in place before it empties the journal that the state includes.
    if ((await files.stamp(path)) !== before) continue;
    if (state) return parseLedger(folder, state, journal);
    if (before !== null) continue;
    if (backup !== null || (journal !== null && journal.byteLength > 0)) {
      throw damaged(folder, stateFile, "it is missing beside what belongs to it");
    }
    return null;
  }
  throw new SnapformError("aborted", `the state in ${folder} changes faster than it can be read`, {
    retryable: true,
  });
}

function parseLedger(folder: string, text: Uint8Array, journalBytes: Uint8Array | null): Ledger {
  const state = parseState(decode(text), `${folder}/${stateFile}`, {
    damaged: (problem) => damaged(folder, stateFile, problem),
  });
  if (!journalBytes) throw damaged(folder, journalFile, "it is missing beside the state");
  const journal = parseJournal(journalBytes, state.lineage, state.journalSeq);
  if ("problem" in journal) throw damaged(folder, journalFile, journal.problem);
  return { state, journal, isTorn: journal.byteCount < journalBytes.byteLength };
}

/** Replaces the state; what was there before becomes the backup. `check` comes just before. */
export async function writeState(
  files: StateFiles,
  folder: string,
  state: State,
  nonce: string,
  check: () => Promise<void>,
): Promise<void> {
  const temporary = `${folder}/state.${nonce}.tmp`;
  await replacing(files, temporary, async () => {
    await files.create(temporary, [encode(formatState(state))]);
    await check();
    if ((await files.stamp(`${folder}/${stateFile}`)) !== null) await keep(files, folder, nonce);
    await files.rename(temporary, `${folder}/${stateFile}`);
  });
  await files.syncFolder(folder);
}

async function keep(files: StateFiles, folder: string, nonce: string): Promise<void> {
  const second = `${folder}/backup.${nonce}.tmp`;
  await files.link(`${folder}/${stateFile}`, second);
  await files.rename(second, `${folder}/${backupFile}`);
  // Renaming onto another name of the same file does nothing, not even remove the first name.
  await files.remove(second);
}

/** Replaces the journal by one with these entries only; gives its length. */
export async function writeJournal(
  files: StateFiles,
  folder: string,
  entries: readonly JournalEntry[],
  lineage: string,
  nonce: string,
  check: () => Promise<void>,
): Promise<number> {
  const temporary = `${folder}/journal.${nonce}.tmp`;
  const bytes = encode(entries.map((entry) => formatEntry(entry, lineage)).join(""));
  await replacing(files, temporary, async () => {
    await files.create(temporary, [bytes]);
    await check();
    await files.rename(temporary, `${folder}/${journalFile}`);
  });
  await files.syncFolder(folder);
  return bytes.byteLength;
}

/** Makes sure that what can be read of the journal is on the disk. */
export async function syncJournal(files: StateFiles, folder: string): Promise<void> {
  const file = await files.openJournal(`${folder}/${journalFile}`);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function replacing(
  files: StateFiles,
  temporary: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    // The first error counts; whoever takes the lock next sweeps up what stays.
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
}
