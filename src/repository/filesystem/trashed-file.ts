/** When a snapshot was put into the trash and until when it can be taken back. */
export interface TrashTimes {
  readonly trashedAt: string;
  readonly undoUntil: string;
}

const TRASHED_FORMAT = 1;

/** The text of the file beside a manifest in the trash; `by` is the project that put it there. */
export function formatTrashed(times: TrashTimes, by: string | null): string {
  const { trashedAt, undoUntil } = times;
  const value = { formatVersion: TRASHED_FORMAT, trashedAt, undoUntil, by };
  return `${JSON.stringify(value, null, 1)}\n`;
}

function isInstant(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

/** Null when the text does not say it. */
export function parseTrashed(text: string): TrashTimes | null {
  try {
    const { formatVersion, trashedAt, undoUntil } = JSON.parse(text) as Record<string, unknown>;
    if (formatVersion !== TRASHED_FORMAT || !isInstant(trashedAt) || !isInstant(undoUntil)) {
      return null;
    }
    return { trashedAt, undoUntil };
  } catch {
    return null;
  }
}
