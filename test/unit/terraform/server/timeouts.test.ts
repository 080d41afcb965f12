import { describe, expect, it } from "vitest";
import { limitOf, parseDuration, withTimeouts } from "../../../../src/terraform/server/timeouts.ts";
import { fromPlain } from "../../../../src/terraform/wire/plain.ts";
import type { Tree } from "../../../../src/terraform/wire/value.ts";

describe("timeouts", () => {
  it("are durations as Go writes them", () => {
    expect(parseDuration("250ms")).toBe(250);
    expect(parseDuration("1h30m")).toBe(5_400_000);
    expect(parseDuration("1.5s")).toBe(1500);
    for (const text of ["", "5", "s", "-1s", "0s", "1d", "1 s", "9999h"]) {
      expect(parseDuration(text)).toBeNull();
    }
  });

  it("are as configured, else the resource's own, else endless", () => {
    const object = fromPlain({ timeouts: { create: "2s", update: null } }) as Tree;
    const own = { create: 60_000, update: 90_000 };
    expect(limitOf(own, object, "create")).toBe(2000);
    expect(limitOf(own, object, "update")).toBe(90_000);
    expect(limitOf(own, object, "delete")).toBeNull();
  });

  it("add a block with the default in its description", () => {
    const schema = withTimeouts({ attributes: {} }, { create: 90_000, delete: 3_600_000 });
    expect(schema.blocks?.["timeouts"]?.attributes).toMatchObject({
      create: { description: expect.stringContaining("`90s`") },
      delete: { description: expect.stringContaining("`1h`") },
    });
  });
});
