import { collectionDetails } from "./api/collections.ts";
import { deleteSnapshot, listSnapshots } from "./api/snapshots.ts";
import { collectionLayout } from "./collection-layout.ts";
import { markerAlias } from "./marks.ts";
import type { RestoreRecord } from "./restore-record.ts";
import {
  askAny,
  deleteUploads,
  dropMarks,
  dropOwn,
  findUploads,
  ifThere,
  lookAtNames,
  setMark,
} from "./run-marks.ts";
import type { QdrantSetting } from "./setting.ts";
import { lookAtShards } from "./shard-watch.ts";

/** What a run may have built. */
export interface Built {
  readonly runId: string;
  readonly collection: string;
  /** How it looks when it came from the run's snapshot. */
  readonly shape: RestoreRecord["shape"];
}

/**
 * Removes what a run has built: the collection when it carries the run's mark, or when there lies
 * an upload of the run and it looks like the run's snapshot; of any other collection only the
 * uploads. Whatever it meets, no other file and no other collection is touched. True when anything
 * was removed.
 */
export async function clearBuilt(
  setting: QdrantSetting,
  { runId, collection, shape }: Built,
  signal: AbortSignal,
): Promise<boolean> {
  const names = await lookAtNames(setting, signal);
  // Files of a collection that is not there cannot be reached.
  if (!names.collections.has(collection)) return false;
  const uploads = await findUploads(setting, runId, collection, signal);
  const mark = markerAlias(runId);
  const isMarked = names.aliases.some(
    (each) => each.alias === mark && each.collection === collection,
  );
  const isOurs =
    isMarked || (uploads.length > 0 && (await looksLike(setting, collection, shape, signal)));
  // Without its uploads nobody could tell any more that it is ours.
  if (isOurs && !isMarked) await setMark(setting, mark, collection, signal);
  await deleteUploads(setting, collection, uploads, signal);
  if (isOurs) await dropOwn(setting, collection, signal);
  return isOurs || uploads.length > 0;
}

/** Removes a collection that a run has built aside, with every file that lies among its own. */
export async function dropScratch(
  setting: QdrantSetting,
  scratch: string,
  signal: AbortSignal,
): Promise<boolean> {
  const { collections } = await lookAtNames(setting, signal);
  if (!collections.has(scratch)) return false;
  await deleteAllFiles(setting, scratch, signal);
  await dropOwn(setting, scratch, signal);
  return true;
}

/** Deletes the files of a collection that is wholly ours: once it is gone, nobody reaches them. */
export async function deleteAllFiles(
  setting: QdrantSetting,
  scratch: string,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  for (const { client } of setting.nodes) {
    const files = (await ifThere(listSnapshots(client, scratch, options))) ?? [];
    for (const { name } of files) await deleteSnapshot(client, scratch, name, options);
  }
}

/** Removes what a finished run needs no more. Gives the uploads that no listing shows. */
export async function clearFinished(
  setting: QdrantSetting,
  { runId, target, scratch }: Pick<RestoreRecord, "runId" | "target" | "scratch">,
  signal: AbortSignal,
): Promise<{ readonly foundCount: number }> {
  const uploads = await findUploads(setting, runId, target, signal);
  await deleteUploads(setting, target, uploads, signal);
  if (scratch !== null) await dropScratch(setting, scratch, signal);
  await dropMarks(setting, runId, signal);
  return { foundCount: uploads.length };
}

async function looksLike(
  setting: QdrantSetting,
  collection: string,
  shape: Built["shape"],
  signal: AbortSignal,
): Promise<boolean> {
  if (shape === null) return false;
  const { placement } = await lookAtShards(setting, collection, signal);
  if (placement === null) return false;
  const { config } = await askAny(setting, ({ client }) =>
    collectionDetails(client, collection, { signal, timeoutMs: setting.timeouts.lookMs }),
  );
  const layout = collectionLayout(config, placement);
  return layout.shardCount === shape.shardCount && layout.schemaHash === shape.schemaHash;
}
