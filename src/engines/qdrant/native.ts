import type { KnownNative, NativeSnapshot } from "../../engine/driver.ts";
import { isSnapformError } from "../../errors/index.ts";
import { collectionDetails } from "./api/collections.ts";
import { placementOf, type Placement } from "./api/placement.ts";
import { lookAtCluster, type ClusterLook } from "./cluster.ts";
import { collectionLayout } from "./collection-layout.ts";
import { readDetails } from "./details.ts";
import { assembleKnown, recordedFiles } from "./known-native.ts";
import { listFiles, unreachableFiles, type CollectionFiles } from "./listing.ts";
import { aliasesOf, askAny } from "./ask-any.ts";
import { lookOptions, type QdrantSetting } from "./setting.ts";
import { groupFiles, strangeFiles, unmanagedSnapshot, type PresentLayout } from "./unmanaged.ts";

/**
 * The snapshots that the nodes keep of these collections, and what became of those that are known.
 * Each node is asked once per collection.
 *
 * @throws SnapformError the nodes' own when not one of them tells of any collection
 */
export async function listNatives(
  setting: QdrantSetting,
  asked: { readonly collections: readonly string[]; readonly known: readonly KnownNative[] },
  signal: AbortSignal,
): Promise<NativeSnapshot[]> {
  const look = await lookAtCluster(setting, signal);
  const aliases = await aliasesOf(setting, look, signal);
  const byCollection = Map.groupBy(unique(asked.known), ({ collection }) => collection);
  const names = [...new Set([...asked.collections, ...byCollection.keys()])].toSorted();
  const found = await Promise.all(
    names.map(async (name) => {
      // By an alias the files of another collection would be listed.
      const isAlias = aliases.some(({ alias }) => alias === name);
      return isAlias ? unreachableFiles(name) : listFiles(setting, look, name, signal);
    }),
  );
  requireAnswer(found);
  const snapshots = await Promise.all(
    found.map((files) =>
      snapshotsOf(setting, look, files, byCollection.get(files.collection) ?? [], signal),
    ),
  );
  return snapshots.flat();
}

async function snapshotsOf(
  setting: QdrantSetting,
  look: ClusterLook,
  files: CollectionFiles,
  known: readonly KnownNative[],
  signal: AbortSignal,
): Promise<NativeSnapshot[]> {
  const taken = known.flatMap((each) => recordedFiles(each, readDetails(each.details)));
  const strange = strangeFiles(files, look, new Set(taken.map(({ file }) => file)));
  const present =
    strange.length === 0 ? null : await presentLayout(setting, look, files.collection, signal);
  const managed = known.map((each) => assembleKnown(each, files, look));
  const others = groupFiles(strange).map((set) => unmanagedSnapshot(set, files, look, present));
  return [...managed, ...others].filter((each) => each !== null);
}

async function presentLayout(
  setting: QdrantSetting,
  look: ClusterLook,
  collection: string,
  signal: AbortSignal,
): Promise<PresentLayout | null> {
  const options = lookOptions(setting, signal);
  try {
    return await askAny(look.live, async ({ node }) => {
      const { config } = await node.turns.run(signal, () =>
        collectionDetails(node.client, collection, options),
      );
      const placement = await node.turns.run(signal, () =>
        placementOf(node.client, collection, options),
      );
      return { layout: collectionLayout(config, placement), shards: shardsOf(placement) };
    });
  } catch (error) {
    signal.throwIfAborted();
    // Without it nobody can say what these files cover, and that is how they are told.
    if (isSnapformError(error)) return null;
    throw error;
  }
}

function shardsOf({ peerId, local, remote }: Placement): PresentLayout["shards"] {
  const replicas = [...local.map(({ shardId }) => ({ peerId, shardId })), ...remote];
  const byPeer = Map.groupBy(replicas, (replica) => replica.peerId);
  return new Map(
    [...byPeer].map(([peer, own]) => [peer, own.map(({ shardId }) => shardId).toSorted(ascending)]),
  );
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** The ledger and a manifest may both know one snapshot: the one with readable details counts. */
function unique(known: readonly KnownNative[]): readonly KnownNative[] {
  const byKey = new Map<string, KnownNative>();
  for (const each of known) {
    const id = JSON.stringify([each.collection, each.key]);
    const other = byKey.get(id);
    if (other === undefined || readDetails(other.details) === null) byKey.set(id, each);
  }
  return [...byKey.values()];
}

/** Nothing seen is not the same as nothing there. */
function requireAnswer(found: readonly CollectionFiles[]): void {
  const listings = found.flatMap((files) => files.listings);
  const isTold = listings.some(({ files, error }) => files !== null || error?.code === "not-found");
  const [first] = listings.flatMap(({ error }) => (error === null ? [] : [error]));
  if (!isTold && first !== undefined) throw first;
}
