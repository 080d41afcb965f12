import type { EngineContext } from "../../engine/driver.ts";
import { SnapformError } from "../../errors/index.ts";
import { markerAlias } from "./marks.ts";
import type { Piece } from "./restore-source.ts";
import { waitForReplicas } from "./restore-wait.ts";
import { lookAtNames, requireFree, setMark } from "./run-marks.ts";
import type { QdrantSetting } from "./setting.ts";
import { sendPiece } from "./upload-piece.ts";

/** Pieces for one collection. */
export interface BuildRequest {
  readonly runId: string;
  readonly collection: string;
  readonly pieces: readonly Piece[];
  /** Told before a server has all of a piece, and again (null) when it has answered. */
  readonly inFlight: (number: number | null) => Promise<void>;
}

/**
 * Has the servers make a collection from the pieces, one after another. It carries the run's mark
 * from the moment when it exists: without the mark nobody could tell later that it is ours.
 *
 * @throws SnapformError `already-exists` when somebody else has made one of that name meanwhile
 */
export async function buildCollection(
  setting: QdrantSetting,
  request: BuildRequest,
  context: EngineContext,
): Promise<void> {
  const { runId, collection } = request;
  let isMarked = false;
  const mark = async (exists: boolean): Promise<void> => {
    if (isMarked || !exists) return;
    await setMark(setting, markerAlias(runId), collection, context.signal);
    isMarked = true;
  };
  const beforeEnd = async (): Promise<void> => {
    if (!isMarked) requireFree(await lookAtNames(setting, context.signal), collection);
  };
  await sendPieces(setting, request, { beforeEnd, afterPiece: mark }, context);
}

/**
 * Brings a collection that exists to what the pieces hold, node after node. Until the last one is
 * done it holds both old and new points.
 *
 * @throws SnapformError saying which nodes are done
 */
export async function overwriteCollection(
  setting: QdrantSetting,
  request: BuildRequest,
  context: EngineContext,
): Promise<void> {
  const { collection } = request;
  const beforeEnd = async (): Promise<void> => {
    const { collections } = await lookAtNames(setting, context.signal);
    if (collections.has(collection)) return;
    const text = `collection ${JSON.stringify(collection)} has vanished while it was overwritten`;
    throw new SnapformError("failed-precondition", text);
  };
  const afterPiece = (): Promise<void> => Promise.resolve();
  await sendPieces(setting, request, { beforeEnd, afterPiece }, context);
}

interface Watch {
  readonly beforeEnd: () => Promise<void>;
  /** Called after each piece, and after a lost answer, with whether the collection exists. */
  readonly afterPiece: (exists: boolean) => Promise<void>;
}

/** One piece at a time: servers that restore at once get in each other's way. */
async function sendPieces(
  setting: QdrantSetting,
  request: BuildRequest,
  { beforeEnd, afterPiece }: Watch,
  context: EngineContext,
): Promise<void> {
  const { runId, collection, pieces, inFlight } = request;
  const totalBytes = pieces.reduce((sum, { size }) => sum + size, 0);
  let doneBytes = 0;
  for (const piece of pieces) {
    await sendPiece(
      setting,
      piece,
      {
        runId,
        collection,
        doneBytes,
        totalBytes,
        async beforeEnd() {
          await beforeEnd();
          await inFlight(piece.number);
        },
        afterLost: afterPiece,
      },
      context,
    );
    await inFlight(null);
    await afterPiece(true);
    await waitForReplicas(setting, collection, context);
    doneBytes += piece.size;
  }
}
