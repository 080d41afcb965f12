import type { EngineContext } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Piece } from "./restore-source.ts";
import { waitForReplicas } from "./restore-wait.ts";
import { hasAlias, lookAtNames, requireFree, pointAlias } from "./run-marks.ts";
import type { QdrantSetting } from "./setting.ts";
import { sendPiece } from "./upload-piece.ts";

/** Pieces for one collection. */
export interface FillRequest {
  readonly runId: string;
  readonly collection: string;
  /** The alias of ours without which the collection is another one than it was. */
  readonly mark: string;
  /** False: the server makes the collection from the first piece, and it is marked then. */
  readonly isThere: boolean;
  readonly pieces: readonly Piece[];
  /** Told before a server has all of a piece, and again (null) when it has answered. */
  readonly inFlight: (number: number | null) => Promise<void>;
}

/**
 * Brings a collection to what the pieces hold, one after another: servers that restore
 * at once get in each other's way. Until the last one is done it holds both old and new points.
 *
 * @throws SnapformError `failed-precondition` when it is dropped or made anew meanwhile
 */
export async function fillCollection(
  setting: QdrantSetting,
  request: FillRequest,
  context: EngineContext,
): Promise<void> {
  const { runId, collection, mark, pieces, inFlight } = request;
  const { signal } = context;
  const totalBytes = pieces.reduce((sum, { size }) => sum + size, 0);
  let { isThere } = request;
  let doneBytes = 0;
  for (const piece of pieces) {
    const beforeEnd = async (): Promise<void> => {
      if (isThere) await requireMark(setting, collection, mark, signal);
      else requireFree(await lookAtNames(setting, signal), collection);
      await inFlight(piece.number);
    };
    const delivery = { runId, collection, doneBytes, totalBytes, beforeEnd };
    await sendPiece(setting, piece, delivery, context);
    if (!isThere) await pointAlias(setting, mark, collection, signal);
    isThere = true;
    await inFlight(null);
    await waitForReplicas(setting, collection, context);
    doneBytes += piece.size;
  }
}

/** An alias goes with its collection, so one that is there says that the collection is the same. */
export async function requireMark(
  setting: QdrantSetting,
  collection: string,
  mark: string,
  signal: AbortSignal,
): Promise<void> {
  const names = await lookAtNames(setting, signal);
  if (hasAlias(names, mark, collection)) return;
  const what = names.collections.has(collection) ? "is another one than" : "is gone, which was";
  const text = `collection ${JSON.stringify(collection)} ${what} there when the restore began`;
  throw new SnapformError("failed-precondition", text);
}
