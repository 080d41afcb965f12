import { describe, expect, it } from "vitest";
import type { Plan } from "../../../src/plan/plan.ts";
import { pointsOf } from "../../crash/points.ts";
import { Stage, restoreTo, yamlOf } from "./begin.ts";

const STALE = { code: "stale-plan" };

describe("a saved plan", () => {
  it("is carried out once: a second apply finds everything satisfied", async () => {
    const stage = await Stage.begin();
    await stage.nights(3);
    const saved = await stage.plan();
    const first = await stage.apply({ saved });
    expect(first.result?.counts).toMatchObject({ done: saved.actions.length });
    const before = await stage.ids();
    const second = await stage.apply({ saved });
    expect(second.result?.counts).toMatchObject({ done: 0, satisfied: saved.actions.length });
    expect(await stage.ids()).toEqual(before);
  });

  it("begins the state that it was made for, and is refused by any other", async () => {
    const stage = await Stage.begin();
    const [one, two] = [await stage.plan(), await stage.plan()];
    await stage.apply({ saved: one });
    expect((await stage.readState())?.lineage).toBe(one.lineage);
    await expect(stage.apply({ saved: two })).rejects.toMatchObject(STALE);
  });

  it("does nothing under another configuration", async () => {
    const stage = await Stage.begin();
    const saved = await stage.plan();
    stage.scene.yaml = yamlOf("", 3);
    await expect(stage.apply({ saved })).rejects.toMatchObject(STALE);
    expect(await stage.readState()).toBeNull();
  });

  it("does nothing when one of its tables is gone", async () => {
    const stage = await Stage.begin();
    const saved = await stage.plan();
    stage.prod.drop("docs");
    await expect(stage.apply({ saved })).rejects.toMatchObject(STALE);
    expect(await stage.ids()).toEqual([]);
  });

  it("does not stand in for a state that has been lost", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    const saved = await stage.plan();
    await stage.scene.loseState();
    await expect(stage.apply({ saved })).rejects.toThrow(/the state that it was made for is gone/);
    expect(await stage.readState()).toBeNull();
  });

  it("removes what a plan made now would remove, whatever was written into it", async () => {
    const stage = await Stage.begin();
    await stage.nights(3);
    const saved = await stage.plan();
    const [newest] = (await stage.ids()).toReversed();
    const tampered = {
      ...saved,
      actions: saved.actions.map((action) =>
        action.kind === "expire" ? { ...action, snapshotId: newest ?? "" } : action,
      ),
    } as Plan;
    const before = await stage.ids();
    const { result } = await stage.apply({ saved: tampered });
    expect(result?.counts.kept).toBeGreaterThan(0);
    const after = await stage.ids();
    expect(before.filter((id) => !after.includes(id))).toEqual([]);
  });

  it("overwrites nothing without an acknowledgement, also when its hazards were taken out", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    stage.scene.yaml = yamlOf(restoreTo("collection: docs, ifExists: replace"));
    const saved = await stage.plan();
    const actions = saved.actions.map((action) => ({ ...action, hazards: [] }));
    const before = stage.prod.read("docs");
    const { result } = await stage.apply({ saved: { ...saved, actions, acknowledge: null } });
    expect(result?.counts.withheld).toBe(1);
    expect(stage.prod.read("docs")).toEqual(before);
  });

  it("is held against the world again when the answer took its time", async () => {
    const stage = await Stage.begin();
    await stage.nights(3);
    const before = await stage.ids();
    const applying = stage.apply({
      approve: () => {
        stage.scene.clock.advance(60_000);
        stage.prod.recreate("docs", pointsOf(0, 1));
        return Promise.resolve(true);
      },
    });
    await expect(applying).rejects.toMatchObject(STALE);
    expect(await stage.ids()).toEqual(before);
  });
});

describe("consent", () => {
  it("comes before anything is written", async () => {
    const stage = await Stage.begin();
    const { result } = await stage.apply({ approve: () => Promise.resolve(false) });
    expect(result).toBeNull();
    expect(await stage.readState()).toBeNull();
    expect(await stage.ids()).toEqual([]);
  });

  it("is not asked for with an acknowledgement of something else", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    stage.scene.yaml = yamlOf(restoreTo("collection: docs, ifExists: replace"));
    const applying = stage.apply({
      acknowledge: "000000000000",
      approve: () => Promise.reject(new Error("asked")),
    });
    await expect(applying).rejects.toMatchObject(STALE);
  });

  it("goes on with an acknowledgement of what has been done meanwhile", async () => {
    const stage = await Stage.begin();
    await stage.nights(1);
    stage.scene.yaml = yamlOf(restoreTo("collection: docs, ifExists: replace"));
    const { acknowledge } = await stage.plan();
    const request = { acknowledge: acknowledge ?? "" };
    expect((await stage.apply(request)).result?.exit).toBe("done");
    expect((await stage.apply(request)).result?.exit).toBe("done");
  });
});
