import { describe, test } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import { engineContract } from "../../../src/testing/engine-contract.ts";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import { qdrantHarness } from "../../../src/testing/qdrant-harness.ts";
import {
  startFakeQdrant,
  type FakeQdrantOptions,
} from "../../../src/testing/qdrant/fake-qdrant.ts";
import { runCase } from "./run-case.ts";

interface Flavour {
  readonly fake: FakeQdrantOptions;
  readonly replicationFactor?: number;
  readonly shardNumber?: number;
}

const flavours: Readonly<Record<string, Flavour>> = {
  "three nodes": { fake: {}, shardNumber: 4 },
  "three nodes with two replicas of each shard": { fake: {}, replicationFactor: 2 },
  "three nodes that keep snapshots in one object store": { fake: { storage: "s3" } },
  "a server that stands alone": { fake: { nodes: 1 } },
};

describe.each(Object.entries(flavours))("the engine contract on Qdrant: %s", (_title, flavour) => {
  test.for(engineContract)("$title", async (each, { skip }) => {
    const clock = new FakeClock({ skipsSleep: true, at: "2026-11-21T01:00:00Z" });
    const { fake: options, ...collections } = flavour;
    const fake = await startFakeQdrant({ clock, ...options });
    try {
      await runCase(each, qdrantHarness({ urls: fake.urls, clock, ...collections }), skip);
    } finally {
      await fake.close();
    }
  });
});

const live = process.env["SNAPFORM_QDRANT_NODES"]?.split(",").map((url) => url.trim()) ?? [];

describe("the engine contract on live Qdrant servers", () => {
  const minute = 60_000;
  test.for(engineContract)("$title", { timeout: 10 * minute }, async (each, { skip }) => {
    if (live.length === 0) {
      skip("SNAPFORM_QDRANT_NODES does not name any: url,url,url (and SNAPFORM_QDRANT_API_KEY)");
    }
    const apiKey = process.env["SNAPFORM_QDRANT_API_KEY"] ?? null;
    await runCase(each, qdrantHarness({ urls: live, apiKey, clock: systemClock }), skip);
  });
});
