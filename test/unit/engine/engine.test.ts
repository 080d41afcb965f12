import { describe, expect, test } from "vitest";
import type { EngineDriver, RestoreRequest } from "../../../src/engine/driver.ts";
import { openEngine, type Engine } from "../../../src/engine/engine.ts";
import { MEMORY_FLAVOUR, memoryCapabilities } from "../../../src/engines/memory/capabilities.ts";
import { openMemoryDriver } from "../../../src/engines/memory/driver.ts";
import { MemoryWorld } from "../../../src/engines/memory/world.ts";
import { SnapformError } from "../../../src/errors/index.ts";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import { openFaultyDriver } from "../../../src/testing/faulty-driver.ts";
import { contextOf, countedCapture, emptyCluster, settle, stubDriver } from "./stub-driver.ts";

const clock = new FakeClock({ skipsSleep: true });

function open(driver: EngineDriver, concurrency?: number): Engine {
  const options = { cluster: "prod", clock };
  return openEngine(driver, concurrency === undefined ? options : { ...options, concurrency });
}

function restoreRequest(change: Partial<RestoreRequest>): RestoreRequest {
  const world = new MemoryWorld();
  const snapshot = {
    key: "k",
    id: null,
    collection: "docs",
    startedAt: "2026-01-01T00:00:00Z",
    finishedAt: null,
    description: null,
    bytes: 0,
    status: "complete",
    parts: [],
    points: null,
    layout: null,
    pinned: false,
    details: null,
  } as const;
  return {
    runId: "run",
    source: { kind: "native", snapshot, collection: world.identity },
    target: "docs",
    procedure: "new",
    expectedIdentity: null,
    check: "hashes",
    route: [],
    aliases: false,
    earlier: null,
    record: () => Promise.resolve(),
    ...change,
  };
}

describe("openEngine", () => {
  test("has the driver's engine and capabilities, every call, and the cluster's name", () => {
    const driver = stubDriver();
    const engine = open(driver);
    expect(engine).toMatchObject({ engine: "memory", cluster: "prod" });
    expect(engine.capabilities).toBe(driver.capabilities);
    expect(typeof engine.createNative).toBe("function");
  });

  test.each<[string, Partial<EngineDriver>]>([
    ["capture", { capture: undefined as never }],
    ["createNative", { capabilities: memoryCapabilities({ ...MEMORY_FLAVOUR, alias: false }) }],
    ["moveAlias", { capabilities: memoryCapabilities({ ...MEMORY_FLAVOUR, create: "capture" }) }],
  ])("refuses a driver that lacks the %s that it declares", (name, calls) => {
    expect(() => open(stubDriver(calls))).toThrow(name);
  });

  test("refuses what the engine cannot do before its driver sees it", async () => {
    const engine = open(stubDriver());
    const create = {
      snapshotId: "s",
      collection: "docs",
      description: null,
      earlier: null,
      record: () => Promise.resolve(),
    };
    const { source } = restoreRequest({});
    const snapshot = source.kind === "native" ? source.snapshot : (null as never);
    const code = { code: "unimplemented" };
    await expect(engine.createNative(create, contextOf())).rejects.toMatchObject(code);
    await expect(engine.readNative(snapshot, contextOf())).rejects.toMatchObject(code);
    await expect(engine.deleteNative(snapshot, contextOf())).rejects.toMatchObject(code);
    await expect(engine.moveAlias("a", "docs", contextOf())).rejects.toMatchObject(code);
    await expect(engine.restore(restoreRequest({}), contextOf())).rejects.toMatchObject(code);
  });

  test("refuses a procedure that is not within the capabilities", async () => {
    const world = new MemoryWorld({ inPlace: false, overwrite: false });
    const engine = open(openMemoryDriver({ world, clock }));
    for (const procedure of ["in-place", "replace"] as const) {
      const work = engine.restore(restoreRequest({ procedure }), contextOf());
      await expect(work).rejects.toMatchObject({ code: "unimplemented" });
    }
  });

  test.each<Partial<RestoreRequest>>([
    { runId: "" },
    { target: "" },
    { procedure: "new", expectedIdentity: "x" },
  ])("refuses the restore %j, which cannot be meant", async (change) => {
    const engine = open(openMemoryDriver({ world: new MemoryWorld(), clock }));
    const work = engine.restore(restoreRequest(change), contextOf());
    await expect(work).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("retries, and ends in a SnapformError", async () => {
    const faulty = openFaultyDriver(
      stubDriver({ observe: () => Promise.resolve(emptyCluster) }),
      clock,
    );
    const busy = new SnapformError("unavailable", "busy", { retryable: true });
    faulty.fail("observe").before(busy).times(2);
    faulty.fail("observe").before(new Error("bug"));
    const engine = open(faulty);
    await expect(engine.observe(contextOf())).rejects.toMatchObject({ code: "internal" });
    expect(await engine.observe(contextOf())).toBe(emptyCluster);
    faulty.verifyAllFired();
  });

  test("runs no more at once than the engine allows, whatever is asked", async () => {
    let runningCount = 0;
    let mostCount = 0;
    const inner = stubDriver({
      async capture() {
        runningCount += 1;
        mostCount = Math.max(mostCount, runningCount);
        await settle();
        const { capture } = countedCapture();
        const close = (): Promise<void> => {
          runningCount -= 1;
          return Promise.resolve();
        };
        return { ...capture, close };
      },
    });
    for (const [concurrency, most] of [
      [2, 2],
      [99, 4],
    ] as const) {
      mostCount = 0;
      const engine = open(inner, concurrency);
      const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
      const take = async (collection: string): Promise<void> => {
        const request = { snapshotId: "s", collection, previous: [] };
        await (await engine.capture(request, contextOf())).close();
      };
      await Promise.all(names.map(take));
      expect(mostCount).toBe(most);
    }
  });

  test("closes its driver once, and does nothing afterwards", async () => {
    let closedCount = 0;
    const inner = stubDriver({
      observe: () => Promise.resolve(emptyCluster),
      close: () => {
        closedCount += 1;
        return Promise.resolve();
      },
    });
    const engine = open(inner);
    await Promise.all([engine.close(), engine.close()]);
    expect(closedCount).toBe(1);
    const work = engine.observe(contextOf());
    await expect(work).rejects.toMatchObject({ code: "failed-precondition" });
  });
});
