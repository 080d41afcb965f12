import * as lancedb from "@lancedb/lancedb";

/** Rows that differ by edition; `width` numbers each. */
export function rowsOf(count: number, edition = 0, width = 8): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    edition,
    vector: Array.from({ length: width }, (_each, at) => Math.sin(id * 31 + at + edition)),
  }));
}

export async function makeTable(
  uri: string,
  name: string,
  rows: Record<string, unknown>[],
): Promise<void> {
  const connection = await lancedb.connect(uri);
  (await connection.createTable(name, rows)).close();
  connection.close();
}

export async function addRows(
  uri: string,
  name: string,
  rows: Record<string, unknown>[],
): Promise<void> {
  const connection = await lancedb.connect(uri);
  const table = await connection.openTable(name);
  await table.add(rows);
  table.close();
  connection.close();
}

/** Ids and editions of all rows, read in full; null when there is no such table. */
export async function contentOf(uri: string, name: string): Promise<string | null> {
  const connection = await lancedb.connect(uri);
  try {
    if (!(await connection.tableNames()).includes(name)) return null;
    const table = await connection.openTable(name);
    const rows = (await table.query().select(["id", "edition"]).toArray()) as {
      readonly id: number;
      readonly edition: number;
    }[];
    table.close();
    return rows
      .map((row) => `${row.id}:${row.edition}`)
      .sort()
      .join(" ");
  } finally {
    connection.close();
  }
}
