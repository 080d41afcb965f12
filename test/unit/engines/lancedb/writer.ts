// A writer in a process of its own: appends rows to the table `docs` of the folder in its first
// argument until it is killed. With `churn` as the second one it also deletes, compacts and cleans up.
// Prints a line per round, so that a test sees that it really writes.
import { setTimeout as sleep } from "node:timers/promises";
import * as lancedb from "@lancedb/lancedb";

const [uri = "", mode = "append"] = process.argv.slice(2);
const table = await (await lancedb.connect(uri)).openTable("docs");
for (let round = 0; ; round += 1) {
  const rows = Array.from({ length: 20 }, (_, index) => {
    const id = 1_000_000 + round * 20 + index;
    return { id, text: `row ${id}`, vector: Array.from({ length: 16 }, () => id % 97) };
  });
  try {
    await table.add(rows);
  } catch (error) {
    // A restore got in between: LanceDB refuses appends on what this handle still sees.
    if (!/concurrent|conflict/i.test(String(error))) throw error;
    await table.checkoutLatest();
    process.stdout.write("refused\n");
  }
  // Every append adds a file; without a pause reading them all would take over the test.
  if (mode === "append") await sleep(20);
  if (mode === "churn") {
    if (round % 3 === 2) await table.delete(`id % 11 = ${round % 11}`);
    if (round % 5 === 4) {
      await table.optimize({ cleanupOlderThan: new Date(), deleteUnverified: true });
    }
  }
  process.stdout.write(`${round}\n`);
}
