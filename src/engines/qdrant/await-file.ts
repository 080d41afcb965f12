import { isSnapformError, SnapformError } from "../../errors/index.ts";
import type { SnapshotDescription } from "./api/snapshot-description.ts";
import { listSnapshots } from "./api/snapshots.ts";
import { snapshotGauges } from "./api/telemetry.ts";
import type { PartMaker } from "./create-plan.ts";
import { isAway } from "./node-look.ts";
import { lookOptions, type QdrantSetting } from "./setting.ts";
import { parseSnapshotFile } from "./snapshot-key.ts";

/** Looks in a row that find nothing made and nothing being made, before that is believed. */
const QUIET_LOOKS = 5;

/** Looks in a row that find a file of one size, where no checksum says that it is finished. */
const STEADY_LOOKS = 2;

/** A file that a node was asked for, without an answer that could be trusted. */
export interface AwaitedFile {
  readonly collection: string;
  readonly maker: PartMaker;
  /** The member's own files that were there before. */
  readonly known: readonly string[];
  /** Until when it may still be made, by the clock that never jumps. */
  readonly untilMs: number;
}

/**
 * Waits for what a node makes, by looking. Null when it certainly made nothing and is not at it.
 *
 * @throws SnapformError `deadline-exceeded` with `outcomeUnknown` when it cannot be told in time,
 * `not-found` when the collection is gone
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
  for (;;) {
    const seen = await look(setting, awaited, signal);
    const { file } = seen;
    steady = file !== null && file.size === last?.size && file.size > 0 ? steady + 1 : 0;
    if (file !== null && isFinished(file, steady, seen.isRunning)) return file;
    last = file;
    quiet = file === null && seen.isRunning === false ? quiet + 1 : 0;
    if (quiet >= QUIET_LOOKS) return null;
    if (clock.monotonicMs() >= awaited.untilMs) throw tooLate(awaited, seen.isRunning);
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

interface Seen {
  readonly file: SnapshotDescription | null;
  /** Null: nobody can tell. */
  readonly isRunning: boolean | null;
}

/** A node that is away for a while tells nothing; it is asked again. */
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
    const file = files.find(({ name }) => !awaited.known.includes(name)) ?? null;
    const gauge = gauges?.find(({ collection }) => collection === awaited.collection);
    const isRunning = gauges === null ? null : (gauge?.creatingCount ?? 0) > 0;
    return { file, isRunning };
  } catch (error) {
    signal.throwIfAborted();
    if (!isSnapformError(error) || !isAway(error)) throw error;
    return { file: null, isRunning: null };
  }
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
