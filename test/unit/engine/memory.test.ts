import { describe, expect, test } from "vitest";
import type { EngineDriver } from "../../../src/engine/driver.ts";
import { openMemoryDriver } from "../../../src/engines/memory/driver.ts";
import { MemoryWorld } from "../../../src/engines/memory/world.ts";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import { contextOf } from "./stub-driver.ts";

const clock = new FakeClock({ skipsSleep: true });
const points = ["a", "b", "c", "d", "e", "f"].map((id) => ({ id, text: id, vector: [1, 2] }));

function open(world: MemoryWorld): Required<EngineDriver> {
  return openMemoryDriver({ world, clock }) as Required<EngineDriver>;
}

function create(driver: Required<EngineDriver>, snapshotId: string) {
  const record = (): Promise<void> => Promise.resolve();
  const request = { snapshotId, collection: "docs", description: "why", earlier: null, record };
  return driver.createNative(request, contextOf());
}

describe("the engine in memory", () => {
  test("makes a partial snapshot when a node fails, and completes it at the next attempt", async () => {
    const world = new MemoryWorld({ parts: 3 });
    world.createCollection("docs", points);
    const driver = open(world);
    world.failingNodes.add(1);
    const partial = await create(driver, "one");
    expect(partial.status).toBe("partial");
    expect(partial.parts.map((part) => part.status)).toEqual(["complete", "partial", "complete"]);
    world.failingNodes.clear();
    expect((await create(driver, "one")).status).toBe("complete");
    expect(await driver.listNative(["docs"], [], contextOf())).toHaveLength(1);
  });

  test("does not know of the parts on a node that does not answer", async () => {
    const world = new MemoryWorld({ parts: 3 });
    world.createCollection("docs", points);
    const driver = open(world);
    const made = await create(driver, "one");
    world.downNodes.add(2);
    const [seen] = await driver.listNative(["docs"], [], contextOf());
    expect(seen?.key).toBe(made.key);
    expect(seen?.status).toBe("unknown");
    expect(seen?.parts[2]).toMatchObject({ name: "node-2", status: "unknown" });
    const deleted = driver.deleteNative(made, contextOf());
    await expect(deleted).rejects.toMatchObject({ code: "unavailable", retryable: true });
    const [collection] = (await driver.observe(contextOf())).collections;
    expect(collection).toMatchObject({ points: null, problem: { code: "unavailable" } });
    world.downNodes.clear();
    expect((await driver.listNative(["docs"], [], contextOf()))[0]?.status).toBe("complete");
  });

  test("answers nothing while it cannot be reached", async () => {
    const world = new MemoryWorld();
    world.isReachable = false;
    const work = open(world).observe(contextOf());
    await expect(work).rejects.toMatchObject({ code: "unavailable", retryable: true });
  });

  test("leaves the snapshots of a dropped collection out of reach until it is made anew", async () => {
    const world = new MemoryWorld();
    world.createCollection("docs", points);
    const driver = open(world);
    const made = await create(driver, "one");
    world.drop("docs");
    expect(await driver.listNative(["docs"], [], contextOf())).toEqual([]);
    world.createCollection("docs");
    expect(await driver.listNative(["docs"], [], contextOf())).toEqual([made]);
  });

  test("keeps our id and description only where its flavour carries them", async () => {
    for (const serverNames of [false, true]) {
      const world = new MemoryWorld({ serverNames });
      world.createCollection("docs", points);
      const { id, description, key } = await create(open(world), "one");
      expect({ id, description }).toEqual(
        serverNames ? { id: null, description: null } : { id: "one", description: "why" },
      );
      expect(key).toMatch(serverNames ? /^docs-\d{4}(-\d{2}){5}\.snapshot$/ : /^one$/);
    }
  });

  test("refuses to delete what is pinned, where the server pins", async () => {
    const world = new MemoryWorld({ pin: "server" });
    world.createCollection("docs", points);
    const driver = open(world);
    const made = await create(driver, "one");
    world.pin("docs", made.key, true);
    const work = driver.deleteNative(made, contextOf());
    await expect(work).rejects.toMatchObject({ code: "failed-precondition" });
    world.pin("docs", made.key, false);
    await driver.deleteNative(made, contextOf());
  });

  test("sweeps what dead processes have left, and nothing of the living", async () => {
    const world = new MemoryWorld({ create: "capture" });
    world.createCollection("docs", points);
    const request = { snapshotId: "one", collection: "docs", previous: [] };
    await open(world).capture(request, contextOf());
    world.crash();
    const living = open(world);
    await living.capture(request, contextOf());
    expect(world.leftovers()).toHaveLength(2);
    await living.sweep(contextOf());
    expect(world.leftovers()).toHaveLength(1);
  });

  test("never lets a dead process go on", async () => {
    const world = new MemoryWorld();
    world.createCollection("docs", points);
    const steps: string[] = [];
    const step = (name: string): Promise<void> => {
      steps.push(name);
      if (name === "create/node-0") world.crash();
      return Promise.resolve();
    };
    const driver = openMemoryDriver({ world, clock, step }) as Required<EngineDriver>;
    let hasEnded = false;
    void create(driver, "one").finally(() => (hasEnded = true));
    await clock.advance(1);
    expect(hasEnded).toBe(false);
    expect(steps).toEqual(["create/look", "create/begin", "create/begun", "create/node-0"]);
    const [left] = await open(world).listNative(["docs"], [], contextOf());
    expect(left).toMatchObject({ status: "partial", finishedAt: null });
  });
});
