import { describe, expect, test } from "vitest";
import { DRIVER_METHODS, wrapDriver } from "../../../src/engine/wrap.ts";
import { contextOf, emptyCluster, stubDriver } from "./stub-driver.ts";

describe("wrapDriver", () => {
  test("stands around each call, with the call's name and context", async () => {
    const seen: unknown[] = [];
    const driver = wrapDriver(
      stubDriver({ observe: () => Promise.resolve(emptyCluster) }),
      (method, call, context) => {
        seen.push([method, context]);
        return call();
      },
    );
    const context = contextOf();
    expect(await driver.observe(context)).toBe(emptyCluster);
    await driver.close();
    expect(seen).toEqual([
      ["observe", context],
      ["close", null],
    ]);
  });

  test("keeps `this`, the arguments, and what the driver lacks", async () => {
    const counting = {
      ...stubDriver(),
      count: 0,
      async listNative(names: readonly string[]): Promise<never[]> {
        this.count += names.length;
        return [];
      },
    };
    const driver = wrapDriver(counting, (_method, call) => call());
    await driver.listNative(["a", "b"], [], contextOf());
    expect(counting.count).toBe(2);
    expect(DRIVER_METHODS.filter((method) => driver[method] === undefined)).toEqual([
      "createNative",
      "readNative",
      "deleteNative",
      "moveAlias",
    ]);
  });

  test("makes a rejection of what a driver throws at once", async () => {
    const driver = wrapDriver(
      stubDriver({
        observe: () => {
          throw new Error("at once");
        },
      }),
      (_method, call) => call(),
    );
    await expect(driver.observe(contextOf())).rejects.toThrow("at once");
  });
});
