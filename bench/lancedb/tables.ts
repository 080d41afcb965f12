// Generates the tables that the LanceDB benchmark works on, in a process of its own, and prints
// how long importing the rows and building the index took, as JSON. Uniform random vectors.
//
//   node bench/lancedb/tables.ts DIR NAME ROWS DIMENSIONS FRAGMENTS COMPACT(0|1)

import { connect, Index, makeArrowTable } from "@lancedb/lancedb";
import { FixedSizeList, Float32, Field, Int32, Schema } from "apache-arrow";

const [dir, name, rowsText, dimensionsText, fragmentsText, compactText] = process.argv.slice(2);
if (dir === undefined || name === undefined) throw new Error("usage: tables.ts DIR NAME ...");
const rows = Number(rowsText);
const dimensions = Number(dimensionsText);
const fragments = Number(fragmentsText);

const schema = new Schema([
  new Field("id", new Int32(), false),
  new Field("vector", new FixedSizeList(dimensions, new Field("item", new Float32(), true)), false),
]);

// A seeded generator (mulberry32), so that every run works on the same bytes.
let seed = 20261121;
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function batch(from: number, count: number): ReturnType<typeof makeArrowTable> {
  const records = Array.from({ length: count }, (_, index) => {
    const vector = new Float32Array(dimensions);
    for (let i = 0; i < dimensions; i += 1) vector[i] = random();
    return { id: from + index, vector: Array.from(vector) };
  });
  return makeArrowTable(records, { schema });
}

const db = await connect(dir);
const perFragment = Math.ceil(rows / fragments);
let importMs = 0;
const table = await db.createEmptyTable(name, schema, { mode: "overwrite" });
for (let from = 0; from < rows; from += perFragment) {
  // Making the random rows is not part of importing them.
  const data = batch(from, Math.min(perFragment, rows - from));
  const startedAt = performance.now();
  await table.add(data);
  importMs += performance.now() - startedAt;
}
const startedAt = performance.now();
await table.createIndex("vector", { config: Index.ivfPq({}) });
const indexMs = performance.now() - startedAt;
// One call keeps the version that it has just replaced: only the second removes all old files.
for (let round = 0; compactText === "1" && round < 3; round += 1) {
  await table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
  await new Promise((resolve) => setTimeout(resolve, 500));
}
console.log(JSON.stringify({ rows, dimensions, importMs, indexMs }));
table.close();
db.close();
