import { isSnapformError, SnapformError } from "../../errors/index.ts";
import { identityOfMembers } from "../../snapshot/identity.ts";
import type { ClusterView } from "../../snapshot/inventory.ts";
import { lookAtNode, type NodeLook } from "./node-look.ts";
import { noticesOf, restoreProblemOf } from "./cluster-notices.ts";
import { requireOneCluster } from "./one-cluster.ts";
import type { QdrantNode, QdrantSetting } from "./setting.ts";

export type { NodeLook };

/** A node that answers. */
export interface LiveNode extends NodeLook {
  readonly version: string;
  readonly error: null;
}

/** The cluster as its nodes see it at one moment. */
export interface ClusterLook extends Omit<ClusterView, "nodes"> {
  /** One per node of the configuration, in its order. */
  readonly nodes: readonly NodeLook[];
  /** Those that answer; at least one. */
  readonly live: readonly LiveNode[];
  /** Ids of all members, with their internal addresses; null where the key may not ask. */
  readonly peers: ReadonlyMap<string, string> | null;
  /** By the members; null for a lone server that has no collection yet. */
  readonly identity: string | null;
  /** Of the first node that answers. */
  readonly version: string;
}

/**
 * Asks every node who it is. One that does not answer is told in `nodes` and `notices`.
 *
 * @throws SnapformError `unavailable` when none answers, `failed-precondition` when the addresses
 * do not lead to the servers of one cluster, each to another; `unauthenticated`
 */
export async function lookAtCluster(
  setting: QdrantSetting,
  signal: AbortSignal,
): Promise<ClusterLook> {
  const nodes = await Promise.all(setting.nodes.map((node) => lookAtNode(setting, node, signal)));
  const live = nodes.filter(isLive);
  const [first] = live;
  if (first === undefined) throw noneAnswers(setting, nodes);
  requireOneCluster(setting.cluster, live);
  const topology = topologyOf(live);
  const known = live.find(({ peers }) => peers !== null)?.peers ?? null;
  const members = [...(known?.keys() ?? []), ...live.flatMap(({ seenPeers }) => seenPeers)];
  const seen = { nodes, live, topology, peers: known };
  return Object.freeze({
    ...seen,
    identity: members.length === 0 ? null : identityOfMembers(members),
    version: first.version,
    notices: noticesOf(setting, seen),
    restoreProblem: restoreProblemOf(setting, seen),
  });
}

/** The node that is a certain member of the cluster, where it answers. */
export function nodeOfPeer(look: Pick<ClusterLook, "live">, peerId: string): QdrantNode | null {
  return look.live.find((each) => each.peerId === peerId)?.node ?? null;
}

/** Ids of the members that can be asked, with the one that has just answered. */
export function reachablePeers(
  { live }: Pick<ClusterLook, "live">,
  answering: string,
): ReadonlySet<string> {
  const ids = live.map(({ peerId }) => peerId).filter((id) => id !== null);
  return new Set([...ids, answering]);
}

/** What the nodes of a look are called and are, for people. */
export function observedNodes(look: ClusterLook): ClusterView["nodes"] {
  return look.nodes.map(({ node, peerId, version, error }) => ({
    name: node.name,
    id: peerId,
    version,
    isReachable: error === null,
  }));
}

function isLive(look: NodeLook): look is LiveNode {
  return look.error === null && look.version !== null;
}

function topologyOf(live: readonly LiveNode[]): ClusterLook["topology"] {
  const modes = live.map(({ isDistributed }) => isDistributed).filter((mode) => mode !== null);
  if (modes.length > 0) return modes.includes(true) ? "distributed" : "standalone";
  const seen = new Set(live.flatMap(({ seenPeers }) => seenPeers));
  return seen.size > 1 ? "distributed" : null;
}

function noneAnswers(setting: QdrantSetting, nodes: readonly NodeLook[]): SnapformError {
  const errors = nodes.map(({ error }) => error).filter((error) => error !== null);
  const [first] = errors;
  if (errors.length === 1 && first !== undefined) return first;
  const reasons = errors.map(({ message }) => message).join("; ");
  const text = `cluster ${setting.cluster}: none of its ${nodes.length} nodes answers: ${reasons}`;
  const retryable = errors.some((error) => isSnapformError(error) && error.retryable);
  return new SnapformError("unavailable", text, { retryable, cause: first });
}
