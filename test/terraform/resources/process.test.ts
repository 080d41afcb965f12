import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually, isAlive } from "../running.ts";
import { findTerraform } from "../terraform-binary.ts";
import { snapshotsIn, startPaused } from "./debug-scene.ts";
import { openScene, policy, POLICY, type Scene } from "./scene.ts";

const binary = findTerraform();

const both = policy().replace('["docs"]', '["docs", "images"]');

describe.skipIf(binary === null)(
  "the provider as Terraform starts it",
  { timeout: 240_000 },
  () => {
    let scene: Scene;

    beforeEach(async () => {
      scene = await openScene(binary ?? "", null);
      await scene.table("images", 2);
    });
    afterEach(async () => {
      await scene.close();
    });

    async function snapshotCount(collection: string): Promise<number> {
      return (await snapshotsIn(scene, "local", collection)).length;
    }

    it("finds what it made after it was killed in the middle of an apply", async () => {
      await scene.write(both);
      const { done } = await startPaused(scene, "images");
      await eventually("docs is taken", async () => (await snapshotCount("docs")) === 1);
      for (const pid of await scene.providers()) if (isAlive(pid)) process.kill(pid, "SIGKILL");
      expect((await done).status).toBe(1);
      expect(await scene.hasState(POLICY)).toBe(false);

      const { status, text } = await scene.apply();
      expect(status, text).toBe(0);
      expect(await snapshotCount("docs")).toBe(1);
      expect(await snapshotCount("images")).toBe(1);
      expect(await scene.attributes(POLICY)).toMatchObject({ status: "ok" });
      expect(await scene.planStatus()).toBe(0);
    });

    it("finds what several policies made in one go when it was killed in the middle", async () => {
      const names = ["docs", "images", "one", "two", "three"];
      for (const name of names.slice(2)) await scene.table(name, 2);
      const each = names.map((name) =>
        policy().replaceAll("nightly", `of_${name}`).replace('["docs"]', `["${name}"]`),
      );
      await scene.write(each.join("\n"));
      const { done } = await startPaused(scene, "images");
      for (const pid of await scene.providers()) if (isAlive(pid)) process.kill(pid, "SIGKILL");
      expect((await done).status).toBe(1);

      const { status, text } = await scene.apply();
      expect(status, text).toBe(0);
      for (const name of names) {
        expect(await snapshotCount(name)).toBe(1);
        expect(await scene.attributes(`snapform_backup_policy.of_${name}`)).toMatchObject({
          status: "ok",
        });
      }
      expect(await scene.planStatus()).toBe(0);
    });

    it("stops at Ctrl-C with what it has made, and goes on with the next apply", async () => {
      await scene.write(both);
      const { child, done } = await startPaused(scene, "images");
      await eventually("docs is taken", async () => (await snapshotCount("docs")) === 1);
      process.kill(-(child.pid ?? 0), "SIGINT");
      const { text } = await done;
      expect(text).toContain("Stopped before the end");
      expect(await scene.attributes(POLICY)).toMatchObject({ status: "due" });
      const { status } = await scene.apply();
      expect(status).toBe(0);
      expect(await scene.attributes(POLICY)).toMatchObject({ status: "ok" });
      expect(await snapshotCount("docs")).toBe(1);
      expect(await scene.planStatus()).toBe(0);
    });

    it("loses nothing to a second Ctrl-C", async () => {
      await scene.write(both);
      const { child, done } = await startPaused(scene, "images");
      await eventually("docs is taken", async () => (await snapshotCount("docs")) === 1);
      process.kill(-(child.pid ?? 0), "SIGINT");
      process.kill(-(child.pid ?? 0), "SIGINT");
      await done;
      await rm(join(scene.folder, ".terraform.tfstate.lock.info"), { force: true });
      const { status, text } = await scene.apply();
      expect(status, text).toBe(0);
      expect(await snapshotCount("docs")).toBe(1);
      expect(await snapshotCount("images")).toBe(1);
      expect(await scene.planStatus()).toBe(0);
    });

    it("gives up when its time is over, and goes on with the next apply", async () => {
      await scene.write(both.replace("repository ", 'timeouts { create = "1s" }\n  repository '));
      const { done } = await startPaused(scene, "images");
      const { text } = await done;
      expect(text).toContain("create took longer than 1 s");
      await scene.apply();
      expect(await scene.attributes(POLICY)).toMatchObject({ status: "ok" });
      expect(await scene.planStatus()).toBe(0);
    });

    it("keeps what it made when one collection fails, and goes on with the next apply", async () => {
      await scene.write(both);
      const table = join(scene.folder, "data", "images.lance", "data");
      await rename(table, `${table}.away`);
      const { status, text } = await scene.apply();
      expect(status, text).toBe(0);
      expect(text).toContain("Could not create a snapshot");
      expect(await scene.attributes(POLICY)).toMatchObject({ status: "incomplete" });
      await rename(`${table}.away`, table);
      await scene.apply();
      expect(await scene.attributes(POLICY)).toMatchObject({ status: "ok" });
      expect(await scene.planStatus()).toBe(0);
    });

    it("makes many policies at once, though they share one state", async () => {
      const many = Array.from({ length: 12 }, (_, index) =>
        policy().replaceAll("nightly", `p${index}`),
      );
      await scene.write(many.join("\n"));
      const { status, text } = await scene.apply();
      expect(status, text).toBe(0);
      expect(await snapshotCount("docs")).toBe(12);
      expect(await scene.planStatus()).toBe(0);
    });

    it("writes nothing secret anywhere", async () => {
      await scene.write(policy());
      const { text } = await scene.start(["apply", "-auto-approve"], { TF_LOG: "TRACE" }).done;
      expect(text).toContain("provider.terraform-provider-snapform");
      const state = await readFile(join(scene.folder, "terraform.tfstate"), "utf8");
      // The configuration of the provider is nowhere in what Terraform keeps.
      expect(state).not.toContain("lancedb");
    });
  },
);
