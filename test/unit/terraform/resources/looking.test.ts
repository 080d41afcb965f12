import { describe, expect, it } from "vitest";
import { nextRunsFunction } from "../../../../src/terraform/functions/next-runs.ts";
import { retentionPreview } from "../../../../src/terraform/functions/retention-preview.ts";
import { fromPlain } from "../../../../src/terraform/wire/plain.ts";
import { policy, POLICY, Stage } from "./stage.ts";

type Call = typeof nextRunsFunction.call;

const args = (...values: readonly unknown[]) => values.map((value) => fromPlain(value));

describe("data sources", () => {
  it("show the collections of a cluster, and refuse one that is not there", async () => {
    const stage = await Stage.open();
    await stage.terraform.begin();
    const all = await stage.terraform.readData("snapform_collections", { cluster: "prod" });
    expect(all["names"]).toEqual(["docs", "images"]);
    const some = { cluster: "prod", patterns: ["*", "!docs"] };
    const { collections } = await stage.terraform.readData("snapform_collections", some);
    expect(collections).toMatchObject([{ name: "images", points: 4, problem: null }]);
    const wrong = await stage.terraform.readData("snapform_collections", { cluster: "none" });
    expect(wrong.said).toMatchObject([{ severity: "error" }]);
  });

  it("are no empty lists where nobody could look", async () => {
    const stage = await Stage.open();
    stage.prod.isReachable = false;
    await stage.terraform.begin();
    const shown = await stage.terraform.readData("snapform_collections", { cluster: "prod" });
    expect(shown.said).toMatchObject([{ severity: "error" }]);
    const { said } = await stage.terraform.readData("snapform_snapshots", {});
    expect(said).toMatchObject([{ severity: "warning" }]);
  });

  it("show the snapshots that all filters fit, newest first", async () => {
    const stage = await Stage.open();
    for (let day = 0; day < 2; day += 1) {
      await stage.apply(POLICY, policy());
      stage.days(1);
    }
    const count = async (filter: Record<string, unknown>): Promise<number> => {
      const { snapshots } = await stage.terraform.readData("snapform_snapshots", filter);
      return (snapshots as unknown[]).length;
    };
    expect(await count({})).toBe(4);
    expect(await count({ collection: "docs" })).toBe(2);
    expect(await count({ policy: "nightly", limit: 3 })).toBe(3);
    expect(await count({ policy: "weekly" })).toBe(0);
    expect(await count({ place: "cluster" })).toBe(0);
    expect(await count({ status: "complete", finished_before: "2026-03-11T00:00:00Z" })).toBe(2);
    expect(await count({ finished_after: "2026-03-11T00:00:00Z" })).toBe(2);
  });

  it("show from when to when everything can be restored, now and then", async () => {
    const stage = await Stage.open();
    for (let day = 0; day < 2; day += 1) {
      await stage.apply(POLICY, policy({ collections: ["docs"] }));
      stage.days(1);
    }
    const now = await stage.terraform.readData("snapform_recovery_points", {});
    expect(now["recovery_points"]).toMatchObject([
      {
        cluster: "prod",
        collection: "docs",
        newest: "2026-03-11T12:00:00.000Z",
        oldest: "2026-03-10T12:00:00.000Z",
        count: 2,
      },
    ]);
    const at = { at: "2026-03-10T18:00:00Z" };
    const then = await stage.terraform.readData("snapform_recovery_points", at);
    expect(then["recovery_points"]).toMatchObject([
      { newest: "2026-03-10T12:00:00.000Z", count: 1 },
    ]);
  });
});

describe("functions", () => {
  const schedule = { cron: "30 2 * * *", timezone: "Europe/Berlin" };

  it("give the next runs of a schedule, over a change of the clocks", () => {
    const call: Call = (given) => nextRunsFunction.call(given);
    expect(call(args(schedule, "2026-03-27T12:00:00Z", 3))).toEqual({
      result: [
        "2026-03-28T02:30:00+01:00",
        "2026-03-29T03:00:00+02:00",
        "2026-03-30T02:30:00+02:00",
      ],
    });
    expect(call(args(schedule, "2026-03-27T12:00:00Z", 0))).toEqual({ result: [] });
  });

  it("refuse what no policy takes, at the argument that is wrong", () => {
    const call: Call = (given) => nextRunsFunction.call(given);
    const from = "2026-03-27T12:00:00Z";
    expect(call(args({ cron: "never" }, from, 1))).toMatchObject({ argument: 0 });
    expect(call(args({ ...schedule, timezone: "Mars" }, from, 1))).toMatchObject({ argument: 0 });
    expect(call(args(schedule, "soon", 1))).toMatchObject({ argument: 1 });
    expect(call(args(schedule, from, 1001))).toMatchObject({ argument: 2 });
  });

  it("tell what a retention would keep and why", () => {
    const instants = ["2026-11-18T01:00:00Z", "2026-11-20T01:00:00Z", "2026-11-19T01:00:00Z"];
    const call: Call = (given) => retentionPreview.call(given);
    expect(call(args({ last: "1", min_keep: "2" }, "UTC", instants))).toMatchObject({
      result: [
        { instant: "2026-11-20T01:00:00Z", kept: true, reasons: ["last"] },
        { instant: "2026-11-19T01:00:00Z", kept: true, reasons: ["at least 2"] },
        { instant: "2026-11-18T01:00:00Z", kept: false, reasons: [] },
      ],
    });
    expect(call(args({ keep_all: "true" }, "UTC", instants))).toMatchObject({
      result: [{ kept: true }, { kept: true }, { kept: true }],
    });
    expect(call(args({}, "UTC", instants))).toMatchObject({ argument: 0 });
    expect(call(args({ last: "1" }, "Mars", instants))).toMatchObject({ argument: 1 });
    expect(call(args({ last: "1" }, "UTC", ["then"]))).toMatchObject({ argument: 2 });
  });
});
