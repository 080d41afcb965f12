import assert from "node:assert/strict";
import { CHECK_LEVELS } from "../../snapshot/capabilities.ts";
import { caseOf, contextOf, failsWith, pointsFrom } from "./bench.ts";
import { needsIdentity, type EngineCase } from "./case.ts";

/** Looking at a cluster, and the names that it goes by. */
export const observeCases: readonly EngineCase[] = [
  caseOf("the calls of the driver are those that its capabilities declare", async (bench) => {
    const driver = await bench.harness.open();
    const { capabilities } = driver;
    const isNative = capabilities.create === "native";
    const calls = {
      capture: "capture" in driver && driver.capture !== undefined,
      createNative: "createNative" in driver && driver.createNative !== undefined,
      deleteNative: "deleteNative" in driver && driver.deleteNative !== undefined,
      readNative: "readNative" in driver && driver.readNative !== undefined,
      moveAlias: "moveAlias" in driver && driver.moveAlias !== undefined,
    };
    assert.deepEqual(calls, {
      capture: !isNative,
      createNative: isNative,
      deleteNative: isNative,
      readNative: isNative && capabilities.copyOut,
      moveAlias: capabilities.restore.alias,
    });
    assert.equal(driver.engine, capabilities.engine);
    assert.ok(capabilities.concurrency >= 1);
    const levels = CHECK_LEVELS.filter((level) => capabilities.checks.includes(level));
    assert.ok(levels.length > 0, "some level of check can be reached");
    await driver.close();
  }),

  caseOf("a collection is observed with its name, identity and number of points", async (bench) => {
    const engine = await bench.open();
    const name = await bench.collection(pointsFrom(1, 12));
    const { identity, collections } = await engine.observe(contextOf());
    assert.ok(identity, "a cluster that exists has an identity");
    const seen = collections.find((each) => each.name === name);
    assert.ok(seen, "the collection is seen");
    assert.equal(seen.problem, null);
    assert.ok(seen.points === 12 || seen.points === null, `${seen.points} points instead of 12`);
    assert.notEqual(seen.identity, "");
  }),

  caseOf("a cluster and a collection are the same to every process, for ever", async (bench) => {
    const engine = await bench.open();
    const name = await bench.collection();
    const { identity } = await engine.observe(contextOf());
    const collection = await bench.identityOf(engine, name);
    await bench.harness.write(name, pointsFrom(41, 3));
    await bench.harness.remove(name, [1]);
    await bench.harness.tidy?.(name);
    const other = await bench.open();
    assert.equal((await other.observe(contextOf())).identity, identity);
    assert.equal(await bench.identityOf(other, name), collection);
  }),

  caseOf(
    "a collection that is dropped and made anew is another one",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const before = await bench.identityOf(engine, name);
      await bench.harness.drop(name);
      assert.equal(await bench.identityOf(engine, name), null);
      await bench.harness.create(name, pointsFrom(1, 40));
      const after = await bench.identityOf(engine, name);
      if (before !== null || after !== null) assert.notEqual(after, before);
    },
    needsIdentity,
  ),

  caseOf("collections are observed one by one, each with its own identity", async (bench) => {
    const engine = await bench.open();
    const names = [await bench.collection(), await bench.collection([]), await bench.collection()];
    const { collections } = await engine.observe(contextOf());
    const seen = collections.filter(({ name }) => names.includes(name));
    assert.deepEqual(seen.map(({ name }) => name).toSorted(), names.toSorted());
    const identities = seen.map(({ identity }) => identity).filter((each) => each !== null);
    assert.equal(new Set(identities).size, identities.length);
  }),

  caseOf("looking is stopped by its signal", async (bench) => {
    const engine = await bench.open();
    const context = contextOf(AbortSignal.abort());
    await failsWith(["cancelled"], engine.observe(context));
    await failsWith(["cancelled"], engine.listNative([bench.name()], [], context));
  }),
];
