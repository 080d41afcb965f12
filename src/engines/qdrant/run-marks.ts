import { isSnapformError, SnapformError } from "../../errors/index.ts";
import { askAny } from "./ask-any.ts";
import { changeAliases, listAliases, type Alias } from "./api/aliases.ts";
import { deleteCollection, listCollections } from "./api/collections.ts";
import { deleteSnapshot, listSnapshots } from "./api/snapshots.ts";
import { doneAlias, markerAlias, overwritingAlias, targetAlias, uploadNumber } from "./marks.ts";
import type { QdrantNode, QdrantSetting } from "./setting.ts";

/** The names on a cluster at one moment. */
export interface Names {
  readonly collections: ReadonlySet<string>;
  readonly aliases: readonly Alias[];
}

export function lookAtNames(setting: QdrantSetting, signal: AbortSignal): Promise<Names> {
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  return askAny(setting.nodes, async ({ client }) => ({
    collections: new Set(await listCollections(client, options)),
    aliases: await listAliases(client, options),
  }));
}

/** The collection that an alias of that name points at; null when it is no alias. */
export function aliasTarget({ aliases }: Names, name: string): string | null {
  return aliases.find(({ alias }) => alias === name)?.collection ?? null;
}

/** Points an alias at a collection. Doing it twice does no harm. */
export async function pointAlias(
  setting: QdrantSetting,
  alias: string,
  collection: string,
  signal: AbortSignal,
): Promise<void> {
  await repeatAliases(setting, [{ kind: "point", alias, collection }], signal);
}

export function hasAlias({ aliases }: Names, alias: string, collection: string): boolean {
  return aliases.some((each) => each.alias === alias && each.collection === collection);
}

/** Removes the aliases of a run that there are. Gives how many there were. */
export async function dropMarks(
  setting: QdrantSetting,
  runId: string,
  signal: AbortSignal,
): Promise<number> {
  const marks = [markerAlias(runId), overwritingAlias(runId), targetAlias(runId), doneAlias(runId)];
  const { aliases } = await lookAtNames(setting, signal);
  const steps = aliases
    .filter(({ alias }) => marks.includes(alias))
    .map(({ alias }) => ({ kind: "drop", alias }) as const);
  if (steps.length > 0) await repeatAliases(setting, steps, signal);
  return steps.length;
}

/** Changes aliases, once more where the answer was lost: that comes to the same. */
export async function repeatAliases(
  setting: QdrantSetting,
  steps: Parameters<typeof changeAliases>[1],
  signal: AbortSignal,
): Promise<void> {
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  const change = (): Promise<void> =>
    askAny(setting.nodes, ({ client }) => changeAliases(client, steps, options));
  try {
    await change();
  } catch (error) {
    if (!isSnapformError(error) || !error.outcomeUnknown || signal.aborted) throw error;
    await setting.clock.sleep(setting.timeouts.pollMs, signal);
    await change();
  }
}

/** An uploaded file of a run. */
export interface FoundUpload {
  readonly node: QdrantNode;
  readonly file: string;
}

/**
 * The files that this run has uploaded and that the nodes list among a collection's snapshots. A
 * server with S3 keeps them on its own disk, where no listing finds them.
 */
export async function findUploads(
  setting: QdrantSetting,
  runId: string,
  collection: string,
  signal: AbortSignal,
): Promise<readonly FoundUpload[]> {
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  const found = await Promise.all(
    setting.nodes.map(async (node) => {
      const listed = await ifThere(listSnapshots(node.client, collection, options));
      return (listed ?? [])
        .filter(({ name }) => uploadNumber(runId, name) !== null)
        .map(({ name: file }) => ({ node, file }));
    }),
  );
  return found.flat();
}

/** Deletes uploaded files; one that is gone already is a success. */
export async function deleteUploads(
  setting: QdrantSetting,
  collection: string,
  uploads: readonly FoundUpload[],
  signal: AbortSignal,
): Promise<void> {
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  await Promise.all(
    uploads.map(({ node, file }) => deleteSnapshot(node.client, collection, file, options)),
  );
}

/** Drops a collection that is known to be ours. */
export async function dropOwn(
  setting: QdrantSetting,
  collection: string,
  signal: AbortSignal,
): Promise<void> {
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  await askAny(setting.nodes, ({ client }) => deleteCollection(client, collection, options));
}

/** Null where there is no such thing. */
export async function ifThere<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (isSnapformError(error) && error.code === "not-found") return null;
    throw error;
  }
}

/** @throws SnapformError `already-exists` when the name is taken, by a collection or an alias */
export function requireFree(names: Names, target: string): void {
  const quoted = JSON.stringify(target);
  if (names.collections.has(target)) {
    throw new SnapformError("already-exists", `collection ${quoted} exists already`);
  }
  const aliased = aliasTarget(names, target);
  if (aliased === null) return;
  const text = `${quoted} is the name of an alias, of collection ${JSON.stringify(aliased)}`;
  throw new SnapformError("already-exists", text);
}
