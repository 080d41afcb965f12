import type { RestoreJournal } from "./journal.ts";
import { replacedFolder, tableFolder } from "./layout.ts";

/** How long a finished restore's journal, and the table that it replaced, are kept. */
export const KEPT_DAYS = 7;

/** How to go back from a finished restore, a sentence. */
export function undoOf(uri: string, journal: RestoreJournal): string {
  const target = JSON.stringify(journal.target);
  switch (journal.procedure) {
    case "in-place":
      return (
        `Open the table ${target}, checkout(${journal.previousVersion ?? "its last version"}) ` +
        "and restore(), as long as that version has not been cleaned up."
      );
    case "replace": {
      if (journal.previousIdentity === null) return `Drop the table ${target}.`;
      const aside = replacedFolder(uri, journal.target, journal.runId);
      return (
        `The table that was replaced is kept for ${KEPT_DAYS} days in ${aside}: ` +
        `drop ${target} and rename that folder to ${tableFolder(uri, journal.target)}. ` +
        "Handles that are open over such a change must be reopened."
      );
    }
    case "new":
      return `Drop the table ${target}, which did not exist before.`;
  }
}
