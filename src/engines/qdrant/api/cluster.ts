import type { NodeClient } from "../http/node-client.ts";
import { ask, optionsOf, type AskOptions } from "./ask.ts";
import { entriesOf, field, member, optional, readCount, readPeerId, readText } from "./shape.ts";
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
  /** Peers that it could not reach lately. */
  readonly sendFailures: readonly SendFailure[];
}

export interface SendFailure {
  readonly address: string;
  readonly count: number;
  readonly latestError: string | null;
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
    const none = { peers: [], consensusProblem: null, sendFailures: [] };
    return Object.freeze({ distributed, peerId: null, ...none });
  }
  return Object.freeze({
    distributed,
    peerId: field(value, "peer_id", at, readPeerId),
    peers: field(value, "peers", at, readPeers),
    consensusProblem: readConsensusProblem(member(value, "consensus_thread_status", at), at),
    sendFailures: readSendFailures(member(value, "message_send_failures", at), at),
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

function readConsensusProblem(value: unknown, at: string): string | null {
  if (value === undefined || value === null) return null;
  const place = `${at}.consensus_thread_status`;
  const status = field(value, "consensus_thread_status", place, readText);
  if (status === "working") return null;
  const error = field(value, "err", place, optional(readText));
  return error === null ? status : `${status}: ${error}`;
}

function readSendFailures(value: unknown, at: string): readonly SendFailure[] {
  if (value === undefined || value === null) return Object.freeze([]);
  const place = `${at}.message_send_failures`;
  const failures = entriesOf(value, place).map(([address, failure]) =>
    Object.freeze({
      address,
      count: field(failure, "count", `${place}.${address}`, readCount),
      latestError: field(failure, "latest_error", `${place}.${address}`, optional(readText)),
    }),
  );
  return Object.freeze(failures);
}
