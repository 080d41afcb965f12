import assert from "node:assert/strict";
import { CHECK_LEVELS } from "../../snapshot/capabilities.ts";
import { caseOf, contextOf, failsWith, pointsFrom } from "./bench.ts";
import { needsRepository, type EngineCase } from "./case.ts";

/** Comparing a live collection with a manifest. */
export const checkCases: readonly EngineCase[] = [
  ...CHECK_LEVELS.map((level) =>
    caseOf(
      `a collection that was not touched passes the check by ${level}`,
      async (bench) => {
        const engine = await bench.open();
        const name = await bench.collection();
        const manifest = await bench.takeOut(engine, name);
        const result = await engine.check(name, manifest, level, contextOf());
        assert.ok(CHECK_LEVELS.indexOf(result.level) <= CHECK_LEVELS.indexOf(level));
        if (result.level !== level) assert.ok(result.limitation, "it says why it went no higher");
        assert.ok(result.findings.length > 0 || result.limitation !== null, "it says something");
      },
      needsRepository,
    ),
  ),

  caseOf(
    "a collection with more or fewer points does not pass",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const manifest = await bench.takeOut(engine, name);
      const codes = ["failed-precondition", "corrupt"] as const;
      await bench.harness.write(name, pointsFrom(41, 1));
      await failsWith(codes, engine.check(name, manifest, "deep", contextOf()));
      await bench.harness.remove(name, [41, 40]);
      await failsWith(codes, engine.check(name, manifest, "deep", contextOf()));
    },
    needsRepository,
  ),

  caseOf(
    "a collection that is not there is not found",
    async (bench) => {
      const engine = await bench.open();
      const manifest = await bench.takeOut(engine, await bench.collection());
      const missing = bench.name("missing");
      await failsWith(["not-found"], engine.check(missing, manifest, "hashes", contextOf()));
    },
    needsRepository,
  ),

  caseOf(
    "a check is stopped by its signal",
    async (bench) => {
      const engine = await bench.open();
      const name = await bench.collection();
      const manifest = await bench.takeOut(engine, name);
      const context = contextOf(AbortSignal.abort());
      await failsWith(["cancelled"], engine.check(name, manifest, "hashes", context));
    },
    needsRepository,
  ),
];
