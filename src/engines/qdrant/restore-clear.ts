import { collectionDetails, countPoints } from "./api/collections.ts";
import { deleteSnapshot, listSnapshots } from "./api/snapshots.ts";
import { SnapformError } from "../../errors/index.ts";
import { schemaHash } from "./collection-layout.ts";
import { doneAlias, isMark, markerAlias } from "./marks.ts";
import type { RestoreRecord } from "./restore-record.ts";
import { askAny } from "./ask-any.ts";
import {
  deleteUploads,
  dropMarks,
  dropOwn,
  findUploads,
  ifThere,
  lookAtNames,
  type FoundUpload,
} from "./run-marks.ts";
import type { QdrantSetting } from "./setting.ts";

/** What a run may have built. */
export interface Built {
  readonly runId: string;
  readonly collection: string;
  /** How it looks where the run may have made it without coming to mark it; null: it has not. */
  readonly shape: RestoreRecord["shape"];
  /** True for a name that is made of the run's id, which nobody else gives to a collection. */
  readonly isScratch: boolean;
  /** True: the run had the server make the collection from the first file. */
  readonly serverMakes: boolean;
}

/** What a run may have built under that name, by what it is remembered of. */
export function builtBy(record: RestoreRecord, collection: string): Built {
  const { runId, isMaking, serverMakes, scratch } = record;
  const shape = isMaking ? record.shape : null;
  return { runId, collection, shape, isScratch: collection === scratch, serverMakes };
}

/**
 * Removes what a run has built, by what lies on the cluster: a collection with the run's mark, or
 * an empty one of the snapshot's shape, which the run may have made without coming to mark it. Of
 * any other collection only the run's uploads go. True when anything was removed.
 *
 * @throws SnapformError `failed-precondition` where users have the collection by now, or may have
 */
export async function clearBuilt(
  setting: QdrantSetting,
  { runId, collection, shape, isScratch, serverMakes }: Built,
  signal: AbortSignal,
): Promise<boolean> {
  const names = await lookAtNames(setting, signal);
  if (!names.collections.has(collection)) return false;
  const own = names.aliases.filter((each) => each.collection === collection);
  const marker = markerAlias(runId);
  const isMarked = own.some(({ alias }) => alias === marker);
  const user = own.find(({ alias }) => !isMark(alias));
  if (user !== undefined && (isScratch || isMarked)) {
    throw inUse(collection, user.alias, isScratch ? null : marker);
  }
  if (own.some(({ alias }) => alias === doneAlias(runId))) throw isDone(collection);
  if (isScratch) {
    await deleteAllFiles(setting, collection, signal);
    await dropOwn(setting, collection, signal);
    return true;
  }
  // Beside the uploads there may lie snapshots of an earlier collection of that name.
  const uploads = await findUploads(setting, runId, collection, signal);
  // What bears an alias and not the run's mark was made by somebody else.
  const isUnnamed = own.length === 0;
  const isOurs =
    isMarked || (isUnnamed && (await isMadeAndEmpty(setting, collection, shape, signal)));
  if (!isOurs && uploads.length > 0 && serverMakes) throw undecided(collection, uploads);
  await deleteUploads(setting, collection, uploads, signal);
  if (isOurs) await dropOwn(setting, collection, signal);
  return isOurs || uploads.length > 0;
}

/**
 * Deletes all files of a scratch collection, whose name nobody else uses. They go before it does,
 * because nobody reaches the files of a collection that is gone.
 */
export async function deleteAllFiles(
  setting: QdrantSetting,
  collection: string,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  for (const { client } of setting.nodes) {
    const files = (await ifThere(listSnapshots(client, collection, options))) ?? [];
    for (const { name } of files) await deleteSnapshot(client, collection, name, options);
  }
}

/** Removes what a finished run needs no more. Gives how many of its uploads were listed. */
export async function clearFinished(
  setting: QdrantSetting,
  { runId, target, scratch }: Pick<RestoreRecord, "runId" | "target" | "scratch">,
  signal: AbortSignal,
): Promise<number> {
  const uploads = await findUploads(setting, runId, target, signal);
  await deleteUploads(setting, target, uploads, signal);
  const built = {
    runId,
    collection: scratch ?? "",
    shape: null,
    isScratch: true,
    serverMakes: false,
  };
  if (scratch !== null) await clearBuilt(setting, built, signal);
  await dropMarks(setting, runId, signal);
  return uploads.length;
}

/** Whose it is, nobody can tell; a user's is never dropped. */
function undecided(collection: string, uploads: readonly FoundUpload[]): SnapformError {
  const files = uploads.map(({ node, file }) => `${file} on ${node.name}`).join(", ");
  const text =
    `collection ${JSON.stringify(collection)} may be what an interrupted restore has made, or ` +
    `somebody else's: there lies ${files}, and it bears no mark`;
  return new SnapformError("failed-precondition", text, {
    hint: "Delete the collection if nobody needs it, or else that file; then apply again.",
  });
}

/** An alias of a user's says that somebody reads there, or writes. */
function inUse(collection: string, alias: string, marker: string | null): SnapformError {
  const text =
    `collection ${JSON.stringify(collection)} was made for a restore, and the alias ` +
    `${JSON.stringify(alias)} points at it by now, so it is not dropped`;
  const keep =
    marker === null ? "" : ` To keep the collection as it is, delete the alias ${marker} instead.`;
  return new SnapformError("failed-precondition", text, {
    hint: `Point that alias elsewhere and apply again.${keep}`,
  });
}

function isDone(collection: string): SnapformError {
  const text = `collection ${JSON.stringify(collection)} is restored and checked; it stays`;
  return new SnapformError("failed-precondition", text);
}

async function isMadeAndEmpty(
  setting: QdrantSetting,
  collection: string,
  shape: Built["shape"],
  signal: AbortSignal,
): Promise<boolean> {
  if (shape === null) return false;
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  const { config } = await askAny(setting.nodes, ({ client }) =>
    collectionDetails(client, collection, options),
  );
  if (schemaHash(config) !== shape.schemaHash) return false;
  const count = await askAny(setting.nodes, ({ client }) =>
    countPoints(client, collection, options),
  );
  return count === 0;
}
