import assert from "node:assert/strict";
import type { Engine } from "../../engine/engine.ts";
import type { RestoreProcedure } from "../../snapshot/capabilities.ts";
import {
  type Bench,
  caseOf,
  contextOf,
  failsWith,
  pointsFrom,
  type RestoreSource,
} from "./bench.ts";
import {
  all,
  needsInPlace,
  needsMortal,
  needsOverwrite,
  type ContractPoint,
  type EngineCase,
} from "./case.ts";
import { eachDeath } from "./deaths.ts";

const WANTED = pointsFrom(1, 60);

interface Scene {
  readonly source: RestoreSource;
  readonly target: string;
  readonly expectedIdentity: string | null;
  /** What the target holds before; null when it is not there. */
  readonly before: readonly ContractPoint[] | null;
}

/** A snapshot, and a target that waits for it. */
async function sceneOf(bench: Bench, engine: Engine, procedure: RestoreProcedure): Promise<Scene> {
  const name = await bench.collection(WANTED);
  const source = await bench.take(engine, name);
  if (procedure === "new") {
    return { source, target: bench.name("restored"), expectedIdentity: null, before: null };
  }
  if (procedure === "in-place") {
    await bench.harness.write(name, pointsFrom(61, 20));
    const expectedIdentity = await bench.identityOf(engine, name);
    return { source, target: name, expectedIdentity, before: pointsFrom(1, 80) };
  }
  const before = pointsFrom(200, 30);
  const target = await bench.collection(before);
  return { source, target, expectedIdentity: await bench.identityOf(engine, target), before };
}

/** Recovers a run and sees that the target is either as before or wholly restored. */
async function recovered(
  bench: Bench,
  engine: Engine,
  scene: Scene,
  runId: string,
): Promise<boolean> {
  const { target, before } = scene;
  const trace = await bench.recover(engine, runId, target);
  const isFinished = trace.kind === "finished";
  await bench.holds(target, isFinished ? WANTED : before);
  if (isFinished) assert.equal(trace.targetIdentity, await bench.identityOf(engine, target));
  const again = await bench.recover(engine, runId, target);
  assert.ok(isFinished ? again.kind !== "cleaned" : again.kind === "none", again.kind);
  await bench.isTidy();
  return isFinished;
}

function dieAnywhere(procedure: RestoreProcedure): (bench: Bench) => Promise<void> {
  return async (bench) => {
    const engine = await bench.open();
    await eachDeath(bench, async (mortal, race) => {
      const scene = await sceneOf(bench, engine, procedure);
      const { source, target, expectedIdentity } = scene;
      const runId = bench.runId();
      const options = { runId, procedure, expectedIdentity };
      const hasDied = await race(bench.restore(mortal, source, target, options));
      await recovered(bench, engine, scene, runId);
      await bench.restore(engine, source, target, options);
      await bench.holds(target, WANTED);
      await bench.isTidy();
      await bench.harness.drop(target);
      return hasDied;
    });
  };
}

/** A signal that aborts at the first sign of life of a restore, wherever that comes from. */
function cancelledMidway(bench: Bench, scene: Scene) {
  const controller = new AbortController();
  const { source } = scene;
  const beforeFile = (): Promise<void> => {
    controller.abort();
    return Promise.resolve();
  };
  const watched: RestoreSource =
    source.kind === "native" ? source : bench.fromShelf(source.reader.manifest, { beforeFile });
  const context = contextOf(controller.signal, () => controller.abort());
  return { controller, watched, context };
}

function cancelAnywhere(procedure: RestoreProcedure): (bench: Bench) => Promise<void> {
  return async (bench) => {
    const engine = await bench.open();
    for (const moment of ["before", "at-once", "midway"] as const) {
      const scene = await sceneOf(bench, engine, procedure);
      const { target, expectedIdentity } = scene;
      const { controller, watched, context } = cancelledMidway(bench, scene);
      const runId = bench.runId();
      if (moment === "before") controller.abort();
      const options = { runId, procedure, expectedIdentity };
      const work = bench.restore(engine, watched, target, options, context);
      if (moment === "at-once") controller.abort();
      const hasEnded = await work.then(
        () => true,
        (error: unknown) =>
          failsWith(["cancelled"], Promise.reject(error as Error)).then(() => false),
      );
      assert.ok(!(hasEnded && moment === "before"), "it began although it was cancelled");
      // What has gone too far to stop is finished, and says so.
      const isFinished = await recovered(bench, engine, scene, runId);
      if (hasEnded) assert.ok(isFinished, "what has ended well is finished");
      await engine.sweep(contextOf());
      await bench.isTidy();
      await bench.harness.drop(target);
    }
  };
}

const PROCEDURES = [
  ["new", () => null],
  ["in-place", needsInPlace],
  ["replace", needsOverwrite],
] as const;

/** Restores that die or are cancelled, anywhere: never half taken, always repeatable. */
export const interruptCases: readonly EngineCase[] = PROCEDURES.flatMap(([procedure, need]) => [
  caseOf(
    `a restore with procedure ${procedure} that died anywhere is taken back or finished`,
    dieAnywhere(procedure),
    all(need, needsMortal),
  ),
  caseOf(
    `a restore with procedure ${procedure} that is cancelled is taken back or finished`,
    cancelAnywhere(procedure),
    need,
  ),
]);
