import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { engineContract } from "../../../src/testing/engine-contract.ts";
import { lancedbHarness } from "../../../src/testing/lancedb-harness.ts";
import { runCase } from "./run-case.ts";

describe("the engine contract on LanceDB", () => {
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "snapform-lancedb-"));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  test.for(engineContract)("$title", async (each, { skip }) => {
    const uri = await mkdtemp(join(root, "case-"));
    await runCase(each, lancedbHarness(uri, systemClock), skip);
  });
});
