import { NO_NOTES, type Notes } from "../../snapshot/manifest.ts";

const NOTES_FORMAT = 1;

/**
 * What is assumed when notes are there but cannot be read: pinned, because they may have said so
 * and a snapshot that is kept too long does less harm than one that is gone.
 */
export const UNREADABLE_NOTES: Notes = Object.freeze({ ...NO_NOTES, pinned: true });

/** The text of a notes file. */
export function formatNotes(notes: Notes): string {
  const { pinned, damaged, verifiedAt } = notes;
  const value = { formatVersion: NOTES_FORMAT, pinned, damaged, verifiedAt };
  return `${JSON.stringify(value, null, 1)}\n`;
}

function isDamaged(value: unknown): value is Notes["damaged"] {
  if (value === null) return true;
  if (typeof value !== "object") return false;
  const { at, files } = value as { readonly at?: unknown; readonly files?: unknown };
  return (
    typeof at === "string" && Array.isArray(files) && files.every((f) => typeof f === "string")
  );
}

/** The notes in a text; null when it does not hold any that can be understood. */
export function parseNotes(text: string): Notes | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { formatVersion, pinned, damaged, verifiedAt } = value as Record<string, unknown>;
  if (formatVersion !== NOTES_FORMAT || typeof pinned !== "boolean" || !isDamaged(damaged)) {
    return null;
  }
  if (verifiedAt !== null && typeof verifiedAt !== "string") return null;
  return Object.freeze({ pinned, damaged, verifiedAt });
}
