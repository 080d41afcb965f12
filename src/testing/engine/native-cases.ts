import assert from "node:assert/strict";
import type { NativeSnapshot } from "../../engine/driver.ts";
import { openEngine, type Engine } from "../../engine/engine.ts";
import { SnapformError } from "../../errors/index.ts";
import type { Json } from "../../snapshot/manifest.ts";
import { openFaultyDriver } from "../faulty-driver.ts";
import { caseOf, contextOf, failsWith, pointsFrom } from "./bench.ts";
import { all, needsMortal, needsNative, type EngineCase, type Need } from "./case.ts";
import { eachDeath } from "./deaths.ts";
import { underWriter } from "./writer.ts";

const needsIdempotent: Need = ({ idempotentCreate }) =>
  idempotentCreate ? null : "creating has no key of ours to go by";

function list(engine: Engine, name: string): Promise<NativeSnapshot[]> {
  return engine.listNative([name], [], contextOf());
}

/** Snapshots that the cluster keeps. */
export const nativeCases: readonly EngineCase[] = [
  caseOf(
    "a snapshot is listed as it was made: complete, with its parts and its time",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const id = bench.snapshotId(name);
      const made = await bench.createNative(engine, name, { id });
      assert.equal(made.status, "complete");
      const [listed, ...more] = await list(await bench.open(), name);
      assert.ok(listed);
      assert.deepEqual(more, []);
      assert.equal(listed.key, made.key);
      assert.equal(listed.collection, name);
      assert.equal(listed.status, "complete");
      assert.ok(listed.id === id || listed.id === null, `the id ${listed.id}`);
      assert.ok(listed.parts.length > 0);
      assert.equal(new Set(listed.parts.map((part) => part.name)).size, listed.parts.length);
      assert.ok(listed.finishedAt !== null);
      assert.ok(Date.parse(listed.startedAt) <= Date.parse(listed.finishedAt));
    },
    needsNative,
  ),

  caseOf(
    "each snapshot of a collection has a key of its own",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const first = await bench.createNative(engine, name);
      const second = await bench.createNative(engine, name);
      const keys = (await list(engine, name)).map((snapshot) => snapshot.key);
      assert.deepEqual(keys.toSorted(), [first.key, second.key].toSorted());
      assert.notEqual(first.key, second.key);
    },
    needsNative,
  ),

  caseOf(
    "of a collection that is not there nothing is listed",
    async (bench) => {
      const engine = await bench.open();
      assert.deepEqual(await list(engine, bench.name()), []);
    },
    needsNative,
  ),

  caseOf(
    "a snapshot keeps what the collection held",
    async (bench) => {
      const engine = await bench.open();
      const points = pointsFrom(1, 30);
      const name = await bench.collection(points);
      const source = await bench.take(engine, name);
      await bench.harness.write(name, pointsFrom(31, 10));
      await bench.harness.remove(name, [1, 2]);
      const target = bench.name("restored");
      await bench.restore(engine, source, target);
      await bench.holds(target, points);
    },
    needsNative,
  ),

  caseOf(
    "a snapshot under a writer holds a number of points within its range",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection(pointsFrom(1, 40));
      const made = await underWriter(bench, name, () => bench.createNative(engine, name));
      const target = bench.name("restored");
      const source = { kind: "native", snapshot: made, collection: name } as const;
      await bench.restore(engine, source, target);
      const restored = (await bench.read(target)) ?? [];
      const { before, after } = made.points ?? { before: 40, after: Infinity };
      assert.ok(restored.length >= Math.min(before, after) && restored.length <= after);
      const ids = new Set(restored.map((point) => point.id));
      assert.ok(
        pointsFrom(1, 40).every(({ id }) => ids.has(id)),
        "what was there all the time",
      );
    },
    needsNative,
  ),

  caseOf(
    "creating again with the same id makes no second snapshot",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const id = bench.snapshotId(name);
      const first = await bench.createNative(engine, name, { id });
      const second = await bench.createNative(engine, name, { id });
      assert.equal(second.key, first.key);
      assert.equal((await list(engine, name)).length, 1);
    },
    all(needsNative, needsIdempotent),
  ),

  caseOf(
    "a create whose answer was lost makes no second snapshot when it is tried again",
    async (bench) => {
      const { harness } = bench;
      const faulty = openFaultyDriver(await harness.open(), harness.clock);
      const lost = new SnapformError("unavailable", "the answer was lost", {
        retryable: true,
        outcomeUnknown: true,
      });
      faulty.fail("createNative").after(lost);
      const { cluster, clock } = harness;
      const engine = openEngine(faulty, { cluster, clock });
      const name = await bench.collection();
      const other = await bench.createNative(await bench.open(), name);
      const id = bench.snapshotId(name);
      let earlier: Json = null;
      const record = (details: Json): Promise<void> => {
        earlier = structuredClone(details);
        return Promise.resolve();
      };
      await failsWith(["unavailable"], bench.createNative(engine, name, { id, record }));
      const made = await bench.createNative(engine, name, { id, record, earlier });
      faulty.verifyAllFired();
      assert.equal(made.status, "complete");
      const keys = (await list(engine, name)).map((snapshot) => snapshot.key);
      assert.deepEqual(keys.toSorted(), [other.key, made.key].toSorted());
    },
    needsNative,
  ),

  caseOf(
    "a create that died anywhere is finished by the next attempt, never made twice",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      await eachDeath(bench, async (mortal, race) => {
        const before = (await list(engine, name)).map((snapshot) => snapshot.key);
        const id = bench.snapshotId(name);
        let earlier: Json = null;
        const record = (details: Json): Promise<void> => {
          earlier = structuredClone(details);
          return Promise.resolve();
        };
        const hasDied = await race(bench.createNative(mortal, name, { id, record }));
        const made = await bench.createNative(engine, name, { id, record, earlier });
        assert.equal(made.status, "complete");
        const after = (await list(engine, name)).map((snapshot) => snapshot.key);
        assert.deepEqual(after.toSorted(), [...before, made.key].toSorted());
        return hasDied;
      });
    },
    all(needsNative, needsMortal),
  ),

  caseOf(
    "a create that cannot record what it does goes no further",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      let recordCount = 0;
      const full = new SnapformError("resource-exhausted", "the journal is full");
      const record = (): Promise<void> => {
        recordCount += 1;
        return Promise.reject(full);
      };
      const work = bench.createNative(engine, name, { record });
      // An engine that needs nothing remembered never asks.
      const error: unknown = await work.then(
        () => null,
        (reason: unknown) => reason,
      );
      if (recordCount > 0) assert.equal(error, full);
      assert.ok(recordCount <= 1, "it asked again after it was refused");
    },
    needsNative,
  ),

  caseOf(
    "a snapshot that is deleted is gone, and deleting it again is a success",
    async (bench) => {
      const engine = await bench.open();
      const points = pointsFrom(1, 20);
      const name = await bench.collection(points);
      const doomed = await bench.createNative(engine, name);
      const kept = await bench.createNative(engine, name);
      await engine.deleteNative(doomed, contextOf());
      await engine.deleteNative(doomed, contextOf());
      const [left, ...more] = await list(engine, name);
      assert.equal(left?.key, kept.key);
      assert.equal(left?.status, "complete");
      assert.deepEqual(more, []);
      await bench.holds(name, points);
    },
    needsNative,
  ),

  caseOf(
    "a delete that died anywhere is finished by the next one, and nothing broken looks complete",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const kept = await bench.createNative(engine, name);
      await eachDeath(bench, async (mortal, race) => {
        const doomed = await bench.createNative(engine, name);
        const hasDied = await race(mortal.deleteNative(doomed, contextOf()));
        const left = (await list(engine, name)).find((each) => each.key === doomed.key);
        if (left?.status === "complete") {
          const target = bench.name("restored");
          const source = { kind: "native", snapshot: left, collection: name } as const;
          await bench.restore(engine, source, target);
          await bench.holds(target, pointsFrom(1, 40));
        }
        await engine.deleteNative(doomed, contextOf());
        const keys = (await list(engine, name)).map((snapshot) => snapshot.key);
        assert.deepEqual(keys, [kept.key]);
        return hasDied;
      });
    },
    all(needsNative, needsMortal),
  ),

  caseOf(
    "a create that is cancelled before it begins makes nothing",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const request = {
        snapshotId: bench.snapshotId(name),
        collection: name,
        description: null,
        earlier: null,
        record: (): Promise<void> => Promise.resolve(),
      };
      await failsWith(["cancelled"], engine.createNative(request, contextOf(AbortSignal.abort())));
      assert.deepEqual(await list(engine, name), []);
    },
    needsNative,
  ),
];
