import { describe, expect, it } from "vitest";
import { pointsOf } from "../../../crash/points.ts";
import { LATER, show, type Plain } from "./mini-terraform.ts";
import { policy, POLICY, Stage } from "./stage.ts";

const STAGING = "snapform_restore.staging";

const wanted = (to: Plain = {}, more: Plain = {}): Plain => ({
  name: "staging",
  from: { policy: "nightly", cluster: "prod", collection: "docs" },
  to: { cluster: "side", collection: "docs-copy", ...to },
  ...more,
});

async function withSnapshot(): Promise<Stage> {
  const stage = await Stage.open();
  await stage.apply(POLICY, policy({ collections: ["docs"] }));
  return stage;
}

const hashIn = (said: readonly { readonly detail: string }[]): string | undefined =>
  said.map(({ detail }) => /acknowledge = "(\w{12})"/.exec(detail)?.[1]).find((hash) => hash);

describe("a restore", () => {
  it("is done once", async () => {
    const stage = await withSnapshot();
    const { change, said } = await stage.apply(STAGING, wanted());
    expect(show(change.planned)).toMatchObject({ id: "restore.staging", snapshot_id: LATER });
    expect(said).toEqual([]);
    expect(stage.side.read("docs-copy")).toHaveLength(6);
    expect(stage.terraform.attributes(STAGING)).toMatchObject({
      status: "done",
      restored_collection: "docs-copy",
    });
    stage.days(1);
    await stage.apply(POLICY, policy({ collections: ["docs"] }));
    expect((await stage.plan(STAGING, wanted())).action).toBe("no-op");
  });

  it("is refused where something is in its way", async () => {
    const stage = await withSnapshot();
    stage.side.createCollection("docs-copy", pointsOf(0, 1));
    const { said } = await stage.apply(STAGING, wanted());
    expect(said).toMatchObject([{ severity: "error", path: "to" }]);
    expect(said[0]?.detail).toContain('`if_exists = "replace"`');
    expect(stage.terraform.objects.has(STAGING)).toBe(false);
    expect(stage.side.read("docs-copy")).toHaveLength(1);
  });

  it("is lost when its target has vanished, and repeated only by a replacement", async () => {
    const stage = await withSnapshot();
    await stage.apply(STAGING, wanted());
    stage.side.drop("docs-copy");
    const change = await stage.plan(STAGING, wanted());
    expect(change.action).toBe("no-op");
    expect(change.said).toMatchObject([{ summary: "The result of a restore is lost" }]);
    expect(stage.status(STAGING)).toBe("lost");
    const replaced = await stage.terraform.planReplacement(STAGING, wanted());
    expect(await stage.carryOut(STAGING, wanted(), replaced)).toEqual([]);
    expect(stage.status(STAGING)).toBe("done");
    expect(stage.side.read("docs-copy")).toHaveLength(6);
  });

  it("replaces what is there only when that is acknowledged, and keeps what was there", async () => {
    const stage = await withSnapshot();
    stage.side.createCollection("docs-copy", pointsOf(100, 2));
    const config = wanted({ if_exists: "replace" });
    const first = await stage.apply(STAGING, config);
    expect(stage.status(STAGING)).toBe("withheld");
    expect(stage.side.read("docs-copy")).toHaveLength(2);
    const acknowledge = hashIn(first.said);
    expect(acknowledge).toBeDefined();
    const { change, said } = await stage.apply(STAGING, { ...config, acknowledge });
    expect(show(change.planned)["changes"]).toHaveLength(2);
    expect(said).toEqual([]);
    expect(stage.status(STAGING)).toBe("done");
    expect(stage.side.read("docs-copy")).toHaveLength(6);

    // A later snapshot of the target, so that what was saved is not its newest one.
    const other = policy({ name: "other", cluster: "side", schedule: { cron: "0 3 * * *" } });
    stage.days(8);
    await stage.apply("snapform_backup_policy.other", other);
    const saved = { cluster: "side", collection: "docs-copy" };
    const { snapshots } = await stage.terraform.readData("snapform_snapshots", saved);
    expect(snapshots).toHaveLength(2);
    const late = await stage.apply(STAGING, { ...config, acknowledge });
    expect(show(late.change.planned)["changes"]).toMatchObject([expect.stringMatching(/^- side/)]);
    const after = await stage.terraform.readData("snapform_snapshots", saved);
    expect(after["snapshots"]).toMatchObject([{ address: "policy.other" }]);
  });

  it("beside the old one moves the alias, and follows newer snapshots in place", async () => {
    const stage = await withSnapshot();
    const config = wanted({ if_exists: "alias", alias: "live" }, { refresh: "follow" });
    await stage.apply(STAGING, config);
    expect(stage.side.aliases.get("live")).toBe("docs-copy__20260310_120000");
    expect(stage.terraform.attributes(STAGING)["restored_collection"]).toBe(
      "docs-copy__20260310_120000",
    );
    stage.days(1);
    stage.prod.write("docs", pointsOf(6, 2));
    await stage.apply(POLICY, policy({ collections: ["docs"] }));
    const { change } = await stage.apply(STAGING, config);
    expect(change.action).toBe("update");
    expect(show(change.planned)["changes"]).toHaveLength(1);
    expect(stage.side.aliases.get("live")).toBe("docs-copy__20260311_120000");
  });

  it("leaves the data when it is destroyed, and is another wish when it is declared again", async () => {
    const stage = await withSnapshot();
    await stage.apply(STAGING, wanted());
    await stage.apply(STAGING, null);
    expect(stage.side.read("docs-copy")).toHaveLength(6);
    const { said } = await stage.apply(STAGING, wanted());
    expect(said).toMatchObject([{ severity: "error", path: "to" }]);
    stage.side.drop("docs-copy");
    await stage.apply(STAGING, wanted());
    expect(stage.status(STAGING)).toBe("done");
  });

  it("cannot promise to delete what it restored", async () => {
    const stage = await Stage.open();
    const said = await stage.terraform.validate(STAGING, wanted({}, { on_destroy: "delete" }));
    expect(said).toMatchObject([{ severity: "error", path: "on_destroy" }]);
  });

  it("works from a repository with the source cluster gone and without any record", async () => {
    const stage = await withSnapshot();
    stage.prod.isReachable = false;
    const from = { repository: "vault", cluster: "prod", collection: "docs" };
    const { said } = await stage.apply(STAGING, wanted({}, { from }));
    expect(said).toEqual([]);
    expect(stage.status(STAGING)).toBe("done");
  });

  it("is imported by its name", async () => {
    const stage = await withSnapshot();
    await stage.apply(STAGING, wanted());
    stage.terraform.objects.clear();
    await stage.terraform.begin();
    expect(await stage.terraform.import(STAGING, "staging")).toEqual([]);
    const { change, said } = await stage.apply(STAGING, wanted());
    expect(change.action).toBe("update");
    expect(said).toEqual([]);
    expect(stage.status(STAGING)).toBe("done");
  });

  it("says where nothing is there to restore", async () => {
    const stage = await Stage.open();
    const { said } = await stage.apply(STAGING, wanted());
    expect(said).toMatchObject([{ severity: "error", path: "from" }]);
  });
});
