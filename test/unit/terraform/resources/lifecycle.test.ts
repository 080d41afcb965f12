import { describe, expect, it } from "vitest";
import { pointsOf } from "../../../crash/points.ts";
import { LATER, show } from "./mini-terraform.ts";
import { policy, POLICY, Stage } from "./stage.ts";

const docs = (more: Record<string, unknown> = {}) => policy({ collections: ["docs"], ...more });

describe("the end of a policy", () => {
  it("keeps its snapshots unless it says otherwise, and finds them when it is declared anew", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, docs());
    await stage.apply(POLICY, null);
    expect(stage.terraform.objects.size).toBe(0);
    const { said } = await stage.apply(POLICY, docs());
    expect(said).toEqual([]);
    expect(stage.changes()).toEqual([]);
    expect(stage.status()).toBe("ok");
  });

  it("deletes them with `on_destroy = delete`, but for the newest complete one", async () => {
    const stage = await Stage.open();
    const config = docs({ on_destroy: "delete", retention: { last: "3" } });
    for (let day = 0; day < 3; day += 1) {
      await stage.apply(POLICY, config);
      stage.days(1);
    }
    const { change, said } = await stage.apply(POLICY, null);
    expect(change.said).toMatchObject([
      { severity: "warning", summary: "2 snapshots deleted with it, 1 kept" },
    ]);
    expect(change.said[0]?.detail).toContain("newest complete");
    expect(said).toMatchObject([{ summary: "2 snapshots deleted with it, 1 kept" }]);
    const { snapshots } = await stage.terraform.readData("snapform_snapshots", {});
    expect(snapshots).toMatchObject([{ started_at: "2026-03-12T12:00:00.000Z" }]);
  });

  it("is refused while it is protected, in the plan and in apply", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, docs({ deletion_protection: true }));
    const change = await stage.plan(POLICY, null);
    expect(change.said).toMatchObject([{ severity: "error", path: "deletion_protection" }]);
    const said = await stage.carryOut(POLICY, null, change);
    expect(said).toMatchObject([{ severity: "error", path: "deletion_protection" }]);
    expect(stage.status()).toBe("ok");
  });

  it("is refused as part of a replacement as well", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, docs({ deletion_protection: true }));
    const moved = docs({ deletion_protection: true, cluster: "side" });
    const change = await stage.plan(POLICY, moved);
    expect(change.said).toMatchObject([{ severity: "error", path: "deletion_protection" }]);
    const replaced = await stage.terraform.planReplacement(POLICY, docs());
    const said = await stage.carryOut(POLICY, docs(), replaced);
    expect(said).toMatchObject([{ severity: "error", path: "deletion_protection" }]);
  });

  it("is another policy on another cluster", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, docs());
    stage.side.createCollection("docs", pointsOf(0, 2));
    const { change } = await stage.apply(POLICY, docs({ cluster: "side" }));
    expect(change.action).toBe("replace");
    expect(stage.changes()[0]).toContain("+ side/docs");
  });
});

describe("the name of a policy", () => {
  it("takes its history along when the former name is said", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, docs());
    const renamed = docs({ name: "daily", former_names: ["nightly"] });
    const { change, said } = await stage.apply(POLICY, renamed);
    expect(change.action).toBe("update");
    expect(said).toEqual([]);
    expect(stage.terraform.attributes(POLICY)).toMatchObject({ id: "policy.daily", status: "ok" });
    stage.days(1);
    const next = await stage.apply(POLICY, renamed);
    expect(show(next.change.planned)["changes"]).toHaveLength(1);
    const { snapshots } = await stage.terraform.readData("snapform_snapshots", { policy: "daily" });
    expect(snapshots).toHaveLength(2);
  });

  it("takes the whole history along after several renames", async () => {
    const stage = await Stage.open();
    const kept = { last: "5" };
    await stage.apply(POLICY, docs({ retention: kept }));
    stage.days(1);
    await stage.apply(POLICY, docs({ retention: kept, name: "daily", former_names: ["nightly"] }));
    stage.days(1);
    const renamed = docs({
      retention: kept,
      name: "every-day",
      former_names: ["daily", "nightly"],
    });
    const { change, said } = await stage.apply(POLICY, renamed);
    expect(change.action).toBe("update");
    expect(said).toEqual([]);
    const filter = { policy: "every-day" };
    const { snapshots } = await stage.terraform.readData("snapform_snapshots", filter);
    expect(snapshots).toHaveLength(3);
  });

  it("does not change without it", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, docs());
    const change = await stage.plan(POLICY, docs({ name: "daily" }));
    expect(change.said).toMatchObject([{ severity: "error", path: "name" }]);
  });

  it("is enough to import it", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, docs());
    stage.terraform.objects.clear();
    await stage.terraform.begin();
    expect(await stage.terraform.import(POLICY, "nightly")).toEqual([]);
    const { change, said } = await stage.apply(POLICY, docs());
    expect(change.action).toBe("update");
    expect(show(change.planned)["changes"]).toBe(LATER);
    expect(said).toEqual([]);
    expect(stage.terraform.attributes(POLICY)).toMatchObject({ cluster: "prod", status: "ok" });
  });

  it("is refused by an import that finds nothing of it", async () => {
    const stage = await Stage.open();
    await stage.terraform.begin();
    const said = await stage.terraform.import(POLICY, "policy.weekly");
    expect(said).toMatchObject([{ severity: "error" }]);
    expect(said[0]?.detail).toContain("No snapshot of policy.weekly exists in project project");
  });
});

describe("what is dangerous", () => {
  async function withMany(): Promise<Stage> {
    const stage = await Stage.open();
    for (let day = 0; day < 14; day += 1) {
      await stage.apply(POLICY, docs({ retention: { last: "30" } }));
      if (day < 13) stage.days(1);
    }
    return stage;
  }

  it("is held back with the hash that releases it, and asks for nothing meanwhile", async () => {
    const stage = await withMany();
    const config = docs({ retention: { last: "1" } });
    const { change } = await stage.apply(POLICY, config);
    const [warning] = change.said;
    expect(warning).toMatchObject({ severity: "warning", path: "acknowledge" });
    expect(warning?.summary).toBe("13 actions held back");
    const hash = /acknowledge = "(\w{12})"/.exec(warning?.detail ?? "")?.[1];
    expect(hash).toBeDefined();
    expect(stage.status()).toBe("withheld");

    const wrong = await stage.apply(POLICY, { ...config, acknowledge: "000000000000" });
    expect(wrong.said.every(({ severity }) => severity === "warning")).toBe(true);
    const right = await stage.apply(POLICY, { ...config, acknowledge: hash });
    expect(show(right.change.planned)["changes"]).toHaveLength(13);
    expect(right.said).toEqual([]);
    expect(stage.status()).toBe("ok");
    stage.days(1);
    // It stands in the configuration still, and means nothing any more.
    expect((await stage.apply(POLICY, { ...config, acknowledge: hash })).said).toEqual([]);
  });
});

describe("a schedule that somebody else keeps", () => {
  it("gives the first snapshot, and afterwards only what retention asks for", async () => {
    const stage = await Stage.open();
    const config = docs({ runs: "external", retention: { last: "1" } });
    await stage.apply(POLICY, config);
    expect(stage.changes()).toHaveLength(1);
    stage.days(1);
    expect((await stage.plan(POLICY, config)).action).toBe("no-op");

    // Whoever keeps the schedule makes the run: here another Terraform with the same state.
    await stage.apply("snapform_backup_policy.keeper", docs({ retention: { last: "5" } }));
    const { change } = await stage.apply(POLICY, config);
    const lines = show(change.planned)["changes"] as string[];
    expect(lines.map((line) => line.slice(0, 1))).toEqual(["-"]);
  });
});

describe("a configuration that is not known yet", () => {
  it("is planned as known after apply", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, docs());
    const change = await stage.plan(POLICY, docs({ collections: LATER }));
    expect(change.action).toBe("update");
    expect(show(change.planned)["changes"]).toBe(LATER);
  });

  it("of the provider waits, and what is there stays as it is", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, docs());
    const provider = { ...stage.provider(), clusters: LATER };
    const waiting = await Stage.open({ provider });
    waiting.terraform.objects.set(POLICY, stage.terraform.objects.get(POLICY)!);
    expect((await waiting.plan(POLICY, docs())).action).toBe("no-op");
    expect((await waiting.plan("snapform_backup_policy.new", docs())).action).toBe("create");
  });
});
