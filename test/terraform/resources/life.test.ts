import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { findTerraform } from "../terraform-binary.ts";
import { settled, useScene } from "./debug-scene.ts";
import { policy, POLICY, type Scene } from "./scene.ts";

const binary = findTerraform();

const restore = (more = "", to = ""): string => `
resource "snapform_restore" "copy" {
  name = "copy"
  from = {
    policy     = snapform_backup_policy.nightly.name
    cluster    = "local"
    collection = "docs"
  }
  to = { cluster = "local", collection = "docs-copy" ${to} }
  ${more}
}
`;

const COPY = "snapform_restore.copy";

describe.skipIf(binary === null)(
  "the provider under the real Terraform",
  { timeout: 240_000 },
  () => {
    const current = useScene(binary ?? "");
    let scene: Scene;

    beforeEach(() => {
      scene = current();
    });

    it("takes, shows and expires snapshots as time goes by", async () => {
      await scene.write(policy());
      expect((await scene.run("validate")).status).toBe(0);
      await settled(scene);
      expect(await scene.attributes(POLICY)).toMatchObject({
        status: "ok",
        newest_restorable: "2026-03-10T12:00:00.000Z",
        next_run: "2026-03-11T02:00:00Z",
      });
      for (const day of [11, 12]) {
        await scene.at(`2026-03-${day}T12:00:00Z`);
        const { text, status } = await scene.run("plan", "-detailed-exitcode");
        expect(status).toBe(2);
        expect(text).toContain(`due since 2026-03-${day}T02:00:00Z; to repository.vault`);
        expect(text).toContain("0 to add, 1 to change, 0 to destroy");
        await settled(scene);
      }
      expect((await scene.attributes(POLICY))["changes"]).toMatchObject([
        expect.stringMatching(/^- local\/docs 20260310T020000Z-\w{8}: beyond retention/),
        expect.stringMatching(/^\+ local\/docs 20260312T020000Z-\w{8}: due since/),
      ]);
      await scene.write(policy("", "last = 1"));
      await settled(scene);
      expect(await scene.attributes(POLICY)).toMatchObject({
        oldest_restorable: "2026-03-12T12:00:00.000Z",
      });
    });

    it("carries a saved plan out, and nothing of one that no longer fits", async () => {
      await scene.write(policy());
      await settled(scene);
      await scene.at("2026-03-11T12:00:00Z");
      await scene.run("plan", "-out=saved");
      // Hours of review later it is the same plan.
      await scene.at("2026-03-11T18:00:00Z");
      expect((await scene.run("apply", "saved")).status).toBe(0);
      expect(await scene.planStatus()).toBe(0);

      await scene.at("2026-03-12T12:00:00Z");
      await scene.run("plan", "-out=stale");
      await rm(join(scene.folder, "data", "docs.lance"), { recursive: true });
      await scene.table("docs", 5);
      const { status, text } = await scene.run("apply", "stale");
      expect(status).toBe(1);
      expect(text).toContain("was dropped and made anew");
      expect(text).toContain("Plan again and have it reviewed");
      await settled(scene);
    });

    it("plans nothing new without a refresh", async () => {
      await scene.write(policy());
      await settled(scene);
      await scene.at("2026-03-11T12:00:00Z");
      expect((await scene.run("plan", "-detailed-exitcode", "-refresh=false")).status).toBe(0);
    });

    it("makes up for a snapshot that is deleted behind its back, and leaves others alone", async () => {
      await scene.write(policy());
      await settled(scene);
      await rm(join(scene.folder, "vault", "snapshots"), { recursive: true });
      const { text } = await scene.run("plan");
      expect(text).toContain("first snapshot; due since");
      await settled(scene);
      await scene.write(policy() + policy().replaceAll("nightly", "other"));
      await settled(scene);
    });

    it("imports by command and by block", async () => {
      await scene.write(policy());
      await settled(scene);
      expect((await scene.run("state", "rm", POLICY)).status).toBe(0);
      const imported = await scene.run("import", POLICY, "nightly");
      expect(imported.status, imported.text).toBe(0);
      await settled(scene);
      await scene.run("state", "rm", POLICY);
      await scene.write(`${policy()}\nimport {\n  to = ${POLICY}\n  id = "policy.nightly"\n}\n`);
      expect(await settled(scene)).toContain("1 imported");
      expect(await scene.attributes(POLICY)).toMatchObject({ status: "ok", cluster: "local" });
    });

    it("follows a moved block, and a name with its former names", async () => {
      await scene.write(policy());
      await settled(scene);
      const moved = policy().replace('policy" "nightly"', 'policy" "daily"');
      const block = `moved {\n  from = ${POLICY}\n  to = snapform_backup_policy.daily\n}\n`;
      await scene.write(moved + block);
      expect(await settled(scene)).toContain("0 added, 0 changed, 0 destroyed");
      const renamed = moved.replace('= "nightly"', '= "daily"');
      await scene.write(
        renamed.replace("repository ", 'former_names = ["nightly"]\n  repository '),
      );
      await settled(scene);
      expect(await scene.attributes("snapform_backup_policy.daily")).toMatchObject({
        id: "policy.daily",
        oldest_restorable: "2026-03-10T12:00:00.000Z",
      });
    });

    it("destroys with either setting, and not what is protected", async () => {
      await scene.write(policy("deletion_protection = true"));
      await settled(scene);
      const refused = await scene.run("destroy", "-auto-approve");
      expect(refused.status).toBe(1);
      expect(refused.text).toContain("Protected from deletion");
      await scene.write(policy());
      await settled(scene);
      expect((await scene.run("destroy", "-auto-approve")).status).toBe(0);

      await scene.write(policy('on_destroy = "delete"'));
      await settled(scene);
      await scene.at("2026-03-11T12:00:00Z");
      await settled(scene);
      const { status, text } = await scene.run("destroy", "-auto-approve");
      expect(status).toBe(0);
      expect(text).toContain("1 snapshot deleted with it, 1 kept");
      await scene.write(`data "snapform_snapshots" "all" {}
output "started" {
  value = data.snapform_snapshots.all.snapshots[*].started_at
}`);
      await scene.apply();
      const shown = await scene.run("output", "-json", "started");
      expect(JSON.parse(shown.text)).toEqual(["2026-03-11T12:00:00.000Z"]);
    });

    it("restores once, reports a lost target, and repeats it only when replaced", async () => {
      await scene.write(policy() + restore());
      await settled(scene);
      expect(await scene.rows("docs-copy")).toBe(3);
      await rm(join(scene.folder, "data", "docs-copy.lance"), { recursive: true });
      const lost = await scene.run("plan", "-detailed-exitcode");
      expect(lost.status).toBe(0);
      expect(lost.text).toContain("The result of a restore is lost");
      expect(await scene.rows("docs-copy")).toBeNull();
      await settled(scene, `-replace=${COPY}`);
      expect(await scene.rows("docs-copy")).toBe(3);
      await scene.run("destroy", "-auto-approve", `-target=${COPY}`);
      expect(await scene.rows("docs-copy")).toBe(3);
    });

    it("replaces a collection only when that is acknowledged", async () => {
      await scene.table("docs-copy", 9);
      await scene.write(policy() + restore("", ', if_exists = "replace"'));
      const first = await settled(scene);
      expect(await scene.rows("docs-copy")).toBe(9);
      const hash = /acknowledge = "(\w{12})"/.exec(first)?.[1] ?? "";
      await scene.write(policy() + restore(`acknowledge = "${hash}"`, ', if_exists = "replace"'));
      await settled(scene);
      expect(await scene.rows("docs-copy")).toBe(3);
      expect(await scene.attributes(COPY)).toMatchObject({ status: "done" });
    });

    it("calculates schedules and retention, and shows what there is", async () => {
      await scene.write(`${policy()}
data "snapform_collections" "all" {
  cluster = "local"
}
data "snapform_recovery_points" "all" {
  depends_on = [${POLICY}]
}
output "shown" {
  value = {
    names  = data.snapform_collections.all.names
    newest = data.snapform_recovery_points.all.recovery_points[*].newest
    runs   = provider::snapform::next_runs({ cron = "0 2 * * *" }, "2026-03-10T12:00:00Z", 2)
    kept = [
      for each in provider::snapform::retention_preview(
        { last = 1 }, "UTC", ["2026-03-09T02:00:00Z", "2026-03-10T02:00:00Z"],
      ) : each.instant if each.kept
    ]
  }
}`);
      await settled(scene);
      const shown = await scene.run("output", "-json", "shown");
      expect(JSON.parse(shown.text)).toEqual({
        names: ["docs"],
        newest: ["2026-03-10T12:00:00.000Z"],
        runs: ["2026-03-11T02:00:00Z", "2026-03-12T02:00:00Z"],
        kept: ["2026-03-10T02:00:00Z"],
      });
    });

    it("passes a test of Terraform's own", async () => {
      await scene.write(policy());
      const file = `run "protects" {
  assert {
    condition     = ${POLICY}.status == "ok"
    error_message = "It is not protected."
  }
}
`;
      await writeFile(join(scene.folder, "life.tftest.hcl"), file);
      const { status, text } = await scene.run("test");
      expect(status, text).toBe(0);
      expect(text).toContain("1 passed, 0 failed");
    });
  },
);
