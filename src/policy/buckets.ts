/**
 * policy/ says what is wanted: when a snapshot is due, and which snapshots are kept or expire, each
 * with its reasons. It may know calendars and time zones (clock's arithmetic), and nothing of
 * engines, files or the present: every instant is handed in. Its invariant: same input, same
 * output, and whatever is not kept for a stated reason is listed as expired.
 *
 * This file cuts local time into the periods that retention counts.
 */

/** The periods of a calendar that retention counts. */
export type Period = "hourly" | "daily" | "weekly" | "monthly" | "yearly";

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/**
 * For each kind of period a number that two instants share exactly when they fall into the same
 * one. Weeks are ISO 8601 weeks, from Monday.
 *
 * @param localMs the instant, shifted so that its UTC fields read as local time
 */
export function bucketsAt(localMs: number): Readonly<Record<Period, number>> {
  const local = new Date(localMs);
  const yearly = local.getUTCFullYear();
  const daily = Math.floor(localMs / dayMs);
  return {
    hourly: Math.floor(localMs / hourMs),
    daily,
    // Day 0 is a Thursday.
    weekly: Math.floor((daily + 3) / 7),
    monthly: yearly * 12 + local.getUTCMonth(),
    yearly,
  };
}
