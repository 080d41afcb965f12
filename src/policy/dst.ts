/** What the next clock change does to a schedule, for explaining it to a person. */
import { nextOffsetChange } from "../clock/zone.ts";
import { nextRuns, previousRun } from "./schedule.ts";
import type { Schedule } from "./schedule.ts";

/** A change of a zone's offset from UTC, and the runs around it. */
export interface DstChange {
  /** The first instant with the new offset. */
  readonly changeAt: Date;
  /** Local time minus UTC. */
  readonly offsetBeforeMinutes: number;
  readonly offsetAfterMinutes: number;
  /** Up to `count` runs strictly before the change, in order. */
  readonly runsBefore: readonly Date[];
  /** `count` runs from the change on, in order. */
  readonly runsAfter: readonly Date[];
}

const twoYearsMs = 2 * 366 * 86_400_000;
const minuteMs = 60_000;

/**
 * The next change of the zone's offset strictly after `from`, with the `count` runs on either side
 * of it; null when the zone has none within two years.
 *
 * @throws RangeError when the schedule, `from` or `count` is invalid
 */
export function describeDst(
  schedule: Schedule,
  range: { readonly from: Date; readonly count: number },
): DstChange | null {
  // Asked first, because it also checks the schedule, the instant and the count.
  nextRuns(schedule, range);
  const change = nextOffsetChange(range.from.getTime(), schedule.timezone, twoYearsMs);
  if (change === null) return null;
  const justBefore = new Date(change.atMs - 1);
  return Object.freeze({
    changeAt: new Date(change.atMs),
    offsetBeforeMinutes: change.offsetBeforeMs / minuteMs,
    offsetAfterMinutes: change.offsetAfterMs / minuteMs,
    runsBefore: runsUpTo(schedule, justBefore, range.count),
    runsAfter: nextRuns(schedule, { from: justBefore, count: range.count }),
  });
}

function runsUpTo(schedule: Schedule, latest: Date, count: number): readonly Date[] {
  const runs: Date[] = [];
  let run = previousRun(schedule, { before: latest });
  while (run !== null && runs.length < count) {
    runs.unshift(run);
    run = previousRun(schedule, { before: new Date(run.getTime() - 1) });
  }
  return Object.freeze(runs);
}
