import assert from "node:assert/strict";
import type { SourceFile } from "../../engine/driver.ts";
import { type Bench, caseOf, contextOf, failsWith, pointsFrom } from "./bench.ts";
import { all, needsCapture, needsMortal, type EngineCase } from "./case.ts";
import { eachDeath } from "./deaths.ts";
import { underWriter } from "./writer.ts";

async function bytesOf(file: SourceFile, offset: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const { signal } = contextOf();
  for await (const chunk of await file.open(offset, signal)) chunks.push(Uint8Array.from(chunk));
  return Buffer.concat(chunks);
}

async function open(bench: Bench, collection: string) {
  const engine = await bench.open();
  const snapshotId = bench.snapshotId(collection);
  const request = { snapshotId, collection, previous: [] };
  return { engine, snapshotId, capture: await engine.capture(request, contextOf()) };
}

/** Snapshots that are born in a repository. */
export const captureCases: readonly EngineCase[] = [
  caseOf(
    "a cluster that keeps no snapshots lists none",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      assert.deepEqual(await engine.listNative([name, bench.name()], [], contextOf()), []);
    },
    needsCapture,
  ),

  caseOf(
    "a capture shows what the collection held when it was opened, whatever happens to it since",
    async (bench) => {
      const points = pointsFrom(1, 30);
      const name = await bench.collection(points);
      const { engine, snapshotId, capture } = await open(bench, name);
      await bench.harness.write(name, pointsFrom(31, 10));
      await bench.harness.remove(name, [1, 2, 3]);
      await bench.harness.tidy?.(name);
      const manifest = await bench.keep(capture, name, snapshotId);
      const target = bench.name("restored");
      await bench.restore(engine, bench.fromShelf(manifest), target);
      await bench.holds(target, points);
    },
    needsCapture,
  ),

  caseOf(
    "a capture outlives the drop of its collection",
    async (bench) => {
      const points = pointsFrom(1, 30);
      const name = await bench.collection(points);
      const { engine, snapshotId, capture } = await open(bench, name);
      await bench.harness.drop(name);
      const manifest = await bench.keep(capture, name, snapshotId);
      const target = bench.name("restored");
      await bench.restore(engine, bench.fromShelf(manifest), target);
      await bench.holds(target, points);
    },
    needsCapture,
  ),

  caseOf(
    "a capture under a writer is one point in time",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection(pointsFrom(1, 40));
      const manifest = await underWriter(bench, name, () => bench.takeOut(engine, name));
      const target = bench.name("restored");
      await bench.restore(engine, bench.fromShelf(manifest), target);
      const count = (await bench.read(target))?.length ?? 0;
      assert.equal(count % 2, 0, `${count} points, though all are written in pairs`);
      await bench.holds(target, pointsFrom(1, count));
      if (manifest.points !== null) {
        assert.deepEqual(manifest.points, { before: count, after: count });
      }
    },
    needsCapture,
  ),

  caseOf(
    "the files of a capture can be read again, and from the middle on",
    async (bench) => {
      const { capture } = await open(bench, await bench.collection(pointsFrom(1, 300)));
      const files = capture.parts.flatMap((part) => part.files);
      assert.ok(files.length > 0);
      for (const file of files) {
        const whole = await bytesOf(file, 0);
        assert.equal(whole.length, file.size);
        const middle = Math.floor(file.size / 2);
        assert.ok((await bytesOf(file, middle)).equals(whole.subarray(middle)), file.path);
      }
      await capture.close();
    },
    needsCapture,
  ),

  caseOf(
    "the paths of a part are relative, safe and all different",
    async (bench) => {
      const { capture } = await open(bench, await bench.collection());
      const { parts } = capture;
      assert.equal(new Set(parts.map((part) => part.name)).size, parts.length);
      for (const { files } of parts) {
        const paths = files.map((file) => file.path);
        assert.equal(new Set(paths).size, paths.length);
        for (const path of paths)
          assert.match(path, /^(?!\.{0,2}\/)(?!.*\/\.{1,2}(?:\/|$))[^\\]+$/);
      }
      await capture.close();
    },
    needsCapture,
  ),

  caseOf(
    "a second snapshot vouches only for hashes that are right",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection(pointsFrom(1, 30));
      const first = await bench.takeOut(engine, name);
      await bench.harness.write(name, pointsFrom(31, 5));
      // The shelf compares each hash that is vouched for with the bytes.
      const second = await bench.takeOut(engine, name, [first]);
      await bench.harness.drop(name);
      await bench.harness.create(name, pointsFrom(1, 30));
      await bench.takeOut(engine, name, [second, first]);
    },
    needsCapture,
  ),

  caseOf(
    "a capture that is closed leaves nothing, and others go on",
    async (bench) => {
      const name = await bench.collection();
      const first = await open(bench, name);
      const second = await open(bench, name);
      await first.capture.close();
      await first.engine.sweep(contextOf());
      await bench.keep(second.capture, name, second.snapshotId);
      await bench.isTidy();
    },
    needsCapture,
  ),

  caseOf(
    "a capture that is cancelled leaves nothing",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const request = { snapshotId: bench.snapshotId(name), collection: name, previous: [] };
      await failsWith(["cancelled"], engine.capture(request, contextOf(AbortSignal.abort())));
      const controller = new AbortController();
      const work = engine.capture(request, contextOf(controller.signal)).then(
        (capture) => capture.close(),
        (error: unknown) => failsWith(["cancelled"], Promise.reject(error as Error)),
      );
      controller.abort();
      await work;
      await engine.sweep(contextOf());
      await bench.isTidy();
    },
    needsCapture,
  ),

  caseOf(
    "a capture that died anywhere is in nobody's way",
    async (bench) => {
      const engine = await bench.open();
      const points = pointsFrom(1, 20);
      const name = await bench.collection(points);
      await eachDeath(bench, async (mortal, race) => {
        const request = { snapshotId: bench.snapshotId(name), collection: name, previous: [] };
        const hasDied = await race(
          mortal.capture(request, contextOf()).then((capture) => capture.close()),
        );
        await engine.sweep(contextOf());
        const target = bench.name("restored");
        await bench.restore(engine, await bench.take(engine, name), target);
        await bench.holds(target, points);
        return hasDied;
      });
      await bench.holds(name, points);
    },
    all(needsCapture, needsMortal),
  ),
];
