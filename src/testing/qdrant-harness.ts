import { Agent, fetch } from "undici";
import type { Clock } from "../clock/clock.ts";
import type { EngineDriver } from "../engine/driver.ts";
import { openQdrantDriver, type QdrantOptions } from "../engines/qdrant/driver.ts";
import { openNodeClient, type NodeClient } from "../engines/qdrant/http/node-client.ts";
import { isMark, isUpload, targetOfScratch } from "../engines/qdrant/marks.ts";
import { SnapformError } from "../errors/index.ts";
import type { ContractPoint, EngineHarness, MortalDriver } from "./engine/case.ts";

export interface QdrantHarnessOptions {
  /** One URL per node, its own. */
  readonly urls: readonly string[];
  readonly apiKey?: string | null;
  /** Keys of single nodes, in the order of `urls`, where they differ from `apiKey`. */
  readonly nodeKeys?: readonly (string | null)[];
  /** A bearer token, instead of a key. */
  readonly token?: string | null;
  /** Text of a PEM file with certificate authorities. */
  readonly ca?: string | null;
  readonly clock: Clock;
  /** Of the collections that are made (default 1). */
  readonly replicationFactor?: number;
  /** Of the collections that are made (default: one per node). */
  readonly shardNumber?: number;
}

const PREFIX = "snapform-test-";
const PAGE = 1000;

/** A Qdrant cluster, real or fake, whose user works through the REST API and nothing else. */
export function qdrantHarness(options: QdrantHarnessOptions): EngineHarness {
  const { clock } = options;
  const rest = new Rest(options);
  const shard_number = options.shardNumber ?? options.urls.length;
  const replication_factor = options.replicationFactor ?? 1;
  return {
    cluster: "qdrant",
    clock,
    prefix: PREFIX,
    open: () => Promise.resolve(openDriver(options)),
    async create(name, points) {
      const vectors = { size: 4, distance: "Dot" };
      const body = { vectors, shard_number, replication_factor };
      await rest.call("PUT", `/collections/${name}`, body);
      if (points.length > 0) await upsert(rest, name, points);
    },
    write: (name, points) => upsert(rest, name, points),
    async remove(name, ids) {
      await rest.call("POST", `/collections/${name}/points/delete?wait=true`, { points: ids });
    },
    async drop(name) {
      await deleteFiles(rest, name);
      await rest.call("DELETE", `/collections/${name}`);
    },
    read: (name) => scroll(rest, name),
    leftovers: () => leftoversOf(rest),
    openMortal: (count) => Promise.resolve(openMortal(options, count)),
  };
}

function openDriver(
  { urls, apiKey, nodeKeys, token, ca, clock }: QdrantHarnessOptions,
  openClient: QdrantOptions["openClient"] = openNodeClient,
): EngineDriver {
  return openQdrantDriver({
    cluster: "qdrant",
    nodes: urls.map((url, index) => ({ url, apiKey: nodeKeys?.[index] ?? null })),
    apiKey: apiKey ?? null,
    token: token ?? null,
    ca: ca ?? null,
    timeoutMs: null,
    concurrency: null,
    clock,
    openClient,
  });
}

/** A process that dies before it sends its `count`th request that changes something. */
function openMortal(options: QdrantHarnessOptions, count: number): MortalDriver {
  const { promise: died, resolve } = Promise.withResolvers<void>();
  let changeCount = 0;
  let isDead = false;
  const never = (): Promise<never> => new Promise(() => undefined);
  const live = async <T>(changes: boolean, send: () => Promise<T>): Promise<T> => {
    if (changes && !isDead) {
      changeCount += 1;
      isDead = changeCount >= count;
      if (isDead) resolve();
    }
    if (isDead) return never();
    try {
      const answer = await send();
      // Others may have died meanwhile: whoever is dead gets no answer, nor an error.
      return (isDead as boolean) ? await never() : answer;
    } catch (error) {
      if (isDead as boolean) return never();
      throw error;
    }
  };
  const openClient: QdrantOptions["openClient"] = (node): NodeClient => {
    const client = openNodeClient(node);
    return {
      ...client,
      json: (request) => {
        const { method, safe = method === "GET" } = request;
        return live(!safe, () => client.json(request));
      },
      upload: (request) => live(true, () => client.upload(request)),
    };
  };
  return { driver: openDriver(options, openClient), died };
}

async function upsert(rest: Rest, name: string, points: readonly ContractPoint[]): Promise<void> {
  const body = {
    points: points.map(({ id, text, vector }) => ({ id, vector, payload: { text } })),
  };
  await rest.call("PUT", `/collections/${name}/points?wait=true`, body);
}

interface Page {
  readonly points: readonly {
    readonly id: number;
    readonly vector: readonly number[];
    readonly payload: { readonly text: string };
  }[];
  readonly next_page_offset?: number | null;
}

async function scroll(rest: Rest, name: string): Promise<ContractPoint[] | null> {
  const points: ContractPoint[] = [];
  let offset: number | null = null;
  do {
    const body = {
      limit: PAGE,
      with_payload: true,
      with_vector: true,
      ...(offset === null ? {} : { offset }),
    };
    const page = (await rest.call(
      "POST",
      `/collections/${name}/points/scroll`,
      body,
    )) as Page | null;
    if (page === null) return null;
    points.push(
      ...page.points.map(({ id, vector, payload }) => ({ id, text: payload.text, vector })),
    );
    offset = page.next_page_offset ?? null;
  } while (offset !== null);
  return points;
}

/** Of a collection that is gone no call reaches the files, so they go before it. */
async function deleteFiles(rest: Rest, name: string): Promise<void> {
  for (const [node] of rest.urls.entries()) {
    for (const file of await snapshotsOn(rest, node, name)) {
      await rest.call("DELETE", `/collections/${name}/snapshots/${file}`, undefined, node);
    }
  }
}

async function leftoversOf(rest: Rest): Promise<string[]> {
  const left: string[] = [];
  const { collections } = (await rest.call("GET", "/collections")) as {
    readonly collections: readonly { readonly name: string }[];
  };
  const own = collections.map(({ name }) => name).filter((name) => name.startsWith(PREFIX));
  left.push(...own.filter((name) => targetOfScratch(name) !== null));
  for (const [node] of rest.urls.entries()) {
    for (const name of own) {
      const files = await snapshotsOn(rest, node, name);
      left.push(...files.filter(isUpload).map((file) => `${rest.urls[node]} ${name} ${file}`));
    }
  }
  const { aliases } = (await rest.call("GET", "/aliases")) as {
    readonly aliases: readonly { readonly alias_name: string; readonly collection_name: string }[];
  };
  const marks = aliases.filter(
    (each) => isMark(each.alias_name) && each.collection_name.startsWith(PREFIX),
  );
  return [...left, ...marks.map((each) => `${each.alias_name} -> ${each.collection_name}`)];
}

async function snapshotsOn(rest: Rest, node: number, name: string): Promise<string[]> {
  const listed = await rest.call("GET", `/collections/${name}/snapshots`, undefined, node);
  return ((listed ?? []) as { readonly name: string }[]).map((each) => each.name);
}

/** The REST API, by no code of the engine's. */
class Rest {
  readonly urls: readonly string[];
  readonly #options: QdrantHarnessOptions;
  readonly #dispatcher: Agent;

  constructor(options: QdrantHarnessOptions) {
    this.urls = options.urls;
    this.#options = options;
    const { ca } = options;
    this.#dispatcher = new Agent(ca === undefined || ca === null ? {} : { connect: { ca } });
  }

  #headers(node: number): Record<string, string> {
    const { apiKey, nodeKeys, token } = this.#options;
    const key = nodeKeys?.[node] ?? apiKey ?? null;
    return {
      "content-type": "application/json",
      ...(key === null ? {} : { "api-key": key }),
      ...(key !== null || (token ?? null) === null ? {} : { authorization: `Bearer ${token}` }),
    };
  }

  /** The `result` of an answer; null for what is not found. */
  async call(method: string, path: string, body?: unknown, node = 0): Promise<unknown> {
    const response = await fetch(`${this.urls[node]?.replace(/\/+$/, "")}${path}`, {
      method,
      headers: this.#headers(node),
      dispatcher: this.#dispatcher,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 404) return null;
    if (!response.ok) {
      const said = `${method} ${path}: HTTP ${response.status}: ${text.slice(0, 500)}`;
      throw new SnapformError("unavailable", said);
    }
    return (JSON.parse(text) as { readonly result?: unknown }).result ?? null;
  }
}
