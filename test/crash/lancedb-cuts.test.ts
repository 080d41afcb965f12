import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bury } from "./bury.ts";
import { leftoversOf } from "./facts.ts";
import { addRows, contentOf, makeTable, rowsOf } from "./lancedb-folder.ts";
import { Scene } from "./scene.ts";
import { apply } from "./scenarios.ts";
import { Seam, type CutKind } from "./seam.ts";
import { TestClock } from "./test-clock.ts";

const seed = Number(process.env["SNAPFORM_SEED"] ?? Date.now() % 1_000_000);
console.info(`SNAPFORM_SEED=${seed}`);
const LIMIT = Number(process.env["SNAPFORM_CUTS"] ?? 14);

let cutCount = 0;
afterAll(() => console.info(`${cutCount} cuts were made`));

const base = `version: 1
project: project
state: { path: ./state }
clusters: { local: { engine: lancedb, uri: ./data } }
repositories: { vault: { type: filesystem, path: ./vault } }
policies:
  nightly:
    cluster: local
    collections: ["docs"]
    schedule: { cron: "0 2 * * *" }
    retention: { last: 2 }
    repository: vault
`;
const restoreTo = (to: string): string => `${base}restores:
  back: { from: { policy: nightly, collection: docs, at: latest }, to: { cluster: local, ${to} } }
`;

interface Story {
  readonly title: string;
  readonly yaml: string;
  /** The table that holds the snapshot's rows in the end. */
  readonly target: string;
}

const stories: readonly Story[] = [
  {
    title: "a restore in place",
    yaml: restoreTo("collection: docs, ifExists: replace"),
    target: "docs",
  },
  { title: "a restore into a new table", yaml: restoreTo("collection: again"), target: "again" },
  {
    title: "a restore that replaces another table",
    yaml: restoreTo("collection: other, ifExists: replace"),
    target: "other",
  },
];

/** A table with a snapshot, and rows that came after it. Made anew: a copy is another table. */
async function past(): Promise<Scene> {
  const scene = await Scene.make(base, {}, new TestClock("2026-03-10T12:00:00Z"));
  const uri = join(scene.root, "data");
  await makeTable(uri, "docs", rowsOf(20));
  await makeTable(uri, "other", rowsOf(5, 9));
  const workspace = scene.open();
  expect(await apply(workspace)).toBe("done");
  await workspace.close();
  await addRows(uri, "docs", rowsOf(7, 1));
  return scene;
}

/** Does the restore with a cut, then simply again; gives the operations and what is left. */
async function run(story: Story, cutAt: number, kind: CutKind) {
  const scene = await past();
  try {
    scene.yaml = story.yaml;
    const seam = new Seam({ cutAt, kind });
    const first = scene.open({ seam });
    const command = apply(first).then(
      (exit) => exit,
      (error: unknown) => (error as { readonly code?: string }).code ?? String(error),
    );
    const ended = await Promise.race([command, seam.died]);
    await seam.quiet();
    scene.endAll();
    await bury(scene.root);
    for (let round = 0; round < 2; round += 1) {
      const again = scene.open();
      const exit = await apply(again);
      expect(exit, `after ${ended}`).toBe("done");
      await again.repositoryPrune("vault", { dryRun: false, lockTimeoutMs: 0 });
      await again.close();
    }
    const content = await contentOf(join(scene.root, "data"), story.target);
    return { log: seam.log, content, leftovers: await leftoversOf(scene), ended };
  } finally {
    await scene.close();
  }
}

const wanted = Array.from({ length: 20 }, (_, id) => `${id}:0`)
  .sort()
  .join(" ");

describe.each(stories)("$title of LanceDB", (story) => {
  it.each<CutKind>(["death", "error"])("ends the same wherever its %s falls", async (kind) => {
    const uncut = await run(story, Infinity, kind);
    expect(uncut.content).toBe(wanted);
    expect(uncut.leftovers).toEqual([]);
    expect(uncut.log.some((name) => name.startsWith("lancedb."))).toBe(true);
    const count = uncut.log.length;
    const stride = Math.max(1, Math.ceil(count / LIMIT));
    for (let cutAt = (seed % stride) + 1; cutAt <= count; cutAt += stride) {
      const where = `${kind} at ${cutAt} of ${count} (${uncut.log[cutAt - 1]}), seed ${seed}`;
      const cut = await run(story, cutAt, kind).catch((error: unknown) => {
        throw new Error(`${where}: ${String(error)}`, { cause: error });
      });
      expect(cut.content, where).toBe(wanted);
      expect(cut.leftovers, where).toEqual([]);
      cutCount += 1;
    }
  });
});
