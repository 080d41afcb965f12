import { describe, expect, it } from "vitest";
import type { EngineDriver } from "../../../../src/engine/driver.ts";
import { SnapformError } from "../../../../src/errors/index.ts";
import { LATER, show, type Plain } from "./mini-terraform.ts";
import { policy, POLICY, Stage } from "./stage.ts";

const BEFORE = "snapform_snapshot.before";

const wanted = (more: Plain = {}): Plain => ({
  name: "before-v2",
  cluster: "prod",
  collection: "docs",
  repository: "vault",
  ...more,
});

describe("a named snapshot", () => {
  it("is taken once, however time passes", async () => {
    const stage = await Stage.open();
    const { change, said } = await stage.apply(BEFORE, wanted({ description: "before v2" }));
    expect(show(change.planned)).toMatchObject({ id: LATER, status: LATER, on_destroy: "keep" });
    expect(said).toEqual([]);
    const first = stage.terraform.attributes(BEFORE);
    expect(first).toMatchObject({
      status: "complete",
      started_at: "2026-03-10T12:00:00.000Z",
      places: ["repository.vault"],
    });
    stage.days(40);
    expect((await stage.plan(BEFORE, wanted({ description: "before v2" }))).action).toBe("no-op");
  });

  it("is described anew in place", async () => {
    const stage = await Stage.open();
    await stage.apply(BEFORE, wanted());
    const { id } = stage.terraform.attributes(BEFORE);
    const { change } = await stage.apply(BEFORE, wanted({ description: "for people" }));
    expect(change.action).toBe("update");
    expect(show(change.planned)["id"]).toBe(id);
  });

  it("cannot become one of another collection", async () => {
    const stage = await Stage.open();
    await stage.apply(BEFORE, wanted());
    const change = await stage.plan(BEFORE, wanted({ collection: "images" }));
    expect(change.said).toMatchObject([{ severity: "error", path: "collection" }]);
  });

  it("that has vanished is lost, and taken again only when it is replaced", async () => {
    const stage = await Stage.open({ flavour: { create: "native" } });
    const config = wanted({ repository: null });
    await stage.apply(BEFORE, config);
    stage.prod.snapshots.length = 0;
    stage.days(1);
    const change = await stage.plan(BEFORE, config);
    expect(change.action).toBe("no-op");
    expect(change.said).toMatchObject([
      { severity: "warning", summary: "A named snapshot is lost" },
    ]);
    expect(change.said[0]?.detail).toContain("-replace");
    expect(stage.status(BEFORE)).toBe("lost");

    const replaced = await stage.terraform.planReplacement(BEFORE, config);
    expect(await stage.carryOut(BEFORE, config, replaced)).toEqual([]);
    expect(stage.terraform.attributes(BEFORE)).toMatchObject({
      status: "complete",
      started_at: "2026-03-11T12:00:00.000Z",
    });
    expect((await stage.plan(BEFORE, config)).action).toBe("no-op");
  });

  it("is taken again by a replacement although it is there", async () => {
    const stage = await Stage.open();
    await stage.apply(BEFORE, wanted());
    const first = stage.terraform.attributes(BEFORE)["id"];
    stage.days(1);
    await stage.plan(BEFORE, wanted());
    const replaced = await stage.terraform.planReplacement(BEFORE, wanted());
    await stage.carryOut(BEFORE, wanted(), replaced);
    expect(stage.terraform.attributes(BEFORE)["id"]).not.toBe(first);
    expect((await stage.plan(BEFORE, wanted())).action).toBe("no-op");
  });

  it("that could not be made anew says what the next apply will do", async () => {
    const broken = new Set<string>();
    const wrap = (driver: EngineDriver): EngineDriver => ({
      ...driver,
      capture: (request, context) => {
        if (broken.has(request.collection)) throw new SnapformError("unavailable", "no answer");
        return driver.capture!(request, context);
      },
    });
    const stage = await Stage.open({ wrap });
    await stage.apply(BEFORE, wanted());
    await stage.plan(BEFORE, wanted());
    const replaced = await stage.terraform.planReplacement(BEFORE, wanted());
    broken.add("docs");
    const said = await stage.carryOut(BEFORE, wanted(), replaced);
    expect(said).toMatchObject([
      { severity: "error" },
      { severity: "warning", summary: "Not made anew" },
    ]);
    const next = await stage.apply(BEFORE, wanted());
    expect(next.said).toMatchObject([{ summary: "The snapshot was there already" }]);
  });

  it("that Terraform has forgotten is taken up and not taken again", async () => {
    const stage = await Stage.open();
    await stage.apply(BEFORE, wanted());
    const { id } = stage.terraform.attributes(BEFORE);
    stage.terraform.objects.clear();
    const { said } = await stage.apply(BEFORE, wanted());
    expect(said).toMatchObject([{ summary: "The snapshot was there already" }]);
    expect(stage.terraform.attributes(BEFORE)).toMatchObject({ id, status: "complete" });
  });

  it("stays when it is destroyed, unless it says otherwise and is not the newest", async () => {
    const stage = await Stage.open();
    const config = wanted({ on_destroy: "delete" });
    await stage.apply(BEFORE, config);
    const kept = await stage.apply(BEFORE, null);
    expect(kept.said).toMatchObject([{ summary: "0 snapshots deleted with it, 1 kept" }]);

    await stage.apply(BEFORE, config);
    stage.days(1);
    await stage.apply(POLICY, policy());
    const gone = await stage.apply(BEFORE, null);
    expect(gone.said).toMatchObject([{ summary: "1 snapshot deleted with it, 0 kept" }]);
    stage.days(1);
    // Declared again it is another wish.
    await stage.apply(BEFORE, config);
    expect(stage.terraform.attributes(BEFORE)["started_at"]).toBe("2026-03-12T12:00:00.000Z");
  });

  it("is imported by its id, and belongs to the resource from the next apply on", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, policy({ collections: ["docs"] }));
    const { snapshots } = await stage.terraform.readData("snapform_snapshots", {});
    const [{ id }] = snapshots as [{ id: string }];
    await stage.terraform.begin();
    expect(await stage.terraform.import(BEFORE, `prod/docs/${id}`)).toEqual([]);
    const { change, said } = await stage.apply(BEFORE, wanted());
    expect(change.action).toBe("update");
    expect(said).toEqual([]);
    expect(stage.terraform.attributes(BEFORE)).toMatchObject({ id, status: "complete" });
    const after = await stage.terraform.readData("snapform_snapshots", {});
    expect(after["snapshots"]).toMatchObject([{ id, address: "snapshot.before-v2" }]);
  });

  it("is refused by an import that finds none of that id", async () => {
    const stage = await Stage.open();
    await stage.terraform.begin();
    const said = await stage.terraform.import(BEFORE, "20260101T000000Z-00000000");
    expect(said).toMatchObject([{ severity: "error" }]);
  });

  it("is not made of a collection that does not exist", async () => {
    const stage = await Stage.open();
    const { said } = await stage.apply(BEFORE, wanted({ collection: "missing" }));
    expect(said).toMatchObject([{ severity: "error", path: "collection" }]);
    expect(stage.terraform.objects.size).toBe(0);
  });
});
