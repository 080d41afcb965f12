import type { NodeClient } from "../http/node-client.ts";
import { ask, optionsOf, type AskOptions } from "./ask.ts";
import { entriesOf, field, member, readPeerId, readText } from "./shape.ts";
import type { Read } from "./shape.ts";

export interface Peer {
  readonly peerId: string;
  /** Where the peers reach each other; not an address for clients. */
  readonly uri: string;
}

/** A cluster as one of its nodes sees it. */
export interface ClusterView {
  /** False for a standalone server, which has neither a peer id nor peers. */
  readonly distributed: boolean;
  /** The answering node. */
  readonly peerId: string | null;
  /** All members, the answering one included, by peer id. */
  readonly peers: readonly Peer[];
  /** What is wrong with the node's part in the consensus; null when it works. */
  readonly consensusProblem: string | null;
}

/** Who the node is and whom it knows. Needs the right to read the whole cluster. */
export function clusterView(client: NodeClient, options: AskOptions = {}): Promise<ClusterView> {
  const doing = "asking for its cluster";
  const request = { method: "GET", path: ["cluster"], doing, ...optionsOf(options) } as const;
  return ask(client, request, readClusterView);
}

const readClusterView: Read<ClusterView> = (value, at) => {
  const distributed = field(value, "status", at, readText) !== "disabled";
  if (!distributed) {
    const none = { peers: [], consensusProblem: null };
    return Object.freeze({ distributed, peerId: null, ...none });
  }
  return Object.freeze({
    distributed,
    peerId: field(value, "peer_id", at, readPeerId),
    peers: field(value, "peers", at, readPeers),
    consensusProblem: consensusProblem(member(value, "consensus_thread_status", at)),
  });
};

const readPeers: Read<readonly Peer[]> = (value, at) => {
  const peers = entriesOf(value, at).map(([id, peer]) =>
    Object.freeze({
      peerId: readPeerId(id, `${at}.${id}`),
      uri: field(peer, "uri", `${at}.${id}`, readText),
    }),
  );
  return Object.freeze(peers.toSorted((a, b) => (a.peerId < b.peerId ? -1 : 1)));
};

/** What cannot be read is no problem by itself. */
function consensusProblem(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const { consensus_thread_status: status, err } = value as Readonly<Record<string, unknown>>;
  if (typeof status !== "string" || status === "working") return null;
  return typeof err === "string" ? `${status}: ${err}` : status;
}
