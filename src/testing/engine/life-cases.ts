import assert from "node:assert/strict";
import { caseOf, contextOf, failsWith, pointsFrom } from "./bench.ts";
import { needsAlias, without, type EngineCase } from "./case.ts";

/** Aliases, sweeping and closing. */
export const lifeCases: readonly EngineCase[] = [
  caseOf(
    "an alias is moved in one step, and its former target is told",
    async (bench) => {
      const engine = await bench.open();
      const [first, second] = [pointsFrom(1, 5), pointsFrom(100, 6)];
      const [old, young] = [await bench.collection(first), await bench.collection(second)];
      const alias = bench.name("alias");
      assert.equal(await engine.moveAlias(alias, old, contextOf()), null);
      await bench.holds(alias, first);
      assert.equal(await engine.moveAlias(alias, young, contextOf()), old);
      await bench.holds(alias, second);
      const { collections } = await engine.observe(contextOf());
      const aliasesOf = (name: string) => collections.find((each) => each.name === name)?.aliases;
      assert.deepEqual([aliasesOf(old), aliasesOf(young)], [[], [alias]]);
      assert.equal(aliasesOf(alias), undefined, "an alias is no collection");
    },
    needsAlias,
  ),

  caseOf(
    "an alias is not pointed at a collection that is not there",
    async (bench) => {
      const engine = await bench.open();
      const [alias, name] = [bench.name("alias"), await bench.collection()];
      await engine.moveAlias(alias, name, contextOf());
      const work = engine.moveAlias(alias, bench.name("missing"), contextOf());
      await failsWith(["not-found"], work);
      await bench.holds(alias, pointsFrom(1, 40));
    },
    needsAlias,
  ),

  caseOf(
    "a new collection does not take an alias's name",
    async (bench) => {
      const engine = await bench.open();
      const [alias, name] = [bench.name("alias"), await bench.collection()];
      const source = await bench.take(engine, name);
      await engine.moveAlias(alias, name, contextOf());
      const codes = ["already-exists", "failed-precondition"] as const;
      await failsWith(codes, bench.restore(engine, source, alias));
      await bench.holds(alias, pointsFrom(1, 40));
    },
    needsAlias,
  ),

  caseOf(
    "an engine without aliases refuses to move one",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const work = engine.moveAlias(bench.name("alias"), name, contextOf());
      await failsWith(["unimplemented"], work);
    },
    without(needsAlias, "an alias can be moved"),
  ),

  caseOf("sweeping touches nothing that is whole", async (bench) => {
    const engine = await bench.open();
    const points = pointsFrom(1, 20);
    const name = await bench.collection(points);
    const source = await bench.take(engine, name);
    const target = bench.name("restored");
    await bench.restore(engine, source, target);
    const listed = await engine.listNative([name], [], contextOf());
    await engine.sweep(contextOf());
    await engine.sweep(contextOf());
    await bench.holds(name, points);
    await bench.holds(target, points);
    assert.deepEqual(await engine.listNative([name], [], contextOf()), listed);
  }),

  caseOf("an engine is closed twice, and does nothing afterwards", async (bench) => {
    const engine = await bench.open();
    await engine.close();
    await engine.close();
    await failsWith(["failed-precondition"], engine.observe(contextOf()));
  }),

  caseOf("a request without a name is refused", async (bench) => {
    const engine = await bench.open();
    await failsWith(["invalid-argument"], engine.listNative([""], [], contextOf()));
    await failsWith(["invalid-argument"], bench.take(engine, ""));
    await failsWith(["invalid-argument"], bench.recover(engine, "", "target"));
  }),
];
