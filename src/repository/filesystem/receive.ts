import type { SourceFile } from "../../engine/driver.ts";
import { SnapformError, isSnapformError } from "../../errors/index.ts";
import type { TaskWatch } from "./copy-pool.ts";
import { throwIfCancelled } from "./filesystem-errors.ts";
import { heedSignal, orStopped } from "./heed-signal.ts";
import type { Store } from "./store.ts";

/** A file on its way in. */
export interface Incoming {
  readonly store: Store;
  readonly file: SourceFile;
  /** Its part and path, as people should read it. */
  readonly name: string;
  readonly watch: TaskWatch;
}

/** Where the bytes of a stream go. */
export interface Sink {
  /** Takes what there is room for, and says how much that was. */
  put(piece: Uint8Array): number;
  /** Ends when there is room again; throws what has gone wrong on the far side. */
  room(): Promise<void>;
}

/** How often a stream may begin at its beginning. */
export const MAX_START_COUNT = 3;

/** How often in a row a stream may break without a new byte. */
const MAX_BREAK_COUNT = 3;
const PAUSE_MS = 200;

function wrongSize({ file, name }: Incoming, found: string): SnapformError {
  const message = `the source file ${name} has ${found} bytes instead of ${file.size}`;
  return new SnapformError("aborted", message, { retryable: true });
}

/** Compares what the bytes hash to with what the server says that they do. */
export function checkSha256({ file, name }: Incoming, found: string | undefined): void {
  const { sha256 } = file;
  if (sha256 === undefined || found === sha256) return;
  const message = `the source file ${name} has the SHA-256 ${found} instead of ${sha256}`;
  throw new SnapformError("corrupt", message, {
    hint: "It is damaged where it lies, or was altered on its way. Take the snapshot again.",
  });
}

/** Says that a source that cannot begin in the middle has broken too often. */
export function neverWhole({ name }: Incoming): SnapformError {
  const text = "breaks each time, and can only be read from its beginning";
  return new SnapformError("unavailable", `the source file ${name} ${text}`, { retryable: true });
}

/** A piece of anything but bytes would be stored as something else. */
function checkPiece(incoming: Incoming, piece: unknown, at: number): void {
  if (!(piece instanceof Uint8Array)) {
    const message = `the source file ${incoming.name} comes as ${typeof piece}, not as bytes`;
    throw new SnapformError("internal", message);
  }
  const end = at + piece.length;
  if (end > incoming.file.size) throw wrongSize(incoming, `${end} or more`);
}

async function pour(sink: Sink, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.length;) {
    const count = sink.put(done === 0 ? piece : piece.subarray(done));
    if (count === 0) await sink.room();
    done += count;
  }
}

async function pause({ store, watch }: Incoming, ms: number): Promise<void> {
  try {
    await store.clock.sleep(ms, watch.signal);
  } catch (error) {
    throwIfCancelled(watch.signal);
    throw error;
  }
}

/**
 * Lets the stream flow from `start` to its end. One that breaks for a moment, or ends too early, is
 * taken up where it broke, as long as that brings new bytes.
 *
 * @returns `again` when the source cannot begin in the middle (`unimplemented`)
 * @throws SnapformError `aborted` when it is shorter or longer than it should be
 */
export async function receive(
  incoming: Incoming,
  sink: Sink,
  start: number,
): Promise<"whole" | "again"> {
  const { file, watch } = incoming;
  let at = start;
  for (let breakCount = 0; at < file.size || at === start;) {
    const before = at;
    let mayBeAgain = true;
    try {
      const source = await orStopped(file.open(at, watch.signal), watch.signal);
      for await (const piece of heedSignal(source, watch.signal)) {
        mayBeAgain = false;
        checkPiece(incoming, piece, at);
        await pour(sink, piece);
        mayBeAgain = true;
        at += piece.length;
      }
      if (at === file.size) return "whole";
      throw wrongSize(incoming, `${at}`);
    } catch (error) {
      throwIfCancelled(watch.signal);
      if (!isSnapformError(error)) throw error;
      if (error.code === "unimplemented" && before > 0) return "again";
      // Of a piece that the sink has not taken whole nobody knows where it would begin again.
      const mayGoOn = error.retryable && error.code !== "corrupt" && mayBeAgain;
      // A hash that is known tells whether all is well although the end was not.
      if (mayGoOn && at === file.size && file.sha256 !== undefined) return "whole";
      breakCount = at > before ? 1 : breakCount + 1;
      if (!mayGoOn || at === file.size || breakCount >= MAX_BREAK_COUNT) throw error;
      await pause(incoming, PAUSE_MS * 2 ** breakCount);
    }
  }
  return "whole";
}
