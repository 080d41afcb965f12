import { hash } from "node:crypto";
import type { Change, JournalEntry } from "../../ledger/change.ts";

/** A journal as it was read. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  /** The highest fencing number in it; 0 when it is empty. */
  readonly fence: number;
  /** Where a torn end begins, which the next holder cuts off; else the whole length. */
  readonly byteCount: number;
}

/** What is wrong with a journal. */
export interface JournalDamage {
  readonly problem: string;
}

const changeTypes: Readonly<Record<Change["type"], true>> = {
  seen: true,
  "cluster-seen": true,
  "repository-seen": true,
  "policy-applied": true,
  intent: true,
  "intent-details": true,
  settled: true,
  "snapshot-recorded": true,
  "snapshot-removed": true,
  ran: true,
  "shrink-accepted": true,
  taken: true,
  restored: true,
  "entry-forgotten": true,
  moved: true,
};

const newline = 0x0a;
// With `s`, because JSON leaves U+2028 and U+2029 as they are and a bare dot stops at them.
const linePattern = /^(\{.*),"check":"([0-9a-f]{12})"\}$/s;

// With the lineage in it, a journal never passes for that of another state.
const checkOf = (body: string, lineage: string): string =>
  hash("sha256", `${lineage}\n${body}`).slice(0, 12);

/** One line of the journal, with its checksum as the last member. */
export function formatEntry(entry: JournalEntry, lineage: string): string {
  const body = JSON.stringify(entry).slice(0, -1);
  return `${body},"check":"${checkOf(body, lineage)}"}\n`;
}

/**
 * Reads a journal. An end that a crash tore off is passed over: a last line without its newline,
 * or with the zeros that a power cut leaves. So is what a holder wrote after it had lost its lock:
 * an entry with a lower fencing number than one before it, or whose place in the row one with a
 * higher number took. Nothing of either was ever acknowledged.
 */
export function parseJournal(
  bytes: Uint8Array,
  lineage: string,
  journalSeq: number,
): Journal | JournalDamage {
  const entries: JournalEntry[] = [];
  let fence = 0;
  let start = 0;
  for (let line = 1; start < bytes.byteLength; line += 1) {
    const end = bytes.indexOf(newline, start);
    const entry = end === -1 ? null : parseEntry(bytes.subarray(start, end), lineage);
    if (!entry) {
      if (isTornFrom(bytes, start, end, lineage)) break;
      return { problem: `line ${line} is altered, or of another state` };
    }
    start = end + 1;
    if (entry.fence < fence) continue;
    if (entry.fence > fence) {
      fence = entry.fence;
      while ((entries.at(-1)?.seq ?? 0) >= entry.seq) entries.pop();
    }
    const last = entries.at(-1)?.seq ?? Math.min(journalSeq, entry.seq - 1);
    if (entry.seq !== last + 1) {
      return { problem: `line ${line} has number ${entry.seq}, expected ${last + 1}` };
    }
    if (!Object.hasOwn(changeTypes, entry.change.type)) {
      return { problem: `line ${line} has a change that this version of snapform does not know` };
    }
    entries.push(entry);
  }
  return { entries, fence, byteCount: start };
}

function parseEntry(bytes: Uint8Array, lineage: string): JournalEntry | null {
  const [, body, check] = linePattern.exec(new TextDecoder().decode(bytes)) ?? [];
  if (body === undefined || check !== checkOf(body, lineage)) return null;
  return JSON.parse(`${body}}`) as JournalEntry;
}

// A crash leaves a beginning of what was written, or zeros in its place, and nothing whole after.
function isTornFrom(bytes: Uint8Array, start: number, end: number, lineage: string): boolean {
  if (end === -1) return true;
  if (!bytes.subarray(start, end).includes(0)) return false;
  for (let from = end + 1; from < bytes.byteLength;) {
    const next = bytes.indexOf(newline, from);
    if (next === -1) break;
    if (parseEntry(bytes.subarray(from, next), lineage)) return false;
    from = next + 1;
  }
  return true;
}
