import { isSnapformError, type SnapformError } from "../../errors/index.ts";
import type { SnapshotDescription } from "./api/snapshot-description.ts";
import { listSnapshots } from "./api/snapshots.ts";
import type { ClusterLook, LiveNode } from "./cluster.ts";
import { lookOptions, type QdrantSetting } from "./setting.ts";

/** The snapshot files of one collection, as its nodes list them. */
export interface CollectionFiles {
  readonly collection: string;
  /** True: whoever answered says that there is no such collection, so no call reaches its files. */
  readonly isGone: boolean;
  readonly listings: readonly NodeListing[];
}

export interface NodeListing {
  readonly live: LiveNode;
  /** Null: the node did not tell. */
  readonly files: readonly SnapshotDescription[] | null;
  readonly error: SnapformError | null;
}

/** What became of one file. */
export type FileFate =
  | { readonly kind: "found"; readonly file: SnapshotDescription; readonly at: readonly LiveNode[] }
  | { readonly kind: "gone" }
  | { readonly kind: "unknown" };

/** What is looked for: a file, and who made it or was given it. */
export interface SoughtFile {
  readonly file: string;
  readonly peerId: string | null;
  readonly node: string;
}

/** Asks every node that answers once. What a node does not tell is unknown, never gone. */
export async function listFiles(
  setting: QdrantSetting,
  look: Pick<ClusterLook, "live">,
  collection: string,
  signal: AbortSignal,
): Promise<CollectionFiles> {
  const asked = await Promise.all(
    look.live.map((live) => listOnNode(setting, live, collection, signal)),
  );
  const isDenied = asked.some(({ error }) => error?.code === "not-found");
  const isGone = isDenied && asked.every(({ files }) => files === null);
  return Object.freeze({ collection, isGone, listings: asked });
}

/** The files of a collection that is not there, or whose name is another one's by now. */
export function unreachableFiles(collection: string): CollectionFiles {
  return Object.freeze({ collection, isGone: true, listings: [] });
}

/**
 * What became of a file, by all that was told. A file whose name says who made it is there when any
 * node lists it; another node's file of a name that a person chose is another file.
 */
export function fateOf(
  { listings }: CollectionFiles,
  look: Pick<ClusterLook, "live" | "nodes" | "peers" | "topology">,
  sought: SoughtFile,
): FileFate {
  // A lone server that was set up anew has another id, and nobody else could hold the file.
  const isAlone = look.topology === "standalone" && listings.length === 1;
  const isOwner = ({ peerId, node }: LiveNode): boolean =>
    sought.peerId === null ? isAlone || node.name === sought.node : peerId === sought.peerId;
  const found = listings.flatMap(({ live, files }) => {
    if (sought.peerId === null && !isOwner(live)) return [];
    const file = files?.find(({ name }) => name === sought.file);
    return file === undefined ? [] : [{ live, file }];
  });
  // Its maker first: what others list is the same file in a storage that they share.
  const best = found.find(({ live }) => isOwner(live)) ?? found[0];
  if (best !== undefined) {
    const others = found.filter(({ live }) => live !== best.live);
    const at = [best.live, ...others.map(({ live }) => live)];
    return { kind: "found", file: best.file, at };
  }
  const owner = listings.find(({ live }) => isOwner(live));
  if (owner !== undefined) return { kind: owner.files === null ? "unknown" : "gone" };
  if (isAlone && listings[0]?.files) return { kind: "gone" };
  const hasLeft =
    sought.peerId !== null &&
    look.peers !== null &&
    !look.peers.has(sought.peerId) &&
    listings.every(({ files }) => files !== null) &&
    look.nodes.every(({ error }) => error === null);
  return { kind: hasLeft ? "gone" : "unknown" };
}

async function listOnNode(
  setting: QdrantSetting,
  live: LiveNode,
  collection: string,
  signal: AbortSignal,
): Promise<NodeListing> {
  const { node } = live;
  try {
    const files = await node.turns.run(signal, () =>
      listSnapshots(node.client, collection, lookOptions(setting, signal)),
    );
    return { live, files, error: null };
  } catch (error) {
    signal.throwIfAborted();
    if (!isSnapformError(error)) throw error;
    return { live, files: null, error };
  }
}
