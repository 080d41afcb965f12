import { describe, expect, test } from "vitest";
import type { Capture, EngineDriver, SourceFile } from "../../../src/engine/driver.ts";
import type { MemoryFlavour } from "../../../src/engines/memory/capabilities.ts";
import { contentHash, decodePoints } from "../../../src/engines/memory/content.ts";
import { MemoryWorld } from "../../../src/engines/memory/world.ts";
import { runEngineContract } from "../../../src/testing/engine-contract.ts";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import { memoryHarness } from "../../../src/testing/memory-harness.ts";

interface Canary {
  readonly title: string;
  readonly flavour: Partial<MemoryFlavour>;
  readonly spoil: (driver: EngineDriver, world: MemoryWorld) => Partial<EngineDriver>;
  /** A case that must notice. */
  readonly caught: string;
}

async function textOf(file: SourceFile): Promise<string> {
  const chunks: Uint8Array[] = [];
  const { signal } = new AbortController();
  for await (const chunk of await file.open(0, signal)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** The first part of one capture with the other parts of a later one, vouched for as if whole. */
async function torn(early: Capture, late: Capture): Promise<Capture> {
  const parts = late.parts.map((part, index) => (index === 0 ? (early.parts[0] ?? part) : part));
  const texts = await Promise.all(parts.flatMap((part) => part.files).map(textOf));
  const points = decodePoints(texts.join(""));
  const hash = contentHash(new Map(points.map((point) => [point.id, point])));
  const counts = { before: points.length, after: points.length };
  const draft = { ...late.draft, details: { contentHash: hash }, points: counts };
  const close = async (): Promise<void> => {
    await early.close();
    await late.close();
  };
  return { draft, parts, close };
}

const calls = (driver: EngineDriver): Required<EngineDriver> => driver as Required<EngineDriver>;
const captured = { create: "capture", parts: 3 } as const;

const canaries: readonly Canary[] = [
  {
    title: "a capture is torn over two moments",
    flavour: captured,
    spoil: (driver) => ({
      async capture(request, context) {
        const early = await calls(driver).capture(request, context);
        for (let turn = 0; turn < 8; turn += 1) await new Promise((go) => void setImmediate(go));
        return torn(early, await calls(driver).capture(request, context));
      },
    }),
    caught: "a capture under a writer is one point in time",
  },
  {
    title: "a capture leaves its hold behind",
    flavour: captured,
    spoil: (driver) => ({
      async capture(request, context) {
        const { draft, parts } = await calls(driver).capture(request, context);
        return { draft, parts, close: () => Promise.resolve() };
      },
    }),
    caught: "a capture that is closed leaves nothing, and others go on",
  },
  {
    title: "a restore into a new collection overwrites the one that is there",
    flavour: {},
    spoil: (driver, world) => ({
      async restore(request, context) {
        if (request.procedure === "new") world.drop(request.target);
        return driver.restore(request, context);
      },
    }),
    caught: "a new collection never takes the place of one that is there",
  },
  {
    title: "a restore looks at the name of its target only",
    flavour: {},
    spoil: (driver, world) => ({
      restore(request, context) {
        const expectedIdentity = world.collections.get(request.target)?.identity ?? null;
        return driver.restore({ ...request, expectedIdentity }, context);
      },
    }),
    caught: "a restore with procedure replace is refused when the target is another one",
  },
  {
    title: "a restore shows its target before it is whole",
    flavour: captured,
    spoil: (driver, world) => ({
      async restore(request, context) {
        const isNew = request.procedure === "new" && world.read(request.target) === null;
        if (!isNew) return driver.restore(request, context);
        const { identity } = world.createCollection(request.target);
        const forward = { ...request, procedure: "replace", expectedIdentity: identity } as const;
        return driver.restore(forward, context);
      },
    }),
    caught: "a repository that goes away leaves nothing half restored, and the run can be repeated",
  },
  {
    title: "a create forgets what an earlier attempt has made",
    flavour: { serverNames: true },
    spoil: (driver) => ({
      createNative: (request, context) =>
        calls(driver).createNative({ ...request, earlier: null }, context),
    }),
    caught: "a create whose answer was lost makes no second snapshot when it is tried again",
  },
  {
    title: "a create does not wait for its notes",
    flavour: { serverNames: true },
    spoil: (driver) => ({
      createNative: (request, context) => {
        const record = async (): Promise<void> => void (await request.record(null).catch(() => 0));
        return calls(driver).createNative({ ...request, record }, context);
      },
    }),
    caught: "a create that cannot record what it does goes no further",
  },
  {
    title: "a delete of what is gone fails",
    flavour: {},
    spoil: (driver, world) => ({
      async deleteNative(snapshot, context) {
        if (!world.snapshots.some((each) => each.name === snapshot.key)) {
          throw new Error("404 Not Found");
        }
        await calls(driver).deleteNative(snapshot, context);
      },
    }),
    caught: "a snapshot that is deleted is gone, and deleting it again is a success",
  },
  {
    title: "a collection is known by its name",
    flavour: {},
    spoil: (driver) => ({
      async observe(context) {
        const seen = await driver.observe(context);
        const collections = seen.collections.map((each) => ({ ...each, identity: each.name }));
        return { ...seen, collections };
      },
    }),
    caught: "a collection that is dropped and made anew is another one",
  },
  {
    title: "a finished run is forgotten",
    flavour: {},
    spoil: (_driver, world) => ({
      recoverRestore: ({ runId }) => {
        world.journals.delete(runId);
        return Promise.resolve({ kind: "none" });
      },
    }),
    caught: "a restore with procedure new that died anywhere is taken back or finished",
  },
  {
    title: "a check compares nothing",
    flavour: {},
    spoil: () => ({
      check: (_collection, _manifest, level) =>
        Promise.resolve({ level, findings: ["All is well."], limitation: null }),
    }),
    caught: "a collection with more or fewer points does not pass",
  },
];

describe("the engine contract (canary)", () => {
  test.each(canaries)("notices when $title", async ({ flavour, spoil, caught }) => {
    const world = new MemoryWorld(flavour);
    const clock = new FakeClock({ skipsSleep: true });
    const harness = memoryHarness(world, clock, (driver) => ({
      ...driver,
      ...spoil(driver, world),
    }));
    const results = await runEngineContract(harness, () => undefined);
    const failed = results.filter(({ status }) => status === "failed");
    expect(failed.map(({ title }) => title)).toContain(caught);
  });

  test("finds nothing wrong with a driver that is right, and tells of each case", async () => {
    const clock = new FakeClock({ skipsSleep: true });
    const world = new MemoryWorld();
    const told: string[] = [];
    const results = await runEngineContract(memoryHarness(world, clock), ({ title, status }) => {
      told.push(title);
      expect(`${title}: ${status}`).not.toMatch(/failed$/);
    });
    expect(told).toEqual(results.map(({ title }) => title));
    expect(new Set(told).size).toBe(told.length);
    expect([...world.collections.keys()]).toEqual([]);
    expect(results.filter(({ status, detail }) => status === "skipped" && !detail)).toEqual([]);
  });

  test("touches nothing but collections of its own", async () => {
    const clock = new FakeClock({ skipsSleep: true });
    const world = new MemoryWorld();
    world.createCollection("docs", [{ id: "1", text: "mine", vector: [1] }]);
    const identity = world.collections.get("docs")?.identity;
    await runEngineContract(memoryHarness(world, clock), () => undefined);
    expect([...world.collections.keys()]).toEqual(["docs"]);
    expect(world.collections.get("docs")?.identity).toBe(identity);
    expect(world.read("docs")).toHaveLength(1);
    const harness = { ...memoryHarness(world, clock), prefix: "docs" };
    await expect(runEngineContract(harness, () => undefined)).rejects.toThrow("no prefix");
  });

  test("stops between two cases when it is told to", async () => {
    const controller = new AbortController();
    const harness = memoryHarness(new MemoryWorld(), new FakeClock({ skipsSleep: true }));
    const work = runEngineContract(harness, () => controller.abort(), controller.signal);
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
  });
});
