import { describe, test } from "vitest";
import type { MemoryFlavour } from "../../../src/engines/memory/capabilities.ts";
import { MemoryWorld } from "../../../src/engines/memory/world.ts";
import { engineContract } from "../../../src/testing/engine-contract.ts";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import { memoryHarness } from "../../../src/testing/memory-harness.ts";
import { runCase } from "./run-case.ts";

const flavours: Readonly<Record<string, Partial<MemoryFlavour>>> = {
  "one node that keeps snapshots under our names": {},
  "three nodes that name snapshots by the second (like Qdrant)": {
    parts: 3,
    serverNames: true,
    inPlace: false,
  },
  "snapshots that never leave the cluster (like Milvus)": {
    copyOut: false,
    inPlace: false,
    overwrite: false,
    pin: "server",
  },
  "snapshots that are born in a repository (like LanceDB)": { create: "capture", alias: false },
  "three nodes that are captured": { create: "capture", parts: 3 },
  "our names without idempotence, and a rollback over three nodes": {
    parts: 3,
    idempotentCreate: false,
  },
};

describe.each(Object.entries(flavours))("the engine contract in memory: %s", (_title, flavour) => {
  test.for(engineContract)("$title", async (each, { skip }) => {
    const clock = new FakeClock({ skipsSleep: true });
    await runCase(each, memoryHarness(new MemoryWorld(flavour), clock), skip);
  });
});
