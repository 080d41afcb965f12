import assert from "node:assert/strict";
import { SnapformError } from "../../errors/index.ts";
import { caseOf, failsWith, pointsFrom } from "./bench.ts";
import { all, needsOverwrite, needsRepository, type EngineCase } from "./case.ts";

/** Restoring from a repository, also from one that is damaged or goes away. */
export const repositoryCases: readonly EngineCase[] = [
  caseOf(
    "a snapshot outlives its collection in a repository",
    async (bench) => {
      const engine = await bench.open();
      const points = pointsFrom(1, 200);
      const name = await bench.collection(points);
      const manifest = await bench.takeOut(engine, name);
      assert.ok(manifest.bytes > 0);
      await bench.harness.drop(name);
      await bench.restore(engine, bench.fromShelf(manifest), name);
      await bench.holds(name, points);
    },
    needsRepository,
  ),

  caseOf(
    "a manifest tells what it was taken from",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection(pointsFrom(1, 25));
      const manifest = await bench.takeOut(engine, name);
      assert.equal(manifest.collectionIdentity, await bench.identityOf(engine, name));
      assert.ok(manifest.clusterIdentity);
      assert.ok(manifest.parts.length > 0);
      if (manifest.points !== null) assert.deepEqual(manifest.points, { before: 25, after: 25 });
      const text = JSON.stringify(manifest);
      assert.deepEqual(JSON.parse(text), manifest, "a manifest is plain JSON");
    },
    needsRepository,
  ),

  caseOf(
    "damaged bytes are corrupt and never put in place",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const { files } = (await bench.takeOut(engine, name)).parts[0] ?? { files: [] };
      for (const index of files.keys()) {
        const manifest = await bench.takeOut(engine, name);
        const file = manifest.parts[0]?.files[index];
        if (file === undefined) break;
        bench.shelf.damage(file);
        const target = bench.name("restored");
        await failsWith(["corrupt"], bench.restore(engine, bench.fromShelf(manifest), target));
        await bench.holds(target, null);
        await bench.isTidy();
      }
    },
    needsRepository,
  ),

  caseOf(
    "a repository that goes away leaves nothing half restored, and the run can be repeated",
    async (bench) => {
      const engine = await bench.open();
      const points = pointsFrom(1, 150);
      const manifest = await bench.takeOut(engine, await bench.collection(points));
      const fileCount = manifest.parts.flatMap((part) => part.files).length;
      for (let failing = 1; failing <= fileCount; failing += 1) {
        let readCount = 0;
        const beforeFile = (): Promise<void> => {
          readCount += 1;
          if (readCount < failing) return Promise.resolve();
          return Promise.reject(new SnapformError("unavailable", "the disk is away"));
        };
        const target = bench.name("restored");
        const runId = bench.runId();
        const away = bench.fromShelf(manifest, { beforeFile });
        const work = bench.restore(engine, away, target, { runId });
        await work.catch(() => undefined);
        // Parts that hold what others hold are not read.
        if (failing > 1 && readCount < failing) break;
        await failsWith(["unavailable"], work);
        await bench.holds(target, null);
        await bench.restore(engine, bench.fromShelf(manifest), target, { runId });
        await bench.holds(target, points);
      }
      await bench.isTidy();
    },
    needsRepository,
  ),

  caseOf(
    "a snapshot of another engine is refused",
    async (bench) => {
      const engine = await bench.open();
      const manifest = await bench.takeOut(engine, await bench.collection());
      const foreign = bench.fromShelf({ ...manifest, engine: "another" });
      const target = bench.name("restored");
      await failsWith(["failed-precondition"], bench.restore(engine, foreign, target));
      await bench.holds(target, null);
    },
    needsRepository,
  ),

  caseOf(
    "a collection that appears while another is restored under its name is left alone, or cannot",
    async (bench) => {
      const engine = await bench.open();
      const manifest = await bench.takeOut(engine, await bench.collection());
      const others = pointsFrom(900, 5);
      const target = bench.name("restored");
      let hasAppeared = false;
      const appear = (): Promise<void> =>
        bench.harness.create(target, others).then(
          () => void (hasAppeared = true),
          // An engine that takes the name first keeps others out.
          () => undefined,
        );
      const source = bench.fromShelf(manifest, { beforeFile: once(appear) });
      const work = bench.restore(engine, source, target);
      await work.catch(() => undefined);
      if (hasAppeared) {
        await failsWith(["already-exists", "aborted", "failed-precondition"], work);
      } else {
        await work;
      }
      await bench.holds(target, hasAppeared ? others : pointsFrom(1, 40));
      await bench.isTidy();
    },
    needsRepository,
  ),

  caseOf(
    "a collection that is made anew while its predecessor is being replaced is left alone",
    async (bench) => {
      const engine = await bench.open();
      const manifest = await bench.takeOut(engine, await bench.collection());
      const others = pointsFrom(900, 5);
      const target = await bench.collection(pointsFrom(500, 5));
      const expectedIdentity = await bench.identityOf(engine, target);
      const beforeFile = once(async () => {
        await bench.harness.drop(target);
        await bench.harness.create(target, others);
      });
      const source = bench.fromShelf(manifest, { beforeFile });
      const options = { procedure: "replace", expectedIdentity } as const;
      const work = bench.restore(engine, source, target, options);
      await failsWith(["failed-precondition", "aborted"], work);
      await bench.holds(target, others);
      await bench.isTidy();
    },
    all(needsRepository, needsOverwrite),
  ),
];

/** Does it the first time only. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}
