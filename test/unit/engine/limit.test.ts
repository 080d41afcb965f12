import { describe, expect, test } from "vitest";
import type { Capture, EngineDriver } from "../../../src/engine/driver.ts";
import { withLimit } from "../../../src/engine/limit.ts";
import { contextOf, countedCapture, emptyCluster, settle, stubDriver } from "./stub-driver.ts";

/** A driver whose captures open one by one, when the test lets them. */
function gated() {
  const opened: string[] = [];
  const gates: ((capture: Capture) => void)[] = [];
  const calls: Partial<EngineDriver> = {
    observe: () => Promise.resolve(emptyCluster),
    capture: ({ collection }) => {
      opened.push(collection);
      return new Promise((resolve) => gates.push(resolve));
    },
  };
  const open = (): void => gates.shift()?.(countedCapture().capture);
  return { driver: stubDriver(calls), opened, open };
}

function capture(driver: EngineDriver, collection: string, signal?: AbortSignal): Promise<Capture> {
  const request = { snapshotId: "s", collection, previous: [] };
  const work = driver.capture?.(request, contextOf(signal));
  if (work === undefined) throw new Error("no capture");
  return work;
}

describe("withLimit", () => {
  test("keeps a place for a capture until it is closed, and lets others in by turns", async () => {
    const { driver: inner, opened, open } = gated();
    const driver = withLimit(inner, 2);
    const works = ["a", "b", "c", "d"].map((name) => capture(driver, name));
    await settle();
    expect(opened).toEqual(["a", "b"]);
    open();
    await settle();
    expect(opened).toEqual(["a", "b"]);
    const first = await works[0];
    await first?.close();
    await first?.close();
    await settle();
    expect(opened).toEqual(["a", "b", "c"]);
    open();
    await (await works[1])?.close();
    await settle();
    expect(opened).toEqual(["a", "b", "c", "d"]);
  });

  test("gives a place back when the call fails or its close does", async () => {
    const failing = withLimit(stubDriver(), 1);
    await expect(capture(failing, "a")).rejects.toThrow("not stubbed");
    await expect(capture(failing, "b")).rejects.toThrow("not stubbed");
    const { capture: held } = countedCapture();
    const close = (): Promise<void> => Promise.reject(new Error("stuck"));
    const inner = stubDriver({ capture: () => Promise.resolve({ ...held, close }) });
    const driver = withLimit(inner, 1);
    await expect((await capture(driver, "a")).close()).rejects.toThrow("stuck");
    await capture(driver, "b");
  });

  test("lets a waiting call give up, without losing anybody's turn", async () => {
    const { driver: inner, opened, open } = gated();
    const driver = withLimit(inner, 1);
    const first = capture(driver, "a");
    const controller = new AbortController();
    const second = capture(driver, "b", controller.signal);
    const third = capture(driver, "c");
    const failure = expect(second).rejects.toMatchObject({ code: "cancelled" });
    controller.abort();
    await failure;
    open();
    await (await first).close();
    await settle();
    expect(opened).toEqual(["a", "c"]);
    open();
    await (await third).close();
  });

  test("does not enter when it is cancelled already", async () => {
    const { driver: inner, opened } = gated();
    const driver = withLimit(inner, 1);
    const work = capture(driver, "a", AbortSignal.abort());
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    expect(opened).toEqual([]);
  });

  test("never keeps looking waiting", async () => {
    const { driver: inner } = gated();
    const driver = withLimit(inner, 1);
    void capture(driver, "a");
    expect(await driver.observe(contextOf())).toBe(emptyCluster);
  });
});
