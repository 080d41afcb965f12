import { SnapformError } from "../../errors/index.ts";
import type { SnapshotDescription } from "./api/snapshot-description.ts";
import { listSnapshots } from "./api/snapshots.ts";
import { snapshotGauges } from "./api/telemetry.ts";
import type { NodeAttempt } from "./create-attempt.ts";
import type { PartMaker } from "./create-plan.ts";
import { isAway } from "./node-look.ts";
import { lookOptions, type QdrantSetting } from "./setting.ts";
import { instantOfName, parseSnapshotFile } from "./snapshot-key.ts";

/** Looks in a row that find nothing made and nothing being made, before that is believed. */
const QUIET_LOOKS = 5;

/** Looks in a row that find a file of one size, where no checksum says that it is finished. */
const STEADY_LOOKS = 2;

/** How long a node may be away in between. */
const AWAY_MS = 5 * 60 * 1000;

/** How much later than asked for a member may begin, by which it names the file. */
const LATE_MS = 10 * 60 * 1000;

/** How much earlier a file may be named: the member tells its time in whole seconds. */
const EARLY_MS = 2000;

/** The same where only our own clock is known. */
const SKEW_MS = 5 * 60 * 1000;

/** A file that a node was asked for, without an answer that could be trusted. */
export interface AwaitedFile {
  readonly collection: string;
  readonly maker: PartMaker;
  /** How it was asked for. */
  readonly attempt: Pick<NodeAttempt, "askedAt" | "nodeAskedAt" | "known">;
  /** Until when it may still be made, by the monotonic clock. */
  readonly untilMs: number;
  /**
   * Until when to wait where the key may not ask what the node is at. Null: its time is over, so
   * that nothing was made when there is nothing.
   */
  readonly untoldUntilMs: number | null;
}

/**
 * Waits for what a node makes, by looking. Null when it certainly made nothing and is not at it,
 * and when several files might be the one: what cannot be told from somebody else's is not ours.
 *
 * @throws SnapformError with `outcomeUnknown`: `deadline-exceeded` when it cannot be told in time,
 * `unavailable` when the node stays away; `not-found` when the collection is gone
 */
export async function awaitFile(
  setting: QdrantSetting,
  awaited: AwaitedFile,
  signal: AbortSignal,
): Promise<SnapshotDescription | null> {
  const { clock, timeouts } = setting;
  let quiet = 0;
  let last: SnapshotDescription | null = null;
  let steady = 0;
  let seenAtMs = clock.monotonicMs();
  for (;;) {
    const seen = await look(setting, awaited, signal);
    const nowMs = clock.monotonicMs();
    if (seen.kind === "away") {
      quiet = 0;
      if (nowMs - seenAtMs >= AWAY_MS) throw staysAway(awaited, seen.error);
    } else {
      const { file, isRunning } = seen;
      seenAtMs = nowMs;
      steady = file !== null && file.size === last?.size ? steady + 1 : 0;
      if (file !== null && isFinished(file, steady, isRunning)) return file;
      last = file;
      const isSilent = isRunning === null && awaited.untoldUntilMs === null;
      quiet = file === null && (isRunning === false || isSilent) ? quiet + 1 : 0;
      if (quiet >= QUIET_LOOKS || (seen.isUnclear && isRunning !== true)) return null;
      const untilMs = isRunning === null ? awaited.untoldUntilMs : awaited.untilMs;
      if (nowMs >= (untilMs ?? awaited.untilMs)) throw tooLate(awaited, isRunning);
    }
    await clock.sleep(timeouts.pollMs, signal);
  }
}

/** The files on a node that its own server made of the collection, oldest first. */
export async function ownFiles(
  setting: QdrantSetting,
  { collection, maker }: Pick<AwaitedFile, "collection" | "maker">,
  signal: AbortSignal,
): Promise<readonly SnapshotDescription[]> {
  const { node } = maker.live;
  const files = await node.turns.run(signal, () =>
    listSnapshots(node.client, collection, lookOptions(setting, signal)),
  );
  const timeOf = ({ name }: SnapshotDescription): string | null => {
    const parsed = parseSnapshotFile(collection, name);
    return parsed?.peerId === maker.peerId ? parsed.time : null;
  };
  return files
    .filter((file) => timeOf(file) !== null)
    .toSorted((a, b) => ((timeOf(a) ?? "") < (timeOf(b) ?? "") ? -1 : 1));
}

type Seen =
  | { readonly kind: "away"; readonly error: SnapformError }
  | {
      readonly kind: "told";
      readonly file: SnapshotDescription | null;
      /** True: several files may be it. */
      readonly isUnclear: boolean;
      /** Null: the key may not ask. */
      readonly isRunning: boolean | null;
    };

async function look(
  setting: QdrantSetting,
  awaited: AwaitedFile,
  signal: AbortSignal,
): Promise<Seen> {
  const { node } = awaited.maker.live;
  const options = lookOptions(setting, signal);
  try {
    // First what runs, then the list: what ends in between is found in the list.
    const gauges = await node.turns.run(signal, () => snapshotGauges(node.client, options));
    const files = await ownFiles(setting, awaited, signal);
    const [file = null, ...others] = files.filter((each) => mayBe(awaited, each));
    const isUnclear = others.length > 0;
    const gauge = gauges?.find(({ collection }) => collection === awaited.collection);
    const isRunning = gauges === null ? null : (gauge?.creatingCount ?? 0) > 0;
    return { kind: "told", file: isUnclear ? null : file, isUnclear, isRunning };
  } catch (error) {
    signal.throwIfAborted();
    if (!isAway(error)) throw error;
    return { kind: "away", error };
  }
}

/**
 * True for a file that the node may have made when we asked for it. People and other programs have
 * snapshots made, too, and what is taken for ours is deleted one day.
 */
function mayBe({ collection, attempt }: AwaitedFile, { name }: SnapshotDescription): boolean {
  const { askedAt, nodeAskedAt, known } = attempt;
  const time = parseSnapshotFile(collection, name)?.time;
  const asked = nodeAskedAt ?? askedAt;
  if (time === undefined || asked === null || known.includes(name)) return false;
  const lateMs = Date.parse(instantOfName(time)) - Date.parse(asked);
  const [earlyMs, mostMs] = nodeAskedAt === null ? [SKEW_MS, SKEW_MS] : [EARLY_MS, 0];
  return lateMs >= -earlyMs && lateMs <= LATE_MS + mostMs;
}

/** A node writes the checksum last. Where it keeps none, the file has to stay as it is. */
function isFinished(file: SnapshotDescription, steady: number, isRunning: boolean | null): boolean {
  if (file.size === 0) return false;
  return file.checksum !== null || (isRunning !== true && steady >= STEADY_LOOKS);
}

function tooLate({ collection, maker }: AwaitedFile, isRunning: boolean | null): SnapformError {
  const why =
    isRunning === true
      ? "it is still at it"
      : "nothing has appeared, and the node does not say whether it is at it";
  return new SnapformError(
    "deadline-exceeded",
    `${maker.live.node.name}: taking a snapshot of ${JSON.stringify(collection)}: ${why}`,
    { retryable: true, outcomeUnknown: true, hint: "The next run looks what became of it." },
  );
}

function staysAway({ collection, maker }: AwaitedFile, cause: SnapformError): SnapformError {
  const doing = `taking a snapshot of ${JSON.stringify(collection)}`;
  const text = `${maker.live.node.name}: ${doing}: the node went away meanwhile and stays away`;
  return new SnapformError("unavailable", text, { retryable: true, outcomeUnknown: true, cause });
}
