import { isSnapformError, SnapformError } from "../../errors/index.ts";
import type { EngineContext } from "../../engine/driver.ts";
import type { SnapshotDescription } from "./api/snapshot-description.ts";
import { createSnapshot } from "./api/snapshots.ts";
import { awaitFile, ownFiles } from "./await-file.ts";
import type { AttemptBook, NodeAttempt } from "./create-attempt.ts";
import type { PartMaker } from "./create-plan.ts";
import type { QdrantSetting } from "./setting.ts";
import { instantOfName, parseSnapshotFile } from "./snapshot-key.ts";

/** A bit more than the second by which names are told apart. */
const SECOND_MS = 1100;

/** Two clocks do not agree; a file younger than that may be of the server's present second. */
const SKEW_MS = 5 * 60 * 1000;

/** How often a part is asked for, when it is certain that the times before made nothing. */
const ASK_COUNT = 2;

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
      if (asked >= ASK_COUNT || error === null) throw nothingMade(request, error);
    }
  });
}

/** Looks for what an earlier attempt has made, and waits for it while it is being made. */
async function findEarlier(
  setting: QdrantSetting,
  request: PartRequest,
  { askedAt, known, made }: NodeAttempt,
  signal: AbortSignal,
): Promise<SnapshotDescription | null> {
  if (made !== null) {
    const files = await ownFiles(setting, request, signal);
    return files.find(({ name }) => name === made.file) ?? null;
  }
  if (askedAt === null) return null;
  const { clock, timeouts } = setting;
  const passedMs = clock.now().getTime() - Date.parse(askedAt);
  const leftMs = Math.max(0, Math.min(timeouts.workMs, timeouts.workMs - passedMs));
  return awaitFile(setting, { ...request, known, untilMs: clock.monotonicMs() + leftMs }, signal);
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
  const attempt: NodeAttempt = {
    peerId: maker.peerId,
    node: maker.live.node.name,
    version: maker.live.version,
    shards: maker.shards,
    askedAt: clock.now().toISOString(),
    known: files.map(({ name }) => name),
    made: null,
    failure: null,
  };
  await book.note(attempt);
  signal.throwIfAborted();
  maker.live.node.createdAtMs.set(collection, clock.monotonicMs());
  return attempt;
}

/** Two snapshots of one second are one: the later overwrites the other. */
async function awaitFreeSecond(
  { clock }: QdrantSetting,
  { maker, collection }: PartRequest,
  newest: string | null,
  signal: AbortSignal,
): Promise<void> {
  const last = maker.live.node.createdAtMs.get(collection);
  const sinceMs = last === undefined ? SECOND_MS : clock.monotonicMs() - last;
  const name = newest === null ? null : parseSnapshotFile(collection, newest);
  const isYoung =
    name !== null && clock.now().getTime() - Date.parse(instantOfName(name.time)) < SKEW_MS;
  // Of a file that somebody else made only its second is known, by a clock that is not ours.
  const waitMs = isYoung && sinceMs >= SECOND_MS ? SECOND_MS : SECOND_MS - sinceMs;
  if (waitMs > 0) await clock.sleep(waitMs, signal);
}

interface Asked {
  readonly file: SnapshotDescription | null;
  /** By what the answer was lost. Without a file it is certain that there is none. */
  readonly error: SnapformError | null;
}

/** Asks for the part. A lost answer is made good by looking. */
async function askOnce(
  setting: QdrantSetting,
  request: PartRequest,
  { known }: NodeAttempt,
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
    if (made !== null) return { file: await confirm(setting, request, made, signal), error: null };
  } catch (error) {
    signal.throwIfAborted();
    if (!isSnapformError(error) || !error.outcomeUnknown) throw error;
    lost = error;
  } finally {
    node.createdAtMs.set(collection, clock.monotonicMs());
  }
  return { file: await awaitFile(setting, { ...request, known, untilMs }, signal), error: lost };
}

/** What was answered has to be there, whole, and of this very member. */
async function confirm(
  setting: QdrantSetting,
  request: PartRequest,
  made: SnapshotDescription,
  signal: AbortSignal,
): Promise<SnapshotDescription> {
  const { collection, maker } = request;
  const { name } = maker.live.node;
  const doing = `${name}: taking a snapshot of ${JSON.stringify(collection)}`;
  const listed = (await ownFiles(setting, request, signal)).find((file) => file.name === made.name);
  if (listed === undefined) {
    const text = `${doing}: ${made.name} was made, and the node does not list it as its own`;
    throw new SnapformError("failed-precondition", text, {
      hint: "Give one URL per node, its own, with no load balancer in between.",
    });
  }
  if (listed.size === 0) {
    throw new SnapformError("corrupt", `${doing}: ${made.name} is empty`);
  }
  return { ...listed, checksum: listed.checksum ?? made.checksum };
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
  const hint = "The log of the node says why, e.g. that its disk is full.";
  if (lost !== null) {
    const { code, message, retryable } = lost;
    return new SnapformError(code, message, { retryable, hint, cause: lost });
  }
  const doing = `taking a snapshot of ${JSON.stringify(collection)}`;
  const text = `${maker.live.node.name}: ${doing}: the node accepted it, and has made nothing`;
  return new SnapformError("unavailable", text, { retryable: true, hint });
}
