import assert from "node:assert/strict";
import type { RestoreProcedure } from "../../snapshot/capabilities.ts";
import { caseOf, failsWith, pointsFrom } from "./bench.ts";
import {
  all,
  needsIdentity,
  needsInPlace,
  needsOverwrite,
  without,
  type EngineCase,
} from "./case.ts";

/** Refused wherever the target is not what the plan saw, and nothing changes. */
function refusals(procedure: RestoreProcedure, need: typeof needsInPlace): EngineCase[] {
  return [
    caseOf(
      `a restore with procedure ${procedure} is refused when the target is another one`,
      async (bench) => {
        const engine = await bench.open();
        const name = await bench.collection();
        const source = await bench.take(engine, name);
        const expectedIdentity = await bench.identityOf(engine, name);
        await bench.harness.drop(name);
        const others = pointsFrom(700, 9);
        await bench.harness.create(name, others);
        const identity = await bench.identityOf(engine, name);
        const work = bench.restore(engine, source, name, { procedure, expectedIdentity });
        await failsWith(["failed-precondition", "aborted"], work);
        await bench.holds(name, others);
        assert.equal(await bench.identityOf(engine, name), identity);
        await bench.isTidy();
      },
      all(need, needsIdentity),
    ),

    caseOf(
      `a restore with procedure ${procedure} is refused when the target is gone`,
      async (bench) => {
        const engine = await bench.open();
        const name = await bench.collection();
        const other = await bench.collection(pointsFrom(1, 3));
        const source = await bench.take(engine, name);
        const expectedIdentity = await bench.identityOf(engine, other);
        await bench.harness.drop(other);
        const work = bench.restore(engine, source, other, { procedure, expectedIdentity });
        await failsWith(["failed-precondition", "aborted", "not-found"], work);
        await bench.holds(other, null);
        await bench.isTidy();
      },
      need,
    ),
  ];
}

/** Restoring onto collections that exist. */
export const overwriteCases: readonly EngineCase[] = [
  caseOf(
    "a live collection is rolled back to what it was, and stays the same one",
    async (bench) => {
      const engine = await bench.open();
      const points = pointsFrom(1, 60);
      const name = await bench.collection(points);
      const source = await bench.take(engine, name);
      const expectedIdentity = await bench.identityOf(engine, name);
      await bench.harness.write(name, pointsFrom(61, 30));
      await bench.harness.remove(name, [1, 2, 3]);
      await bench.harness.tidy?.(name);
      const options = { procedure: "in-place", expectedIdentity } as const;
      const result = await bench.restore(engine, source, name, options);
      await bench.holds(name, points);
      assert.equal(await bench.identityOf(engine, name), expectedIdentity);
      assert.equal(result.targetIdentity, expectedIdentity);
      await bench.harness.write(name, pointsFrom(61, 2));
      await bench.holds(name, pointsFrom(1, 62));
      await bench.isTidy();
    },
    needsInPlace,
  ),

  caseOf(
    "a live collection is not rolled to a snapshot of another one",
    async (bench) => {
      const engine = await bench.open();
      const source = await bench.take(engine, await bench.collection());
      const others = pointsFrom(300, 8);
      const target = await bench.collection(others);
      const expectedIdentity = await bench.identityOf(engine, target);
      const options = { procedure: "in-place", expectedIdentity } as const;
      const work = bench.restore(engine, source, target, options);
      await failsWith(["failed-precondition", "aborted"], work);
      await bench.holds(target, others);
      await bench.isTidy();
    },
    needsInPlace,
  ),

  caseOf(
    "an engine that cannot roll back a live collection refuses to",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const source = await bench.take(engine, name);
      await bench.harness.write(name, pointsFrom(41, 2));
      const expectedIdentity = await bench.identityOf(engine, name);
      const options = { procedure: "in-place", expectedIdentity } as const;
      await failsWith(["unimplemented"], bench.restore(engine, source, name, options));
      await bench.holds(name, pointsFrom(1, 42));
    },
    without(needsInPlace, "a live collection can be rolled back"),
  ),

  caseOf(
    "another collection is replaced as a whole",
    async (bench) => {
      const engine = await bench.open();
      const points = pointsFrom(1, 60);
      const source = await bench.take(engine, await bench.collection(points));
      const target = await bench.collection(pointsFrom(40, 90));
      const expectedIdentity = await bench.identityOf(engine, target);
      const options = { procedure: "replace", expectedIdentity } as const;
      const result = await bench.restore(engine, source, target, options);
      await bench.holds(target, points);
      assert.equal(result.targetIdentity, await bench.identityOf(engine, target));
      await bench.isTidy();
    },
    needsOverwrite,
  ),

  caseOf(
    "an engine that cannot replace a collection refuses to",
    async (bench) => {
      const engine = await bench.open();
      const source = await bench.take(engine, await bench.collection());
      const others = pointsFrom(40, 9);
      const target = await bench.collection(others);
      const expectedIdentity = await bench.identityOf(engine, target);
      const options = { procedure: "replace", expectedIdentity } as const;
      await failsWith(["unimplemented"], bench.restore(engine, source, target, options));
      await bench.holds(target, others);
    },
    without(needsOverwrite, "a collection can be replaced"),
  ),

  ...refusals("in-place", needsInPlace),
  ...refusals("replace", needsOverwrite),
];
