// The collection that the stories protect: passages with their embeddings in an embedded LanceDB.
// What is done here is what an application does; nothing of snapform is used.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { fitEmbedding, type Embedding } from "./embedding.ts";

// LanceDB's own log would mix with the output of the story.
process.env["LANCEDB_LOG"] ??= "error";
const { connect, Index } = await import("@lancedb/lancedb");
type Table = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>["openTable"]>>;

interface Passage {
  readonly id: string;
  readonly topic: string;
  readonly text: string;
}

/** One neighbour of a query: which passage, and how far away. */
export interface Neighbour {
  readonly id: string;
  readonly distance: number;
}

const passages = readPassages("passages.json", "");
/** What is added later in the stories. */
const arrivals = readPassages("arrivals.json", "new-");
const embedding: Embedding = fitEmbedding(passages.map(({ text }) => text));

function readPassages(file: string, prefix: string): readonly Passage[] {
  const text = readFileSync(join(import.meta.dirname, file), "utf8");
  const topics = JSON.parse(text) as Readonly<Record<string, readonly string[]>>;
  return Object.entries(topics).flatMap(([topic, texts]) =>
    texts.map((each, index) => ({ id: `${prefix}${topic}-${index + 1}`, topic, text: each })),
  );
}

function rowsOf(some: readonly Passage[]): Record<string, unknown>[] {
  return some.map((passage) => ({ ...passage, vector: embedding.embed(passage.text) }));
}

export function textOf(id: string): string {
  return [...passages, ...arrivals].find((passage) => passage.id === id)?.text ?? "";
}

/** The table `passages` in a LanceDB folder. */
export class PassageCollection {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the table with all passages, and an index on their vectors. */
  async create(): Promise<number> {
    const db = await connect(this.#folder);
    const table = await db.createTable("passages", rowsOf(passages));
    const config = Index.ivfFlat({ numPartitions: 8, distanceType: "cosine" });
    await table.createIndex("vector", { config });
    return table.countRows();
  }

  /** Another table, so that not every collection of the database is the same. */
  async createOther(name: string, topic: string): Promise<void> {
    const db = await connect(this.#folder);
    await db.createTable(name, rowsOf(passages.filter((passage) => passage.topic === topic)));
  }

  async addArrivals(): Promise<number> {
    const table = await this.#open();
    await table.add(rowsOf(arrivals));
    await table.optimize();
    return arrivals.length;
  }

  async deleteTopic(topic: string): Promise<number> {
    const table = await this.#open();
    const before = await table.countRows();
    await table.delete(`topic = '${topic}'`);
    return before - (await table.countRows());
  }

  /** Moves one vector a little, so that the count stays and an answer does not. */
  async spoil(id: string): Promise<void> {
    const table = await this.#open();
    const passage = passages.find((each) => each.id === id);
    if (passage === undefined) throw new Error(`no passage ${id}`);
    await table.delete(`id = '${id}'`);
    const vector = embedding.embed(`${passage.text} And something else.`);
    await table.add([{ ...passage, vector }]);
  }

  async drop(): Promise<void> {
    const db = await connect(this.#folder);
    await db.dropTable("passages");
  }

  async exists(): Promise<boolean> {
    const db = await connect(this.#folder);
    return (await db.tableNames()).includes("passages");
  }

  async count(): Promise<number> {
    return (await this.#open()).countRows();
  }

  /** The nearest passages, found through the index. */
  async search(query: string, limit = 5): Promise<readonly Neighbour[]> {
    const table = await this.#open();
    const rows = (await this.#query(table, query).limit(limit).toArray()) as {
      readonly id: string;
      readonly _distance: number;
    }[];
    return rows.map((row) => ({ id: row.id, distance: row._distance }));
  }

  /** Whether a search goes through the index or reads every row. */
  async usesIndex(query: string): Promise<boolean> {
    const table = await this.#open();
    return /ANN/.test(await this.#query(table, query).limit(5).explainPlan(true));
  }

  #query(table: Table, query: string): ReturnType<Table["vectorSearch"]> {
    return table.vectorSearch(embedding.embed(query)).distanceType("cosine").nprobes(8);
  }

  async #open(): Promise<Table> {
    const db = await connect(this.#folder);
    return db.openTable("passages");
  }
}
