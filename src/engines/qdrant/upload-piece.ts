import type { EngineContext } from "../../engine/driver.ts";
import { isSnapformError, type SnapformError } from "../../errors/index.ts";
import { uploadSnapshot } from "./api/snapshots.ts";
import { uploadName } from "./marks.ts";
import { waitUntilIdle } from "./restore-wait.ts";
import type { Piece } from "./restore-source.ts";
import type { QdrantSetting } from "./setting.ts";
import { openBody, type UploadBody } from "./upload-body.ts";

/** Where a piece goes, and what its sender wants to see on the way. */
export interface Delivery {
  readonly runId: string;
  readonly collection: string;
  /** Runs when all bytes are sent and the upload is not complete; a throw takes it back. */
  readonly beforeEnd: () => Promise<void>;
  /** Bytes of earlier pieces, and of all. */
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** How often a piece is sent at most, where the outcome of the time before is not known. */
const ATTEMPT_COUNT = 3;

/**
 * Sends one piece to its node and has that restore the collection from it. After a lost answer it
 * waits until nothing runs any more and does the same again, which ends as if it were done once.
 *
 * @throws SnapformError with the node's name; `outcomeUnknown` when it may have had its effect
 */
export async function sendPiece(
  setting: QdrantSetting,
  piece: Piece,
  delivery: Delivery,
  context: EngineContext,
): Promise<void> {
  const { collection } = delivery;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await attemptPiece(setting, piece, delivery, context);
      return;
    } catch (error) {
      const goesOn = attempt < ATTEMPT_COUNT && !context.signal.aborted && mayHelp(error);
      if (!goesOn) throw error;
      context.progress({ phase: "recovering" });
      const lost = error.outcomeUnknown ? piece : null;
      await waitUntilIdle(setting, collection, lost, context.signal);
    }
  }
}

function mayHelp(error: unknown): error is SnapformError {
  return isSnapformError(error) && (error.outcomeUnknown || error.retryable);
}

async function attemptPiece(
  setting: QdrantSetting,
  piece: Piece,
  delivery: Delivery,
  context: EngineContext,
): Promise<void> {
  const { signal } = context;
  const { runId, collection, doneBytes, totalBytes, beforeEnd } = delivery;
  const tell = (phase: string, sentBytes: number): void =>
    context.progress({ phase, doneBytes: doneBytes + sentBytes, totalBytes });
  const { node, sha256, size, number } = piece;
  tell("uploading", 0);
  const opened: UploadBody[] = [];
  // Read before the connection is made: what is no snapshot is not even begun to be sent.
  let first: UploadBody | null = await openBody(piece, signal, beforeEnd);
  opened.push(first);
  async function* body(): AsyncGenerator<Uint8Array> {
    const own = first ?? (await openBody(piece, signal, beforeEnd));
    first = null;
    opened.push(own);
    yield* own.bytes;
    tell("recovering", size);
  }
  try {
    await uploadSnapshot(node.client, collection, {
      priority: "snapshot",
      ...(sha256 === null ? {} : { checksum: sha256 }),
      fileName: uploadName(runId, number),
      size,
      body,
      signal,
      timeoutMs: setting.timeouts.workMs,
      onProgress: (sentBytes) => tell("uploading", sentBytes),
    });
  } finally {
    await Promise.all(opened.map((each) => each.discard().catch(() => undefined)));
  }
}
