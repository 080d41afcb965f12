import { describe, expect, it } from "vitest";
import { pointsOf } from "../../../crash/points.ts";
import { LATER, show } from "./mini-terraform.ts";
import { policy, POLICY, Stage } from "./stage.ts";

const words = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/ \S+:.*/, "").trim());

describe("a backup policy", () => {
  it("takes the first snapshots when it is created", async () => {
    const stage = await Stage.open();
    const { change, said } = await stage.apply(POLICY, policy());
    expect(change.action).toBe("create");
    expect(show(change.planned)).toMatchObject({
      id: "policy.nightly",
      keep_on_cluster: 1,
      changes: LATER,
      next_run: LATER,
      status: LATER,
    });
    expect(said).toEqual([]);
    expect(stage.terraform.attributes(POLICY)).toMatchObject({
      status: "ok",
      newest_restorable: "2026-03-10T12:00:00.000Z",
      oldest_restorable: "2026-03-10T12:00:00.000Z",
      next_run: "2026-03-11T02:00:00Z",
    });
    expect(words(stage.changes())).toEqual(["+ prod/docs", "+ prod/images"]);
  });

  it("plans a run that is due as known lines, and does just that", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, policy());
    stage.days(1);
    const { change } = await stage.apply(POLICY, policy());
    expect(change.action).toBe("update");
    const planned = show(change.planned);
    expect(planned["newest_restorable"]).toBe(LATER);
    expect(words(planned["changes"] as string[])).toEqual(["+ prod/docs", "+ prod/images"]);
    expect(stage.changes()).toEqual(planned["changes"]);
    expect(stage.terraform.attributes(POLICY)).toMatchObject({
      newest_restorable: "2026-03-11T12:00:00.000Z",
      oldest_restorable: "2026-03-10T12:00:00.000Z",
      next_run: "2026-03-12T02:00:00Z",
    });
  });

  it("has nothing to do between two runs, however time passes", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, policy());
    stage.clock.advance(13 * 3_600_000);
    expect((await stage.plan(POLICY, policy())).action).toBe("no-op");
  });

  it("shows what expires first", async () => {
    const stage = await Stage.open();
    for (let day = 0; day < 3; day += 1) {
      await stage.apply(POLICY, policy({ collections: ["docs"] }));
      stage.days(1);
    }
    const { change } = await stage.apply(POLICY, policy({ collections: ["docs"] }));
    const lines = show(change.planned)["changes"] as string[];
    expect(words(lines)).toEqual(["- prod/docs", "+ prod/docs"]);
    expect(lines[0]).toContain("beyond retention; can be undone until 2026-03-20T12:00:00.000Z");
  });

  it("expires what a changed retention releases, and nothing before", async () => {
    const stage = await Stage.open();
    for (let day = 0; day < 4; day += 1) {
      await stage.apply(POLICY, policy({ retention: { last: "4" }, collections: ["docs"] }));
      if (day < 3) stage.days(1);
    }
    const { change } = await stage.apply(POLICY, policy({ collections: ["docs"] }));
    expect(words(show(change.planned)["changes"] as string[])).toEqual([
      "- prod/docs",
      "- prod/docs",
    ]);
    expect(stage.status()).toBe("ok");
  });

  it("sees a collection that a changed pattern matches, in the plan already", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, policy({ collections: ["docs"] }));
    const { change } = await stage.apply(POLICY, policy());
    expect(words(show(change.planned)["changes"] as string[])).toEqual(["+ prod/images"]);
  });

  it("plans what it cannot see yet as known after apply", async () => {
    const stage = await Stage.open();
    for (let index = 0; index < 60; index += 1) {
      stage.prod.createCollection(`other-${index}`, pointsOf(0, 1));
    }
    await stage.apply(POLICY, policy({ collections: ["docs"] }));
    const { change } = await stage.apply(POLICY, policy({ collections: ["docs", "images"] }));
    expect(show(change.planned)["changes"]).toBe(LATER);
    expect(words(stage.changes())).toEqual(["+ prod/images"]);
  });

  it("updates in place what has nothing to do with snapshots", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, policy());
    const before = stage.changes();
    const { change } = await stage.apply(POLICY, policy({ description: "for people" }));
    expect(change.action).toBe("update");
    expect(stage.changes()).toEqual(before);
  });

  it("notices a snapshot that was deleted behind its back", async () => {
    const stage = await Stage.open({ flavour: { create: "native" } });
    const config = policy({ repository: null, collections: ["docs"] });
    await stage.apply(POLICY, config);
    stage.prod.snapshots.length = 0;
    const { change } = await stage.apply(POLICY, config);
    expect(words(show(change.planned)["changes"] as string[])).toEqual(["+ prod/docs"]);
  });

  it("leaves alone what somebody else has made", async () => {
    const stage = await Stage.open({ flavour: { create: "native" } });
    const config = policy({ repository: null, collections: ["docs"], retention: { last: "1" } });
    await stage.apply(POLICY, config);
    stage.prod.snapshots.push({ ...stage.prod.snapshots[0]!, name: "foreign", id: null });
    expect((await stage.plan(POLICY, config)).action).toBe("no-op");
    stage.days(1);
    await stage.apply(POLICY, config);
    expect(stage.prod.snapshots.map(({ name }) => name)).toContain("foreign");
  });

  it("warns of a collection that does not exist, and protects the others", async () => {
    const stage = await Stage.open();
    const config = policy({ collections: ["docs", "missing"] });
    const { said } = await stage.apply(POLICY, config);
    expect(said).toMatchObject([{ severity: "warning", path: "collections" }]);
    expect(said[0]?.detail).toContain("collection missing does not exist");
    expect(stage.status()).toBe("incomplete");
  });

  it("is not made when the cluster cannot be reached, and says why", async () => {
    const stage = await Stage.open();
    stage.prod.isReachable = false;
    const { said } = await stage.apply(POLICY, policy());
    expect(said.filter(({ severity }) => severity === "error")).toHaveLength(1);
    expect(stage.terraform.objects.size).toBe(0);
  });

  it("is unknown while its cluster cannot be reached, and asks for nothing", async () => {
    const stage = await Stage.open();
    await stage.apply(POLICY, policy());
    stage.days(1);
    stage.prod.isReachable = false;
    const change = await stage.plan(POLICY, policy());
    expect(change.action).toBe("no-op");
    expect(change.said).toMatchObject([{ severity: "warning", path: "cluster" }]);
    expect(stage.status()).toBe("unknown");
  });

  it("does not look at clusters that it has nothing to do with", async () => {
    const stage = await Stage.open();
    stage.side.isReachable = false;
    expect((await stage.apply(POLICY, policy())).said).toEqual([]);
  });
});
