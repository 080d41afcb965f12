import type { Clock } from "../../clock/clock.ts";
import { SnapformError } from "../../errors/index.ts";
import { openNodeClient, type NodeClient, type NodeOptions } from "./http/node-client.ts";
import { openTurns, type Turns } from "./turns.ts";

export interface QdrantOptions {
  /** The cluster's name in the configuration. */
  readonly cluster: string;
  /** At least one; each URL must lead to one server and no other. Secrets are revealed. */
  readonly nodes: readonly { readonly url: string; readonly apiKey: string | null }[];
  /** For the nodes that have no key of their own. */
  readonly apiKey: string | null;
  /** Sent as a bearer token. */
  readonly token: string | null;
  /** Certificates of authorities to trust, PEM. */
  readonly ca: string | null;
  /** How long one question may take; null: 30 s. */
  readonly timeoutMs: number | null;
  /** How many questions are put to one node at once; null: 8. */
  readonly concurrency: number | null;
  readonly clock: Clock;
  /** Tests only: how a node is reached. */
  readonly openClient?: (options: NodeOptions) => NodeClient;
}

/** One server of the cluster. */
export interface QdrantNode {
  /** Host and port, and the path where the URL has one: unique in the cluster. */
  readonly name: string;
  readonly client: NodeClient;
  /** Bounds how many questions the node is asked at once; work that lasts takes no turn. */
  readonly turns: Turns;
  /** One snapshot at a time is made on a node: each costs it memory and disk. */
  readonly creating: Turns;
  /** By collection: when this process last had a snapshot made, by the monotonic clock. */
  readonly createdAtMs: Map<string, number>;
  /** What it sends to prove who it is; only to be looked into, never to be shown. */
  readonly credential: string | null;
}

/** What every part of the driver is given. */
export interface QdrantSetting {
  readonly cluster: string;
  readonly clock: Clock;
  /** In the order of the configuration. */
  readonly nodes: readonly QdrantNode[];
  readonly timeouts: {
    /** One question. */
    readonly lookMs: number;
    /** One create or recovery on one node, however it is waited for. */
    readonly workMs: number;
    /** Between two looks while waiting. */
    readonly pollMs: number;
  };
}

const LOOK_MS = 30_000;
const WORK_MS = 6 * 60 * 60 * 1000;
const POLL_MS = 1000;
const CONCURRENCY = 8;

/**
 * Prepares the nodes; nothing is asked.
 *
 * @throws SnapformError `invalid-argument` for a URL that cannot be used, or is named twice
 */
export function openSetting(options: QdrantOptions): QdrantSetting {
  const { cluster, clock } = options;
  if (options.nodes.length === 0) {
    throw new SnapformError("invalid-argument", `cluster ${cluster}: it has no nodes`);
  }
  const nodes = options.nodes.map((node) => openNode(options, node));
  const names = nodes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new SnapformError("invalid-argument", `cluster ${cluster}: node ${twice} is named twice`);
  }
  const lookMs = options.timeoutMs ?? LOOK_MS;
  const timeouts = Object.freeze({ lookMs, workMs: WORK_MS, pollMs: POLL_MS });
  return Object.freeze({ cluster, clock, nodes: Object.freeze(nodes), timeouts });
}

export async function closeSetting(setting: QdrantSetting): Promise<void> {
  await Promise.all(setting.nodes.map(({ client }) => client.close()));
}

function openNode(options: QdrantOptions, node: QdrantOptions["nodes"][number]): QdrantNode {
  const { token, ca, timeoutMs, clock } = options;
  const name = nodeName(node.url);
  const apiKey = node.apiKey ?? options.apiKey;
  const concurrency = options.concurrency ?? CONCURRENCY;
  const open = options.openClient ?? openNodeClient;
  const client = open({
    name,
    url: node.url,
    ...(apiKey === null ? {} : { apiKey }),
    ...(token === null ? {} : { token }),
    ...(ca === null ? {} : { ca }),
    timeoutMs: timeoutMs ?? LOOK_MS,
    clock,
  });
  return Object.freeze({
    name,
    client,
    turns: openTurns(concurrency),
    creating: openTurns(1),
    createdAtMs: new Map<string, number>(),
    credential: apiKey ?? token,
  });
}

/** What a question to a node is given. */
export function lookOptions(
  { timeouts }: QdrantSetting,
  signal: AbortSignal,
): { readonly signal: AbortSignal; readonly timeoutMs: number } {
  return { signal, timeoutMs: timeouts.lookMs };
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** What a URL that cannot be read is called does not matter: its client refuses it. */
function nodeName(url: string): string {
  const parsed = URL.parse(url.trim());
  if (parsed === null) return "node";
  const port = parsed.port === "" ? DEFAULT_PORTS[parsed.protocol] : parsed.port;
  return `${parsed.hostname}:${port}${parsed.pathname.replace(/\/+$/, "")}`;
}
