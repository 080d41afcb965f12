import type { EngineContext } from "../../engine/driver.ts";
import { coveringParts } from "../../snapshot/layout.ts";
import { SnapformError } from "../../errors/index.ts";
import { collectionDetails, countPoints } from "./api/collections.ts";
import { placementOf } from "./api/placement.ts";
import { createSnapshot, downloadSnapshot } from "./api/snapshots.ts";
import { compareCollection } from "./check.ts";
import { collectionLayout } from "./collection-layout.ts";
import { targetAlias } from "./marks.ts";
import { fillCollection } from "./restore-build.ts";
import { clearFinished, deleteAllFiles } from "./restore-clear.ts";
import { takeForGood } from "./restore-done.ts";
import { addIndexes } from "./restore-indexes.ts";
import type { RestoreRecord } from "./restore-record.ts";
import type { ExpectedCollection, Piece } from "./restore-source.ts";
import { waitForReplicas, waitUntilIdle } from "./restore-wait.ts";
import { askAny } from "./ask-any.ts";
import type { QdrantNode, QdrantSetting } from "./setting.ts";

/** A run that did not come to its end. */
export interface InterruptedRun {
  readonly runId: string;
  readonly target: string;
  readonly scratch: string;
  readonly record: RestoreRecord | null;
}

/**
 * Finishes overwriting a target without the snapshot that it was restored from: its points are in
 * the scratch collection, which was checked before the target was touched. Snapshots of that one
 * are taken and restored over the target. Gives the record of the run as it ended.
 */
export async function finishOverwriting(
  setting: QdrantSetting,
  interrupted: InterruptedRun,
  context: EngineContext,
): Promise<RestoreRecord> {
  const { runId, target, scratch, record } = interrupted;
  const { signal } = context;
  const lost = record?.pieces.find(({ number }) => number === record.inFlight) ?? null;
  await waitUntilIdle(setting, target, lost, signal);
  await waitForReplicas(setting, scratch, context);
  // What an earlier recovery has left here is of the same points, and takes the same space.
  await deleteAllFiles(setting, scratch, signal);
  const { pieces, expected } = await piecesOfScratch(setting, scratch, context);
  const inFlight = (): Promise<void> => Promise.resolve();
  const mark = targetAlias(runId);
  await fillCollection(
    setting,
    { runId, collection: target, mark, isThere: true, pieces, inFlight },
    context,
  );
  await addIndexes(setting, target, expected.payloadSchema, signal);
  const subject = `what was restored beside it`;
  const terms = { collection: target, expected, subject, allowsMoreIndexes: true } as const;
  const compared = await compareCollection(setting, { ...terms, code: "corrupt" }, "count", signal);
  const aliases = record?.aliases ?? null;
  const told = await takeForGood(setting, { runId, target, aliases }, signal);
  const check = { ...compared, findings: [...compared.findings, ...told] };
  await clearFinished(setting, { runId, target, scratch }, signal);
  const copiedBytes = pieces.reduce((sum, { size }) => sum + size, 0);
  return {
    format: 1,
    runId,
    target,
    phase: "checked",
    scratch,
    pieces: record?.pieces ?? [],
    inFlight: null,
    shape: record?.shape ?? null,
    isMaking: false,
    serverMakes: false,
    points: expected.points,
    aliases,
    result: { check, copiedBytes },
  };
}

async function piecesOfScratch(
  setting: QdrantSetting,
  scratch: string,
  context: EngineContext,
): Promise<{ readonly pieces: readonly Piece[]; readonly expected: ExpectedCollection }> {
  const { signal } = context;
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  const placements = await Promise.all(
    setting.nodes.map(async (node) => ({
      node,
      placement: await placementOf(node.client, scratch, options),
    })),
  );
  const { config, payloadSchema } = await askAny(setting.nodes, ({ client }) =>
    collectionDetails(client, scratch, options),
  );
  const [first] = placements;
  if (first === undefined) throw new SnapformError("internal", "a cluster without nodes");
  const layout = collectionLayout(config, first.placement);
  const parts = placements
    .map(({ node, placement }) => ({
      name: node.name,
      shards: placement.local.map(({ shardId }) => shardId),
    }))
    .filter(({ shards }) => shards.length > 0);
  const chosen = new Set(coveringParts({ ...layout, versions: [], parts }).map(({ name }) => name));
  const pieces: Piece[] = [];
  for (const { node } of placements) {
    if (!chosen.has(node.name)) continue;
    context.progress({ phase: "taking a snapshot of what was restored" });
    pieces.push(await pieceOf(setting, { node, scratch, number: pieces.length + 1 }, signal));
  }
  const count = await askAny(setting.nodes, ({ client }) => countPoints(client, scratch, options));
  return { pieces, expected: { points: { before: count, after: count }, payloadSchema, layout } };
}

async function pieceOf(
  { timeouts }: QdrantSetting,
  { node, scratch, number }: { node: QdrantNode; scratch: string; number: number },
  signal: AbortSignal,
): Promise<Piece> {
  const { client, name: part } = node;
  const made = await createSnapshot(client, scratch, { signal, timeoutMs: timeouts.workMs });
  if (made === null) {
    const text = `${part}: the server did not wait until its snapshot was taken`;
    throw new SnapformError("unavailable", text, { retryable: true });
  }
  const { name: file, size, checksum: sha256 } = made;
  return {
    number,
    part,
    node,
    size,
    sha256,
    origin: `${file} on ${part}`,
    open: (open) =>
      Promise.resolve(
        downloadSnapshot(client, scratch, file, {
          expected: { size, sha256 },
          signal: open,
          timeoutMs: null,
        }),
      ),
  };
}
