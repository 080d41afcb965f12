// The collection that the story protects: 1,000 documents with vectors of 768 numbers, as an
// application has them in Qdrant. Plain REST; nothing of snapform is used.

export const documentCount = 1_000;
const dimension = 768;
const batchSize = 250;
const queryCount = 5;

/** One neighbour of a query: which document, and how alike. */
export interface Neighbour {
  readonly id: number;
  /** Cosine, in five places: servers compute with 32 bits. */
  readonly score: string;
}

/** What the application gets: how many documents there are, and the neighbours of each query. */
export interface Answers {
  readonly count: number;
  readonly neighbours: readonly (readonly Neighbour[])[];
}

/** Numbers that look drawn and are the same in every run. */
function vectorOf(seed: number): readonly number[] {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return Array.from({ length: dimension }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 0x8000_0000;
  });
}

const queries = Array.from({ length: queryCount }, (_, index) => vectorOf(1_000_000 + index));

/** One cluster as an application uses it: through its first node. */
export class Documents {
  readonly #urls: readonly string[];
  readonly #apiKey: string | null;

  constructor(urls: readonly string[], apiKey: string | null) {
    this.#urls = urls;
    this.#apiKey = apiKey;
  }

  /** Makes the collection with one shard per node, an index on a field, and an alias. */
  async create(name: string, alias: string): Promise<void> {
    const vectors = { size: dimension, distance: "Cosine" };
    const shape = { vectors, shard_number: this.#urls.length, replication_factor: 1 };
    await this.#call("PUT", `/collections/${name}`, shape);
    const field = { field_name: "topic", field_schema: "keyword" };
    await this.#call("PUT", `/collections/${name}/index?wait=true`, field);
    for (let first = 0; first < documentCount; first += batchSize) {
      const points = Array.from({ length: batchSize }, (_, index) => pointOf(first + index));
      await this.#call("PUT", `/collections/${name}/points?wait=true`, { points });
    }
    const create_alias = { collection_name: name, alias_name: alias };
    await this.#call("POST", "/collections/aliases", { actions: [{ create_alias }] });
  }

  /** What a client sees of a collection, or of what an alias stands for. */
  async answers(name: string): Promise<Answers> {
    const { count } = (await this.#call("POST", `/collections/${name}/points/count`, {
      exact: true,
    })) as { readonly count: number };
    const neighbours: Neighbour[][] = [];
    for (const query of queries) {
      const body = { query, limit: 5, params: { exact: true } };
      const { points } = (await this.#call("POST", `/collections/${name}/points/query`, body)) as {
        readonly points: readonly { readonly id: number; readonly score: number }[];
      };
      neighbours.push(points.map(({ id, score }) => ({ id, score: score.toFixed(5) })));
    }
    return { count, neighbours };
  }

  /** Gives the nearest neighbour of the first query another vector: the count stays. */
  async spoil(name: string): Promise<void> {
    const [first] = (await this.answers(name)).neighbours[0] ?? [];
    const point = { ...pointOf(first?.id ?? 0), vector: vectorOf(2_000_000) };
    await this.#call("PUT", `/collections/${name}/points?wait=true`, { points: [point] });
  }

  /** The snapshot files of a collection on each node. */
  async files(name: string): Promise<readonly (readonly string[])[]> {
    const listings = this.#urls.map(async (_, node) => {
      const listed = await this.#call("GET", `/collections/${name}/snapshots`, undefined, node);
      return ((listed ?? []) as { readonly name: string }[]).map((each) => each.name);
    });
    return Promise.all(listings);
  }

  async exists(name: string): Promise<boolean> {
    return (await this.#call("GET", `/collections/${name}`)) !== null;
  }

  /** Removes the collection with its files, which no call reaches once it is gone. */
  async remove(name: string): Promise<void> {
    for (const [node, names] of (await this.files(name)).entries()) {
      for (const file of names) {
        await this.#call("DELETE", `/collections/${name}/snapshots/${file}`, undefined, node);
      }
    }
    await this.#call("DELETE", `/collections/${name}`);
  }

  /** The `result` of an answer; null for what is not found. */
  async #call(method: string, path: string, body?: unknown, node = 0): Promise<unknown> {
    const response = await fetch(`${this.#urls[node]?.replace(/\/+$/, "")}${path}`, {
      method,
      headers: {
        "content-type": "application/json",
        ...(this.#apiKey === null ? {} : { "api-key": this.#apiKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status}: ${text}`);
    return (JSON.parse(text) as { readonly result?: unknown }).result ?? null;
  }
}

function pointOf(id: number): Record<string, unknown> {
  return { id, vector: vectorOf(id), payload: { topic: `topic-${id % 7}` } };
}
