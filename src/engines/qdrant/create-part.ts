import { isSnapformError, SnapformError } from "../../errors/index.ts";
import type { EngineContext } from "../../engine/driver.ts";
import type { SnapshotDescription } from "./api/snapshot-description.ts";
import { nodeClock } from "./api/node.ts";
import { createSnapshot } from "./api/snapshots.ts";
import { snapshotGauges } from "./api/telemetry.ts";
import { awaitFile, ownFiles } from "./await-file.ts";
import type { AttemptBook, NodeAttempt } from "./create-attempt.ts";
import type { PartMaker } from "./create-plan.ts";
import { isAnotherFile } from "./known-native.ts";
import { isAway } from "./node-look.ts";
import { lookOptions, type QdrantSetting } from "./setting.ts";
import { instantOfName, parseSnapshotFile } from "./snapshot-key.ts";

/** A bit more than the second by which names are told apart. */
const SECOND_MS = 1100;

/** Two clocks do not agree; a file younger than that may be of the server's present second. */
const SKEW_MS = 5 * 60 * 1000;

/** How often a part is asked for, when it is certain that the times before made nothing. */
const ASK_COUNT = 2;

/** How long a later attempt waits for an earlier one of which nobody can say whether it runs. */
const UNTOLD_MS = 60_000;

export interface PartRequest {
  readonly collection: string;
  readonly maker: PartMaker;
  readonly book: AttemptBook;
}

/**
 * Has one member make its part, or takes over what an earlier attempt has made; asks again only
 * when it is certain that nothing was made. What was made is recorded before this returns.
 *
 * @throws SnapformError with `outcomeUnknown` when it cannot be told whether it was made
 */
export async function makePart(
  setting: QdrantSetting,
  request: PartRequest,
  { signal }: EngineContext,
): Promise<NodeAttempt> {
  const { maker, book } = request;
  const earlier = book.of(maker.peerId);
  const found = earlier === null ? null : await findEarlier(setting, request, earlier, signal);
  if (found !== null && earlier !== null) return keep(book, earlier, found);
  return maker.live.node.creating.run(signal, async () => {
    for (let asked = 1; ; asked += 1) {
      const attempt = await announce(setting, request, signal);
      const { file, error } = await askOnce(setting, request, attempt, signal);
      if (file !== null) return keep(book, attempt, file);
      if (asked >= ASK_COUNT || error?.retryable !== true) throw nothingMade(request, error);
    }
  });
}

/** Looks for what an earlier attempt has made, and waits for it while it is being made. */
async function findEarlier(
  setting: QdrantSetting,
  request: PartRequest,
  attempt: NodeAttempt,
  signal: AbortSignal,
): Promise<SnapshotDescription | null> {
  const { askedAt, made } = attempt;
  if (made !== null) {
    const files = await ownFiles(setting, request, signal);
    return files.find(({ name }) => name === made.file) ?? null;
  }
  if (askedAt === null) return null;
  const { clock, timeouts } = setting;
  const nowMs = clock.monotonicMs();
  const passedMs = clock.now().getTime() - Date.parse(askedAt);
  const leftMs = Math.min(timeouts.workMs, timeouts.workMs - passedMs);
  const untoldUntilMs = leftMs <= 0 ? null : nowMs + Math.min(leftMs, UNTOLD_MS);
  const times = { untilMs: nowMs + timeouts.workMs, untoldUntilMs };
  return awaitFile(setting, { ...request, attempt, ...times }, signal);
}

/** Waits for a second of its own and records that the part is about to be asked for. */
async function announce(
  setting: QdrantSetting,
  request: PartRequest,
  signal: AbortSignal,
): Promise<NodeAttempt> {
  const { maker, book, collection } = request;
  const { clock } = setting;
  const files = await ownFiles(setting, request, signal);
  await awaitFreeSecond(setting, request, files.at(-1)?.name ?? null, signal);
  const { client, turns } = maker.live.node;
  const nodeNow = await turns.run(signal, () => nodeClock(client, lookOptions(setting, signal)));
  const attempt: NodeAttempt = {
    peerId: maker.peerId,
    node: maker.live.node.name,
    version: maker.live.version,
    shards: maker.shards,
    askedAt: clock.now().toISOString(),
    nodeAskedAt: nodeNow?.toISOString() ?? null,
    known: files.map(({ name }) => name),
    made: null,
    failure: null,
  };
  await book.note(attempt);
  signal.throwIfAborted();
  maker.live.node.createdAtMs.set(collection, clock.monotonicMs());
  return attempt;
}

/**
 * Two snapshots of one second are one: the later overwrites the other. Whoever else is at one now
 * may have begun in this very second.
 */
async function awaitFreeSecond(
  setting: QdrantSetting,
  { maker, collection }: PartRequest,
  newest: string | null,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = setting;
  const { client, turns } = maker.live.node;
  const options = lookOptions(setting, signal);
  const gauges = await turns.run(signal, () => snapshotGauges(client, options));
  const isAtOne = gauges?.some((each) => each.collection === collection && each.creatingCount > 0);
  const last = maker.live.node.createdAtMs.get(collection);
  const sinceMs = last === undefined ? SECOND_MS : clock.monotonicMs() - last;
  const name = newest === null ? null : parseSnapshotFile(collection, newest);
  const isYoung =
    name !== null && clock.now().getTime() - Date.parse(instantOfName(name.time)) < SKEW_MS;
  // Of a file that somebody else made only its second is known, by a clock that is not ours.
  const isTaken = isYoung || isAtOne === true;
  const waitMs = isTaken && sinceMs >= SECOND_MS ? SECOND_MS : SECOND_MS - sinceMs;
  if (waitMs > 0) await clock.sleep(waitMs, signal);
}

interface Asked {
  readonly file: SnapshotDescription | null;
  /** By what the answer was lost. Without a file it is certain that none can be told to be ours. */
  readonly error: SnapformError | null;
}

/** Asks for the part. A lost answer is made good by looking. */
async function askOnce(
  setting: QdrantSetting,
  request: PartRequest,
  attempt: NodeAttempt,
  signal: AbortSignal,
): Promise<Asked> {
  const { collection, maker } = request;
  const { node } = maker.live;
  const { clock, timeouts } = setting;
  const untilMs = clock.monotonicMs() + timeouts.workMs;
  let lost: SnapformError | null = null;
  try {
    const options = { signal, timeoutMs: timeouts.workMs };
    const made = await createSnapshot(node.client, collection, options);
    if (made !== null) {
      const file = await listed(setting, request, made, signal);
      const expected = { size: made.size, sha256: made.checksum };
      // Its answer was of this file, so there is nothing to wait for.
      if (file !== null && isAnotherFile(expected, file)) {
        return { file: null, error: overwritten(request, made.name) };
      }
      if (file !== null) return { file, error: null };
      lost = notListed(request, made.name);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!isSnapformError(error) || !error.outcomeUnknown) throw error;
    lost = error;
  } finally {
    node.createdAtMs.set(collection, clock.monotonicMs());
  }
  const awaited = { ...request, attempt, untilMs, untoldUntilMs: untilMs };
  return { file: await awaitFile(setting, awaited, signal), error: lost };
}

/** What was answered, as the node lists it; null where it does not, or does not answer now. */
async function listed(
  setting: QdrantSetting,
  request: PartRequest,
  made: SnapshotDescription,
  signal: AbortSignal,
): Promise<SnapshotDescription | null> {
  try {
    const files = await ownFiles(setting, request, signal);
    const file = files.find(({ name, size }) => name === made.name && size > 0);
    return file ? { ...file, checksum: file.checksum ?? made.checksum } : null;
  } catch (error) {
    signal.throwIfAborted();
    if (isAway(error)) return null;
    throw error;
  }
}

function notListed({ collection, maker }: PartRequest, file: string): SnapformError {
  const doing = `${maker.live.node.name}: taking a snapshot of ${JSON.stringify(collection)}`;
  const text = `${doing}: ${file} was made, and the node does not list it as its own`;
  return new SnapformError("failed-precondition", text, {
    hint: "Give one URL per node, its own, with no load balancer in between.",
  });
}

function overwritten({ collection, maker }: PartRequest, file: string): SnapformError {
  const doing = `${maker.live.node.name}: taking a snapshot of ${JSON.stringify(collection)}`;
  const text = `${doing}: somebody else had one made in the same second, which overwrote ${file}`;
  return new SnapformError("aborted", text, { retryable: true });
}

async function keep(
  book: AttemptBook,
  attempt: NodeAttempt,
  { name, size, checksum }: SnapshotDescription,
): Promise<NodeAttempt> {
  const noted = { ...attempt, made: { file: name, size, sha256: checksum }, failure: null };
  await book.note(noted);
  return noted;
}

/** It is certain by now that there is no file, so the outcome is known. */
function nothingMade({ maker, collection }: PartRequest, lost: SnapformError | null) {
  const hint = lost?.hint ?? "The log of the node says why, e.g. that its disk is full.";
  if (lost !== null) {
    const { code, message, retryable } = lost;
    return new SnapformError(code, message, { retryable, hint, cause: lost });
  }
  const doing = `taking a snapshot of ${JSON.stringify(collection)}`;
  const text = `${maker.live.node.name}: ${doing}: the node accepted it, and has made nothing`;
  return new SnapformError("unavailable", text, { retryable: true, hint });
}
