import { isSnapformError, type SnapformError } from "../../errors/index.ts";
import { clusterView } from "./api/cluster.ts";
import { listCollections } from "./api/collections.ts";
import { nodeVersion } from "./api/node.ts";
import { placementOf } from "./api/placement.ts";
import type { QdrantNode, QdrantSetting } from "./setting.ts";

/** What one node says of itself and its cluster. */
export interface NodeLook {
  readonly node: QdrantNode;
  /** Null exactly when it does not answer. */
  readonly version: string | null;
  /** Its id in the cluster; null when it could not be learnt. */
  readonly peerId: string | null;
  /** False for a lone server; null when the key may not ask. */
  readonly isDistributed: boolean | null;
  /** Ids and internal addresses of all members; null for a lone server, or if not to be asked. */
  readonly peers: ReadonlyMap<string, string> | null;
  /** Members that were come across: itself, and whoever holds replicas of a collection. */
  readonly seenPeers: readonly string[];
  /** Why it takes no part in what the members agree on; null when it does, or does not tell. */
  readonly consensusProblem: string | null;
  /** Why it is as good as away. */
  readonly error: SnapformError | null;
}

/**
 * Asks a node who it is.
 *
 * @throws SnapformError for everything that waiting does not mend, e.g. `unauthenticated`
 */
export async function lookAtNode(
  setting: QdrantSetting,
  node: QdrantNode,
  signal: AbortSignal,
): Promise<NodeLook> {
  try {
    return await node.turns.run(signal, () => ask(setting, node, signal));
  } catch (error) {
    if (!isAway(error)) throw error;
    const nothing = { version: null, peerId: null, isDistributed: null, peers: null };
    return Object.freeze({ node, ...nothing, seenPeers: [], consensusProblem: null, error });
  }
}

/** True for what may pass: the node itself, or the way to it, is down or overloaded. */
export function isAway(error: unknown): error is SnapformError {
  if (!isSnapformError(error)) return false;
  return error.code === "unavailable" || error.code === "deadline-exceeded" || error.retryable;
}

async function ask(
  setting: QdrantSetting,
  node: QdrantNode,
  signal: AbortSignal,
): Promise<NodeLook> {
  const options = { signal, timeoutMs: setting.timeouts.lookMs };
  const version = await nodeVersion(node.client, options);
  const base = { node, version, consensusProblem: null, error: null };
  try {
    const cluster = await clusterView(node.client, options);
    if (cluster.distributed) {
      const { peerId, consensusProblem } = cluster;
      const peers = new Map(cluster.peers.map((peer) => [peer.peerId, peer.uri]));
      const seenPeers = peerId === null ? [] : [peerId];
      const seen = { peerId, peers, seenPeers, consensusProblem };
      return Object.freeze({ ...base, ...seen, isDistributed: true });
    }
  } catch (error) {
    if (!isSnapformError(error) || error.code !== "permission-denied") throw error;
    const seen = await seenThroughCollections(node, options);
    return Object.freeze({ ...base, ...seen, isDistributed: null, peers: null });
  }
  const seen = await seenThroughCollections(node, options);
  return Object.freeze({ ...base, ...seen, isDistributed: false, peers: null });
}

/** A collection tells its node's id, also where the cluster does not, or may not be asked. */
async function seenThroughCollections(
  { client }: QdrantNode,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<Pick<NodeLook, "peerId" | "seenPeers">> {
  for (const name of await listCollections(client, options)) {
    try {
      const { peerId, remote } = await placementOf(client, name, options);
      const others = remote.map((replica) => replica.peerId);
      return { peerId, seenPeers: [...new Set([peerId, ...others])] };
    } catch (error) {
      // Dropped since it was listed, or not this key's: another one may tell.
      const passes = ["not-found", "permission-denied"];
      if (!isSnapformError(error) || !passes.includes(error.code)) throw error;
    }
  }
  return { peerId: null, seenPeers: [] };
}
