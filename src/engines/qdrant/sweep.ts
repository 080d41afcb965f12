import type { EngineContext } from "../../engine/driver.ts";
import { nodeClock } from "./api/node.ts";
import { deleteSnapshot, listSnapshots } from "./api/snapshots.ts";
import type { SnapshotDescription } from "./api/snapshot-description.ts";
import { isDoneAlias, isMark, isOverwritingAlias, isUpload, targetOfScratch } from "./marks.ts";
import { isAway } from "./node-look.ts";
import { deleteAllFiles } from "./restore-clear.ts";
import { dropOwn, ifThere, lookAtNames, type Names } from "./run-marks.ts";
import type { QdrantNode, QdrantSetting } from "./setting.ts";
import { isSettled, lookAtShards } from "./shard-watch.ts";

/** No restore takes longer between two of its steps, whoever runs it. */
const OLD_MS = 7 * 24 * 60 * 60 * 1000;

interface Leftover {
  readonly node: QdrantNode;
  /** The node's own clock, by which its files are dated. */
  readonly nodeNow: Date;
  readonly file: SnapshotDescription;
}

/**
 * Removes what restores have left that nobody will come back for: uploads of more than a week ago,
 * and a scratch collection that is marked, holds such uploads and is not being overwritten from.
 * Only collections that carry a mark, or are named like a scratch, are looked into, and when a node
 * does not answer nothing is touched: what is in doubt stays.
 */
export async function sweepCluster(
  setting: QdrantSetting,
  { signal }: EngineContext,
): Promise<void> {
  const names = await lookAtNames(setting, signal);
  for (const collection of suspects(names)) {
    try {
      await sweepCollection(setting, collection, names, signal);
    } catch (error) {
      if (!isAway(error)) throw error;
    }
  }
}

/** Collections in which a restore may have left something, told without asking for each of them. */
function suspects({ collections, aliases }: Names): readonly string[] {
  const marked = aliases.filter(({ alias }) => isMark(alias)).map(({ collection }) => collection);
  const beside = [...collections].flatMap((name) => {
    const target = targetOfScratch(name);
    return target === null ? [] : [name, target];
  });
  return [...new Set([...marked, ...beside])].filter((name) => collections.has(name)).toSorted();
}

async function sweepCollection(
  setting: QdrantSetting,
  collection: string,
  { aliases }: Names,
  signal: AbortSignal,
): Promise<void> {
  const uploads = await uploadsIn(setting, collection, signal);
  const isOld = ({ file, nodeNow }: Leftover): boolean => {
    if (file.createdAt === null) return false;
    return nodeNow.getTime() - Date.parse(file.createdAt) > OLD_MS;
  };
  if (uploads.length === 0 || !uploads.every(isOld)) return;
  // A server at work needs its file for as long as that takes.
  if (!isSettled(await lookAtShards(setting, collection, signal))) return;
  const own = aliases.filter((each) => each.collection === collection).map(({ alias }) => alias);
  const isScratch = targetOfScratch(collection) !== null && own.some(isMark);
  const isNeeded = own.some((alias) => isOverwritingAlias(alias) || isDoneAlias(alias));
  if (isScratch && own.every(isMark) && !isNeeded) {
    await deleteAllFiles(setting, collection, signal);
    await dropOwn(setting, collection, signal);
    return;
  }
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  for (const { node, file } of uploads) {
    await deleteSnapshot(node.client, collection, file.name, options);
  }
}

async function uploadsIn(
  setting: QdrantSetting,
  collection: string,
  signal: AbortSignal,
): Promise<readonly Leftover[]> {
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  const found = await Promise.all(
    setting.nodes.map(async (node) => {
      const listed = (await ifThere(listSnapshots(node.client, collection, options))) ?? [];
      const uploads = listed.filter(({ name }) => isUpload(name));
      if (uploads.length === 0) return [];
      const nodeNow = (await nodeClock(node.client, options)) ?? setting.clock.now();
      return uploads.map((file) => ({ node, nodeNow, file }));
    }),
  );
  return found.flat();
}
