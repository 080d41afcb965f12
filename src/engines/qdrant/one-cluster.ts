import { SnapformError } from "../../errors/index.ts";
import type { LiveNode } from "./cluster.ts";

/**
 * Refuses addresses that do not lead to the servers of one cluster, each to another: snapshots are
 * made and kept by each node for itself, so everything rests on that.
 *
 * @throws SnapformError `failed-precondition`
 */
export function requireOneCluster(cluster: string, live: readonly LiveNode[]): void {
  const refuse = (text: string, hint: string): never => {
    throw new SnapformError("failed-precondition", `cluster ${cluster}: ${text}`, { hint });
  };
  const shared = sharedPeer(live);
  if (shared !== null) {
    const [a, b] = shared;
    refuse(
      `${a.node.client.url} and ${b.node.client.url} lead to the same server, peer ${a.peerId}`,
      "Something like a load balancer stands in between. Give one URL per node, its own.",
    );
  }
  const alone = live.find(({ isDistributed }) => isDistributed === false);
  if (alone !== undefined && live.length > 1) {
    refuse(
      `${alone.node.name} is a server of its own, in no cluster, but ${live.length} URLs are given`,
      "Make each server that stands alone a cluster of its own in the configuration.",
    );
  }
  const [first] = live;
  const stranger = first && live.find((each) => !isTogether(first, each));
  if (stranger) {
    refuse(
      `${first.node.name} and ${stranger.node.name} are in two clusters that know nothing of ` +
        "each other",
      "Give the URLs of the nodes of one cluster.",
    );
  }
}

function sharedPeer(live: readonly LiveNode[]): readonly [LiveNode, LiveNode] | null {
  const byPeer = new Map<string, LiveNode>();
  for (const each of live) {
    if (each.peerId === null) continue;
    const other = byPeer.get(each.peerId);
    if (other !== undefined) return [other, each];
    byPeer.set(each.peerId, each);
  }
  return null;
}

/** A node that has just joined may be known to some only, so one member in common is enough. */
function isTogether(a: LiveNode, b: LiveNode): boolean {
  if (a.peers === null || b.peers === null) return true;
  const { peers } = b;
  return [...a.peers.keys()].some((peer) => peers.has(peer));
}
