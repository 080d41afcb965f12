import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { RestoreProcedure } from "../../snapshot/capabilities.ts";
import { isSystemError } from "./errors.ts";
import type { LancedbFs } from "./fs.ts";
import { journalPath } from "./layout.ts";
import { parseOwner, type Owner } from "./owner.ts";

/**
 * What a restore is about to do, durable before it does it. `building`: nothing of the target has
 * been touched. `placing`: the target may be in either state. `placed`: done.
 */
export interface RestoreJournal {
  readonly formatVersion: 1;
  readonly runId: string;
  readonly target: string;
  readonly procedure: RestoreProcedure;
  readonly snapshotId: string;
  readonly phase: "building" | "placing" | "placed";
  /** The folder that was built aside, once it is whole. */
  readonly stagedIdentity: string | null;
  /** The target before the restore. */
  readonly previousIdentity: string | null;
  readonly previousVersion: number | null;
  /** What the target's version must hold to be the restored one (in place). */
  readonly contentHash: string | null;
  readonly writtenAt: string;
  readonly owner: Owner;
}

/** Writes the journal of a run so that it survives a crash, replacing an earlier one. */
export async function writeJournal(
  fs: LancedbFs,
  uri: string,
  journal: RestoreJournal,
): Promise<void> {
  const path = journalPath(uri, journal.runId);
  const temporary = `${path}.tmp`;
  await fs.mkdir(dirname(path));
  await fs.removeTree(temporary);
  await fs.writeNew(temporary, `${JSON.stringify(journal, null, 2)}\n`);
  await fs.rename(temporary, path);
  await fs.sync(dirname(path));
}

/** The journal of a run; null when there is none that can be read. */
export async function readJournal(uri: string, runId: string): Promise<RestoreJournal | null> {
  return parseJournalFile(journalPath(uri, runId));
}

/** Reads a journal's file. One that is no journal counts as none: they are replaced in one step. */
export async function parseJournalFile(path: string): Promise<RestoreJournal | null> {
  try {
    const journal = JSON.parse(await readFile(path, "utf8")) as Partial<RestoreJournal>;
    const owner = parseOwner(journal.owner);
    const isOurs =
      journal.formatVersion === 1 &&
      typeof journal.runId === "string" &&
      typeof journal.target === "string" &&
      owner !== null;
    return isOurs ? (journal as RestoreJournal) : null;
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, "ENOENT")) return null;
    throw error;
  }
}
