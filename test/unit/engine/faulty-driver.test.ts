import { describe, expect, test } from "vitest";
import { FakeClock } from "../../../src/testing/fake-clock.ts";
import { openFaultyDriver } from "../../../src/testing/faulty-driver.ts";
import { contextOf, emptyCluster, settle, stubDriver } from "./stub-driver.ts";

function scene() {
  let callCount = 0;
  const clock = new FakeClock();
  const inner = stubDriver({
    observe: () => {
      callCount += 1;
      return Promise.resolve(emptyCluster);
    },
  });
  return { clock, driver: openFaultyDriver(inner, clock), callCount: () => callCount };
}

describe("the faulty driver (canary)", () => {
  test("fails before the effect, as often as it was told, then no more", async () => {
    const { driver, callCount } = scene();
    driver.fail("observe").before(new Error("no")).times(2);
    await expect(driver.observe(contextOf())).rejects.toThrow("no");
    expect(() => driver.verifyAllFired()).toThrow("never happened");
    await expect(driver.observe(contextOf())).rejects.toThrow("no");
    expect(callCount()).toBe(0);
    expect(await driver.observe(contextOf())).toBe(emptyCluster);
    driver.verifyAllFired();
  });

  test("loses the answer after the effect", async () => {
    const { driver, callCount } = scene();
    driver.fail("observe").after(new Error("lost"));
    await expect(driver.observe(contextOf())).rejects.toThrow("lost");
    expect(callCount()).toBe(1);
  });

  test("hangs until the signal aborts it", async () => {
    const { driver, callCount } = scene();
    driver.fail("observe").hang().times(2);
    const controller = new AbortController();
    const work = driver.observe(contextOf(controller.signal));
    let hasEnded = false;
    const failure = expect(work.finally(() => (hasEnded = true))).rejects.toThrow("stop");
    await settle();
    expect(hasEnded).toBe(false);
    controller.abort(new Error("stop"));
    await failure;
    const late = driver.observe(contextOf(AbortSignal.abort(new Error("late"))));
    await expect(late).rejects.toThrow("late");
    expect(callCount()).toBe(0);
  });

  test("delays a call on the injected clock", async () => {
    const { driver, clock, callCount } = scene();
    driver.fail("observe").delay(500);
    const work = driver.observe(contextOf());
    await clock.advance(499);
    expect(callCount()).toBe(0);
    await clock.advance(1);
    expect(await work).toBe(emptyCluster);
  });

  test("plays several faults of a call in their order", async () => {
    const { driver } = scene();
    driver.fail("observe").before(new Error("first"));
    driver.fail("observe").before(new Error("second"));
    await expect(driver.observe(contextOf())).rejects.toThrow("first");
    await expect(driver.observe(contextOf())).rejects.toThrow("second");
    driver.verifyAllFired();
  });
});
