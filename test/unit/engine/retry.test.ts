import { describe, expect, test } from "vitest";
import type { EngineDriver } from "../../../src/engine/driver.ts";
import { withRetry } from "../../../src/engine/retry.ts";
import type { DriverMethod } from "../../../src/engine/wrap.ts";
import { SnapformError } from "../../../src/errors/index.ts";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import { openFaultyDriver } from "../../../src/testing/faulty-driver.ts";
import { contextOf, emptyCluster, settle, stubDriver } from "./stub-driver.ts";

const busy = new SnapformError("unavailable", "busy", { retryable: true });

function scene(calls: Partial<EngineDriver> = {}, skipsSleep = true) {
  const clock = new FakeClock({ skipsSleep });
  const stub = stubDriver({ observe: () => Promise.resolve(emptyCluster), ...calls });
  const faulty = openFaultyDriver(stub, clock);
  const options = { clock, attempts: 4, baseMs: 100, capMs: 250 };
  return { clock, faulty, driver: withRetry(faulty, options) };
}

describe("withRetry", () => {
  test("repeats a safe call until it succeeds", async () => {
    const { driver, faulty } = scene();
    faulty.fail("observe").before(busy).times(3);
    expect(await driver.observe(contextOf())).toBe(emptyCluster);
    faulty.verifyAllFired();
  });

  test("gives up after the given number of attempts with the last error", async () => {
    const { driver, faulty } = scene();
    faulty.fail("observe").before(busy).times(4);
    await expect(driver.observe(contextOf())).rejects.toBe(busy);
    faulty.verifyAllFired();
  });

  test.each([
    ["an error that will not pass", new SnapformError("not-found", "gone")],
    [
      "an unknown outcome",
      new SnapformError("unavailable", "?", { retryable: true, outcomeUnknown: true }),
    ],
    ["an error of nobody's making", new Error("bug")],
  ])("does not repeat after %s", async (_title, error) => {
    const { driver, faulty } = scene();
    faulty.fail("observe").before(error);
    await expect(driver.observe(contextOf())).rejects.toBe(error);
  });

  test.each<DriverMethod>(["restore", "recoverRestore", "sweep", "close"])(
    "never repeats %s",
    async (method) => {
      const { driver, faulty } = scene();
      faulty.fail(method).before(busy);
      const call = driver[method] as (...args: unknown[]) => Promise<unknown>;
      await expect(call({}, "x", contextOf())).rejects.toBe(busy);
    },
  );

  test("pauses a random time below a bound that doubles up to the cap", async () => {
    const pauses: number[] = [];
    const clock = new FakeClock({ skipsSleep: true });
    const noted = Object.assign(Object.create(clock) as FakeClock, {
      sleep: (ms: number) => {
        pauses.push(ms);
        return Promise.resolve();
      },
      random: () => 0.999,
    });
    const faulty = openFaultyDriver(stubDriver(), clock);
    faulty.fail("observe").before(busy).times(5);
    const driver = withRetry(faulty, { clock: noted, attempts: 5, baseMs: 100, capMs: 350 });
    await expect(driver.observe(contextOf())).rejects.toBe(busy);
    expect(pauses.map(Math.round)).toEqual([100, 200, 350, 350]);
  });

  test("stops pausing when it is cancelled", async () => {
    const { driver, faulty, clock } = scene({}, false);
    faulty.fail("observe").before(busy);
    const controller = new AbortController();
    const work = driver.observe(contextOf(controller.signal));
    const failure = expect(work).rejects.toMatchObject({ code: "cancelled" });
    await settle();
    expect(clock.sleeperCount).toBe(1);
    controller.abort();
    await failure;
    expect(clock.sleeperCount).toBe(0);
  });

  test("does not begin again when the call was cancelled while it failed", async () => {
    const controller = new AbortController();
    let callCount = 0;
    const { driver } = scene({
      observe: () => {
        callCount += 1;
        controller.abort();
        return Promise.reject(busy);
      },
    });
    await expect(driver.observe(contextOf(controller.signal))).rejects.toBe(busy);
    expect(callCount).toBe(1);
  });
});
