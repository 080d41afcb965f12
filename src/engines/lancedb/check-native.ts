import { SnapformError } from "../../errors/index.ts";
import type { CheckLevel } from "../../snapshot/capabilities.ts";
import type { Manifest } from "../../snapshot/manifest.ts";
import { detailsOfManifest } from "./details.ts";
import type { LanceVersion } from "./lance-version.ts";
import type { NativeTable, NativeVectorQuery } from "./native.ts";
import { vectorColumns } from "./schema.ts";

/** What the rows are compared with. */
export interface NativeCheck {
  readonly manifest: Manifest;
  readonly version: LanceVersion;
  /** What the table's own manifest counts; null when its writer was too old to count. */
  readonly rows: number | null;
  readonly level: CheckLevel;
}

const SAMPLE_COUNT = 3;
/** Enough candidates that a quantised index finds a stored vector again. */
const NEIGHBOUR_COUNT = 10;
const REFINE_FACTOR = 20;
const PROBE_COUNT = 64;

/** Reads the rows and, for `deep`, asks the indexes. Findings are sentences. */
export async function checkNatively(table: NativeTable, check: NativeCheck): Promise<string[]> {
  const findings = [await countRows(table, check)];
  if (check.level !== "deep") return findings;
  findings.push(await compareIndexes(table, check.manifest));
  for (const { name } of vectorColumns(check.version)) {
    if (!isQueryable(name)) continue;
    const finding = await findStoredVectors(table, name);
    if (finding !== null) findings.push(finding);
  }
  return findings;
}

/** Counts by reading a column: countRows() answers from the manifest, even without the files. */
async function countRows(table: NativeTable, check: NativeCheck): Promise<string> {
  const column = narrowestColumn(check.version);
  let count = 0;
  const query = column === null ? table.query().withRowId() : table.query().select([column]);
  for await (const batch of query) count += batch.numRows;
  const { points } = check.manifest;
  const isRight =
    (check.rows === null || check.rows === count) &&
    (points === null || (count >= points.before && count <= points.after));
  if (!isRight) {
    const wanted = points === null ? check.rows : points.after;
    throw new SnapformError("corrupt", `reading all rows gave ${count} instead of ${wanted}`);
  }
  return `Reading all rows gave ${count}, as many as the snapshot recorded.`;
}

async function compareIndexes(table: NativeTable, manifest: Manifest): Promise<string> {
  const expected = [...new Set(detailsOfManifest(manifest).indexes.map((index) => index.name))];
  const found = new Set((await table.listIndices()).map((index) => index.name));
  const missing = expected.filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw new SnapformError(
      "corrupt",
      `indexes of the snapshot are missing: ${missing.join(", ")}`,
    );
  }
  return expected.length === 0
    ? "The snapshot has no indexes."
    : `The indexes of the snapshot are there: ${expected.join(", ")}.`;
}

/**
 * Looks stored vectors up again; null when the column has none. An approximate index may miss one,
 * and an inner product may prefer others, so a miss is asked again exactly: only that must succeed.
 */
async function findStoredVectors(table: NativeTable, column: string): Promise<string | null> {
  const rows = (await table
    .query()
    .select([column])
    .limit(SAMPLE_COUNT)
    .withRowId()
    .toArray()) as SampleRow[];
  const samples = rows.filter((row) => vectorOf(row[column]) !== null);
  if (samples.length === 0) return null;
  let indexedCount = 0;
  let exactCount = 0;
  for (const row of samples) {
    const found = await findRow(table, column, row);
    if (found === null) {
      const text = `a stored vector of column ${column}`;
      throw new SnapformError("corrupt", `${text} was not found again by an exact query`);
    }
    if (found === "index") indexedCount += 1;
    else exactCount += 1;
  }
  const ways = [
    ...(indexedCount > 0 ? [`${indexedCount} by its index`] : []),
    ...(exactCount > 0 ? [`${exactCount} by an exact search`] : []),
  ];
  const count = samples.length;
  return `${count} stored vectors of column ${column} were found again: ${ways.join(", ")}.`;
}

type SampleRow = Record<string, unknown>;

async function findRow(
  table: NativeTable,
  column: string,
  row: SampleRow,
): Promise<"index" | "exact" | null> {
  const vector = vectorOf(row[column]) ?? new Float32Array();
  const near = (): NativeVectorQuery =>
    table
      .query()
      .nearestTo(vector)
      .column(column)
      .select([column, "_distance"])
      .withRowId()
      .limit(NEIGHBOUR_COUNT);
  const isFound = async (query: NativeVectorQuery): Promise<boolean> =>
    ((await query.toArray()) as SampleRow[]).some(
      (each) => each["_rowid"] === row["_rowid"] || isSame(each, column, vector),
    );
  const indexed = near().nprobes(PROBE_COUNT).refineFactor(REFINE_FACTOR);
  const usesIndex = (await indexed.explainPlan()).includes("ANN");
  // Asked in any case: an index that cannot be read is an error here.
  if ((await isFound(indexed)) && usesIndex) return "index";
  const exact = near().bypassVectorIndex().distanceType("l2");
  return (await isFound(exact)) ? "exact" : null;
}

/** Equal vectors are as good as the row itself. */
function isSame(row: Record<string, unknown>, column: string, vector: Float32Array): boolean {
  const other = vectorOf(row[column]);
  return other !== null && other.every((value, index) => value === vector[index]);
}

function vectorOf(value: unknown): Float32Array | null {
  if (typeof value !== "object" || value === null) return null;
  const vector = Float32Array.from(value as Iterable<number>);
  return vector.length > 0 && vector.every((each) => Number.isFinite(each)) ? vector : null;
}

/** A column that is cheap to read; null without any column. */
function narrowestColumn(version: LanceVersion): string | null {
  const rank = (type: string): number => {
    if (/^(?:bool|u?int(?:8|16|32|64)|float|double|halffloat|date|time)/.test(type)) return 0;
    if (/^(?:string|dict)/.test(type)) return 1;
    return type.startsWith("fixed_size_list") ? 2 : 3;
  };
  const columns = version.fields.filter(
    ({ parentId, name }) => parentId === -1 && isQueryable(name),
  );
  return columns.toSorted((a, b) => rank(a.type) - rank(b.type))[0]?.name ?? null;
}

/** LanceDB's queries take any name but one with the sign that they quote names by. */
function isQueryable(name: string): boolean {
  return !name.includes("`");
}
