import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Connection, Table } from "@lancedb/lancedb";
import type { Clock } from "../clock/clock.ts";
import type { EngineDriver } from "../engine/driver.ts";
import { openLancedbDriver } from "../engines/lancedb/driver.ts";
import { realFs, type LancedbFs } from "../engines/lancedb/fs.ts";
import type { ContractPoint, EngineHarness } from "./engine/case.ts";

/** A folder of LanceDB tables, written to by LanceDB's own library, which must be installed. */
export function lancedbHarness(uri: string, clock: Clock): EngineHarness {
  const cluster = "lancedb";
  const open = (): Promise<EngineDriver> =>
    Promise.resolve(openLancedbDriver({ cluster, uri, clock }));
  return {
    cluster,
    clock,
    open,
    async fresh() {
      // Below the user's own folder, so that the very filesystem is checked; its name does not end
      // in `.lance`, so LanceDB does not see it.
      const folder = await mkdtemp(join(uri, "snapform-test-"));
      return {
        harness: lancedbHarness(folder, clock),
        discard: () => rm(folder, { recursive: true, force: true }),
      };
    },
    create: (name, points) => withConnection(uri, (connection) => create(connection, name, points)),
    write: (name, points) => withTable(uri, name, (table) => table.add(points.map(rowOf))),
    remove: (name, ids) => withTable(uri, name, (table) => table.delete(`id IN (${ids.join()})`)),
    async drop(name) {
      await withConnection(uri, async (connection) => {
        if ((await connection.tableNames()).includes(name)) await connection.dropTable(name);
      });
    },
    read: (name) => withConnection(uri, (connection) => read(connection, name)),
    // A cleanup of everything but the newest version: what a snapshot needs is gone from the table.
    tidy: (name) =>
      withTable(uri, name, (table) => table.optimize({ cleanupOlderThan: new Date() })),
    leftovers: () => leftoversOf(uri),
    openMortal: (count) => {
      const { promise: died, resolve } = Promise.withResolvers<void>();
      const fs = mortalFs(count, resolve);
      return Promise.resolve({ driver: openLancedbDriver({ cluster, uri, clock, fs }), died });
    },
  };
}

async function create(
  connection: Connection,
  name: string,
  points: readonly ContractPoint[],
): Promise<void> {
  const { Field, FixedSizeList, Float32, Int32, Schema, Utf8 } = await import("apache-arrow");
  const item = new Field("item", new Float32(), true);
  const schema = new Schema([
    new Field("id", new Int32(), true),
    new Field("text", new Utf8(), true),
    new Field("vector", new FixedSizeList(4, item), true),
  ]);
  if (points.length === 0) await connection.createEmptyTable(name, schema);
  else await connection.createTable(name, points.map(rowOf), { schema });
}

async function read(connection: Connection, name: string): Promise<ContractPoint[] | null> {
  if (!(await connection.tableNames()).includes(name)) return null;
  const table = await connection.openTable(name);
  try {
    const rows = (await table.query().toArray()) as Record<string, unknown>[];
    return rows.map((row) => ({
      id: Number(row["id"]),
      text: String(row["text"]),
      vector: [...(row["vector"] as Iterable<number>)],
    }));
  } finally {
    table.close();
  }
}

function rowOf({ id, text, vector }: ContractPoint): Record<string, unknown> {
  return { id, text, vector: [...vector] };
}

async function withConnection<T>(
  uri: string,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { connect } = await import("@lancedb/lancedb");
  const connection = await connect(uri);
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}

async function withTable(
  uri: string,
  name: string,
  use: (table: Table) => Promise<unknown>,
): Promise<void> {
  await withConnection(uri, async (connection) => {
    const table = await connection.openTable(name);
    try {
      await use(table);
    } finally {
      table.close();
    }
  });
}

/** Everything in staging but the notes of restores that are done. */
async function leftoversOf(uri: string): Promise<string[]> {
  const staging = join(uri, ".snapform-staging");
  const left: string[] = [];
  for (const name of await readdir(staging).catch((): string[] => [])) {
    const isNote = /^restore-.*\.json$/.test(name);
    const note = isNote ? await readFile(join(staging, name), "utf8") : "";
    if (!/"phase":\s*"placed"/.test(note)) left.push(name);
  }
  return left;
}

/** A file system whose process dies before its `count`th change: that call never ends. */
function mortalFs(count: number, onDeath: () => void): LancedbFs {
  let callCount = 0;
  const calls = Object.entries(realFs) as [string, (...args: unknown[]) => unknown][];
  const mortal = calls.map(([name, call]) => {
    const counted = (...args: unknown[]): unknown => {
      callCount += 1;
      if (callCount < count) return call(...args);
      onDeath();
      return new Promise(() => undefined);
    };
    return [name, counted];
  });
  return Object.fromEntries(mortal) as unknown as LancedbFs;
}
