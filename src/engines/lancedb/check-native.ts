import { SnapformError } from "../../errors/index.ts";
import type { CheckLevel } from "../../snapshot/capabilities.ts";
import type { Manifest } from "../../snapshot/manifest.ts";
import { detailsOfManifest } from "./details.ts";
import type { LanceVersion } from "./lance-version.ts";
import type { NativeTable } from "./native.ts";
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

/** Looks stored vectors up again; null when the column has none. */
async function findStoredVectors(table: NativeTable, column: string): Promise<string | null> {
  const rows = (await table
    .query()
    .select([column])
    .limit(SAMPLE_COUNT)
    .withRowId()
    .toArray()) as Record<string, unknown>[];
  let foundCount = 0;
  let askedCount = 0;
  let usesIndex = false;
  for (const row of rows) {
    const vector = vectorOf(row[column]);
    if (vector === null) continue;
    askedCount += 1;
    const query = table
      .query()
      .nearestTo(vector)
      .column(column)
      .select([column, "_distance"])
      .withRowId()
      .nprobes(PROBE_COUNT)
      .refineFactor(REFINE_FACTOR)
      .limit(NEIGHBOUR_COUNT);
    usesIndex ||= (await query.explainPlan()).includes("ANN");
    const nearest = (await query.toArray()) as Record<string, unknown>[];
    const isFound = nearest.some(
      (near) => near["_rowid"] === row["_rowid"] || isSame(near, column, vector),
    );
    if (isFound) foundCount += 1;
  }
  if (askedCount === 0) return null;
  if (foundCount < askedCount) {
    const text = `${askedCount - foundCount} of ${askedCount} stored vectors of column ${column}`;
    throw new SnapformError("corrupt", `${text} were not found again by a nearest-neighbour query`);
  }
  const how = usesIndex ? "by its index" : "without an index";
  return `${askedCount} stored vectors of column ${column} were found again ${how}.`;
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
  const columns = version.fields.filter((field) => field.parentId === -1);
  return columns.toSorted((a, b) => rank(a.type) - rank(b.type))[0]?.name ?? null;
}
