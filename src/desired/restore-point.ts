import { parseInstant } from "../clock/instant.ts";

/** The point in time that a restore asks for. */
export type RestorePoint =
  | { readonly kind: "latest" }
  /** The newest complete snapshot that had finished by `at` (RFC 3339, in UTC). */
  | { readonly kind: "instant"; readonly at: string }
  | { readonly kind: "snapshot"; readonly id: string };

const snapshotIdPattern = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** Reads `latest`, an RFC 3339 instant or a snapshot's id; null when the text is none of them. */
export function parseRestorePoint(text: string): RestorePoint | null {
  if (text === "latest") return Object.freeze({ kind: "latest" });
  if (snapshotIdPattern.test(text)) return Object.freeze({ kind: "snapshot", id: text });
  try {
    return Object.freeze({ kind: "instant", at: parseInstant(text).toISOString() });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The text of a point in time, as `parseRestorePoint` reads it. */
export function formatRestorePoint(point: RestorePoint): string {
  switch (point.kind) {
    case "latest":
      return "latest";
    case "instant":
      return point.at;
    case "snapshot":
      return point.id;
  }
}
