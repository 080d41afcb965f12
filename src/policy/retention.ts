/** Retention: which snapshots stay, and for which reasons; the rest expire. */
import { subtractDuration } from "../clock/duration.ts";
import { parseInstant } from "../clock/instant.ts";
import { isTimezone, localMsOf } from "../clock/zone.ts";
import { bucketsAt } from "./buckets.ts";
import { compileRules } from "./rules.ts";
import type { RetentionRules, Rule } from "./rules.ts";

export type { RetentionCount, RetentionRules } from "./rules.ts";

/** A snapshot as retention sees it: a name and an instant (RFC 3339 when it is text). */
export interface RetentionSnapshot {
  readonly id: string;
  readonly createdAt: Date | string;
}

/** What {@link retain} decides over. */
export interface RetentionRequest {
  readonly snapshots: readonly RetentionSnapshot[];
  readonly rules: RetentionRules;
  /** The one IANA zone in which hours, days, weeks, months and years are cut. */
  readonly timezone: string;
  /** The present. Without it no snapshot counts as dated in the future. */
  readonly now?: Date | string;
}

/** A partition of the snapshots, both lists newest first. */
export interface Retention {
  /** Reasons read `daily`, `oldest weekly`, `within 14d`, `monthly within 1y`, and so on. */
  readonly kept: readonly { readonly id: string; readonly reasons: readonly string[] }[];
  readonly expired: readonly { readonly id: string }[];
}

interface Dated {
  readonly id: string;
  readonly atMs: number;
}

interface Slot {
  readonly rule: Rule;
  readonly afterMs: number;
  left: number;
  lastBucket: number;
}

const clockSkewMs = 5 * 60_000;
const futureReasons = Object.freeze(["dated in the future"]);

/**
 * Decides which snapshots stay.
 *
 * The semantics are those of restic's `ApplyPolicy` (internal/data/snapshot_policy.go), with two
 * differences. Periods are cut in one zone, not in each snapshot's own offset. And a snapshot
 * dated more than five minutes after `now` is set aside: kept as `dated in the future`, in no
 * slot, and not part of the list that the rules see.
 *
 * - Snapshots are taken newest first; equal instants stay in the order of the input.
 * - A counted rule keeps a snapshot whose period differs from that of the last one it kept, until
 *   its count is used up. Rules are independent, and one snapshot may fill a slot of many.
 * - The oldest snapshot is also kept by every counted rule that still has room: `oldest weekly`.
 * - A `within` rule keeps what is strictly after (latest − duration), where latest is the newest
 *   snapshot that is not after `now`. When all of them are, it keeps all.
 *
 * @throws RangeError when there is no rule, or a rule, the zone or a time is invalid, or when two
 *   snapshots share an id
 */
export function retain(request: RetentionRequest): Retention {
  const { timezone } = request;
  const rules = compileRules(request.rules);
  if (!isTimezone(timezone)) {
    throw new RangeError(
      `timezone: unknown time zone ${JSON.stringify(timezone)}: ` +
        `expected an IANA name such as "Europe/Berlin"`,
    );
  }
  const nowMs = request.now === undefined ? Infinity : readInstant("now", request.now);
  const newestFirst = sortNewestFirst(request.snapshots);
  const firstPresent = newestFirst.findIndex(({ atMs }) => atMs <= nowMs + clockSkewMs);
  const presentFrom = firstPresent === -1 ? newestFirst.length : firstPresent;
  const present = newestFirst.slice(presentFrom);
  const slots = openSlots(rules, present, nowMs, timezone);

  const kept = newestFirst
    .slice(0, presentFrom)
    .map(({ id }) => Object.freeze({ id, reasons: futureReasons }));
  const expired: { readonly id: string }[] = [];
  present.forEach(({ id, atMs }, position) => {
    const isOldest = position === present.length - 1;
    const reasons = fillSlots(slots, atMs, position, isOldest, timezone);
    if (reasons === null) expired.push(Object.freeze({ id }));
    else kept.push(Object.freeze({ id, reasons }));
  });
  return Object.freeze({ kept: Object.freeze(kept), expired: Object.freeze(expired) });
}

function fillSlots(
  slots: readonly Slot[],
  atMs: number,
  position: number,
  isOldest: boolean,
  timezone: string,
): readonly string[] | null {
  const buckets = bucketsAt(localMsOf(atMs, timezone));
  let reasons: string[] | null = null;
  for (const slot of slots) {
    if (slot.left === 0 || atMs <= slot.afterMs) continue;
    const { period, reason } = slot.rule;
    const bucket = period === "each" ? position : buckets[period];
    const isNew = bucket !== slot.lastBucket;
    if (!isNew && !isOldest) continue;
    (reasons ??= []).push(isNew ? reason : `oldest ${reason}`);
    slot.lastBucket = bucket;
    slot.left -= 1;
  }
  return reasons === null ? null : Object.freeze(reasons);
}

function openSlots(
  rules: readonly Rule[],
  present: readonly Dated[],
  nowMs: number,
  timezone: string,
): readonly Slot[] {
  const latest = present.find(({ atMs }) => atMs <= nowMs);
  return rules.map((rule) => ({
    rule,
    afterMs:
      rule.within === null || latest === undefined
        ? -Infinity
        : subtractDuration(new Date(latest.atMs), rule.within, timezone).getTime(),
    left: rule.count,
    lastBucket: NaN,
  }));
}

function sortNewestFirst(snapshots: readonly RetentionSnapshot[]): readonly Dated[] {
  const ids = new Set<string>();
  const dated = snapshots.map(({ id, createdAt }) => {
    if (ids.has(id)) throw new RangeError(`snapshot ${JSON.stringify(id)} is given twice`);
    ids.add(id);
    return { id, atMs: readInstant(`snapshot ${JSON.stringify(id)}`, createdAt) };
  });
  return dated.sort((a, b) => b.atMs - a.atMs);
}

function readInstant(what: string, at: Date | string): number {
  if (typeof at !== "string") {
    const atMs = at.getTime();
    if (Number.isNaN(atMs)) throw new RangeError(`${what}: invalid time: not a valid Date`);
    return atMs;
  }
  try {
    return parseInstant(at).getTime();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${what}: ${error.message}`, { cause: error });
  }
}
