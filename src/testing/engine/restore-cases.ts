import assert from "node:assert/strict";
import { CHECK_LEVELS } from "../../snapshot/capabilities.ts";
import { caseOf, contextOf, failsWith, pointsFrom } from "./bench.ts";
import { needsExclusive, needsRepository, without, type EngineCase } from "./case.ts";

/** Restoring into a collection that does not exist, from wherever the engine's snapshots are. */
export const restoreCases: readonly EngineCase[] = [
  caseOf("a snapshot is restored with the same content", async (bench) => {
    const engine = await bench.open();
    const points = pointsFrom(1, 200);
    const name = await bench.collection(points);
    const source = await bench.take(engine, name);
    const target = bench.name("restored");
    const result = await bench.restore(engine, source, target);
    await bench.holds(target, points);
    await bench.holds(name, points);
    assert.equal(result.targetIdentity, await bench.identityOf(engine, target));
    await bench.isTidy();
  }),

  caseOf("an empty collection is restored as an empty one", async (bench) => {
    const engine = await bench.open();
    const name = await bench.collection([]);
    const source = await bench.take(engine, name);
    const target = bench.name("restored");
    await bench.restore(engine, source, target);
    await bench.holds(target, []);
    await bench.harness.write(target, pointsFrom(1, 4));
    await bench.holds(target, pointsFrom(1, 4));
  }),

  caseOf(
    "a restored collection can be written to, and its source is another one",
    async (bench) => {
      const engine = await bench.open();
      const points = pointsFrom(1, 20);
      const name = await bench.collection(points);
      const source = await bench.take(engine, name);
      const target = bench.name("restored");
      await bench.restore(engine, source, target);
      await bench.harness.write(target, pointsFrom(21, 5));
      await bench.harness.remove(target, [1]);
      await bench.holds(target, pointsFrom(2, 24));
      await bench.holds(name, points);
      const identity = await bench.identityOf(engine, target);
      if (identity !== null) assert.notEqual(identity, await bench.identityOf(engine, name));
    },
  ),

  caseOf("a snapshot can be restored several times", async (bench) => {
    const engine = await bench.open();
    const points = pointsFrom(1, 20);
    const source = await bench.take(engine, await bench.collection(points));
    for (const target of [bench.name("first"), bench.name("second")]) {
      await bench.restore(engine, source, target);
      await bench.holds(target, points);
    }
  }),

  caseOf("a snapshot of a collection that is not there is not found", async (bench) => {
    const engine = await bench.open();
    const name = bench.name("missing");
    await failsWith(["not-found"], bench.take(engine, name));
    await bench.holds(name, null);
    await bench.isTidy();
  }),

  caseOf("a new collection never takes the place of one that is there", async (bench) => {
    const engine = await bench.open();
    const source = await bench.take(engine, await bench.collection());
    const others = pointsFrom(500, 7);
    const target = await bench.collection(others);
    const identity = await bench.identityOf(engine, target);
    await failsWith(["already-exists"], bench.restore(engine, source, target));
    await bench.holds(target, others);
    assert.equal(await bench.identityOf(engine, target), identity);
    await bench.isTidy();
  }),

  caseOf(
    "of two restores into one new collection one wins",
    async (bench) => {
      const engine = await bench.open();
      const [first, second] = [pointsFrom(1, 80), pointsFrom(200, 90)];
      const sources = [
        await bench.take(engine, await bench.collection(first)),
        await bench.take(engine, await bench.collection(second)),
      ];
      const target = bench.name("restored");
      const works = sources.map((source) => bench.restore(engine, source, target));
      const outcomes = await Promise.allSettled(works);
      const losers = outcomes.filter((outcome) => outcome.status === "rejected");
      assert.equal(losers.length, 1, "one of them is refused");
      await failsWith(["already-exists", "aborted"], Promise.reject(losers[0]?.reason as Error));
      await bench.holds(target, outcomes[0]?.status === "fulfilled" ? first : second);
      await bench.isTidy();
    },
    needsExclusive,
  ),

  caseOf("a run that is repeated finds what it has done", async (bench) => {
    const engine = await bench.open();
    const points = pointsFrom(1, 20);
    const source = await bench.take(engine, await bench.collection(points));
    const target = bench.name("restored");
    const runId = bench.runId();
    const first = await bench.restore(engine, source, target, { runId });
    const trace = await bench.recover(engine, runId, target);
    if (trace.kind === "finished") assert.equal(trace.targetIdentity, first.targetIdentity);
    else assert.equal(trace.kind, "none");
    const second = await bench.restore(await bench.open(), source, target, { runId });
    assert.equal(second.targetIdentity, first.targetIdentity);
    await bench.holds(target, points);
  }),

  caseOf("a run that nobody has begun has left nothing", async (bench) => {
    const engine = await bench.open();
    const target = await bench.collection();
    const trace = await bench.recover(engine, bench.runId(), target);
    assert.deepEqual(trace, { kind: "none" });
    await bench.holds(target, pointsFrom(1, 40));
  }),

  ...CHECK_LEVELS.map((level) =>
    caseOf(`a restore says that it was checked by ${level}, or why not`, async (bench) => {
      const engine = await bench.open();
      const { checks } = engine.capabilities;
      const source = await bench.take(engine, await bench.collection());
      const { check } = await bench.restore(engine, source, bench.name("r"), { check: level });
      const reached = CHECK_LEVELS.indexOf(check.level);
      const asked = CHECK_LEVELS.indexOf(level);
      assert.ok(checks.includes(check.level), `${check.level} is a level of this engine`);
      assert.ok(reached <= asked, `${check.level} is not above ${level}`);
      assert.ok(check.findings.length > 0 || check.limitation !== null, "it says something");
      if (reached < asked) assert.ok(check.limitation, "it says why it went no higher");
    }),
  ),

  caseOf(
    "snapshots that cannot leave the cluster are not read out",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const native = await bench.createNative(engine, name);
      await failsWith(["unimplemented"], engine.readNative(native, contextOf()));
    },
    without(needsRepository, "snapshots are held in repositories"),
  ),
];
