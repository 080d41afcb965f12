import { isSnapformError } from "../../errors/index.ts";
import type { HashName } from "../../snapshot/manifest.ts";
import { codeOf, throwIfCancelled } from "./filesystem-errors.ts";
import type { RunningHash } from "./hash-threads.ts";
import type { Digests } from "./hash-worker.ts";
import { isHash } from "./layout.ts";
import { claimPartial, leavePartial, nextPartial } from "./partials.ts";
import { MAX_START_COUNT, checkSha256, neverWhole, receive, type Incoming } from "./receive.ts";
import type { StreamedFile } from "./repository-fs.ts";
import type { Staging } from "./staging.ts";
import { openStreamSink } from "./stream-sink.ts";

export interface StreamTarget {
  readonly staging: Staging;
  readonly mode: number;
}

/** A stream that is whole, verified and durable in staging. */
export interface TakenStream {
  readonly path: string;
  /** By the hash of the repository. */
  readonly hash: string;
}

/** What a thread hashes of a file at once, so that other streams get their turn. */
const REHASH_BYTES = 32 * 1024 * 1024;

/** One way through a stream from where the file in staging ends. */
interface Pass {
  readonly incoming: Incoming;
  readonly path: string;
  readonly out: StreamedFile;
  readonly hash: RunningHash;
  readonly keepBytes: number;
  readonly stored: (byteCount: number) => void;
}

async function rehash({ incoming, path, hash, keepBytes, stored }: Pass): Promise<void> {
  for (let start = 0; start < keepBytes; start += REHASH_BYTES) {
    throwIfCancelled(incoming.watch.signal);
    const end = Math.min(keepBytes, start + REHASH_BYTES);
    await hash.updateFrom(path, start, end);
    stored(end - start);
  }
}

/** Null when it must begin at the beginning. */
async function runPass(pass: Pass): Promise<Digests | null> {
  const { incoming, out, hash, keepBytes, stored } = pass;
  await rehash(pass);
  const sink = openStreamSink(out, hash, keepBytes, stored);
  try {
    if ((await receive(incoming, sink, keepBytes)) === "again") return null;
    await sink.flush();
  } catch (error) {
    // What has come may be of use to the next attempt.
    await sink.flush().catch(() => undefined);
    throw error;
  } finally {
    await sink.settle();
  }
  const digests = await hash.digest();
  try {
    checkSha256(incoming, digests.sha256);
  } catch (error) {
    // The bytes that an earlier process has left may be the wrong ones.
    if (keepBytes > 0) return null;
    throw error;
  }
  await out.sync(incoming.store.clock.now());
  return digests;
}

/** Lets one pass run; null when it must begin at the beginning. */
async function attempt(
  incoming: Incoming,
  path: string,
  keepBytes: number,
  mode: number,
): Promise<Digests | null> {
  const { store, file, watch } = incoming;
  const names = new Set<HashName>([store.hash]);
  if (file.sha256 !== undefined) names.add("sha256");
  let storedBytes = 0;
  const stored = (byteCount: number): void => {
    storedBytes += byteCount;
    watch.progress(byteCount);
  };
  const out = await store.fs.openStream(path, { keepBytes, finalMode: mode });
  try {
    const hash = store.hashing.start([...names]);
    try {
      const digests = await runPass({ incoming, path, out, hash, keepBytes, stored });
      if (digests === null) watch.progress(-storedBytes);
      return digests;
    } finally {
      hash.close();
    }
  } finally {
    await out.close();
  }
}

/** After these the bytes are wrong, or the room that they take is needed more. */
function spoils(error: unknown): boolean {
  if (isSnapformError(error)) return error.code === "corrupt" || error.code === "aborted";
  return ["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS"].includes(codeOf(error) ?? "");
}

/**
 * Stores a stream in staging, hashed in a thread while it is written. Where its SHA-256 is known,
 * it goes on where an earlier attempt of any process has ended, and leaves what it has when it
 * fails.
 */
export async function takeStream(incoming: Incoming, target: StreamTarget): Promise<TakenStream> {
  const { store, file, watch } = incoming;
  const { staging, mode } = target;
  const { sha256, size } = file;
  const known = isHash(sha256) ? { sha256, size } : null;
  const path = known === null ? staging.next() : nextPartial(staging, known);
  let keepBytes = known === null ? 0 : await claimPartial(store, known, path);
  try {
    for (let startCount = 0; startCount < MAX_START_COUNT; startCount++) {
      const digests = await attempt(incoming, path, keepBytes, mode);
      if (digests !== null) return { path, hash: digests[store.hash] as string };
      keepBytes = 0;
    }
    throw neverWhole(incoming);
  } catch (error) {
    const isUseful = known !== null && (watch.signal.aborted || !spoils(error));
    if (isUseful) await leavePartial(store, path).catch(() => undefined);
    throw error;
  }
}
