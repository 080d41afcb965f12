import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../running.ts";
import { findTerraform } from "../terraform-binary.ts";
import { snapshotsIn, startPaused } from "./debug-scene.ts";
import { openScene, policy, POLICY, type Scene } from "./scene.ts";

const binary = findTerraform();

const both = policy().replace('["docs"]', '["docs", "images"]');

describe.skipIf(binary === null)(
  "two runs of Terraform at once, neither of which minds the lock of its state",
  { timeout: 240_000 },
  () => {
    let scene: Scene;

    beforeEach(async () => {
      scene = await openScene(binary ?? "", null);
      await scene.table("images", 2);
      await scene.write(both);
      expect((await scene.apply()).status).toBe(0);
    });
    afterEach(async () => {
      await scene.close();
    });

    it("do one day's work once", async () => {
      for (const day of [11, 12]) {
        await scene.at(`2026-03-${day}T12:00:00Z`);
        const runs = await Promise.all([scene.apply("-lock=false"), scene.apply("-lock=false")]);
        for (const { status, text } of runs) expect(status, text).toBe(0);
      }
      expect(await snapshotsIn(scene)).toHaveLength(2);
      expect(await snapshotsIn(scene, "local", "images")).toHaveLength(2);
      expect(await scene.planStatus()).toBe(0);
      expect(await scene.attributes(POLICY)).toMatchObject({ status: "ok" });
    });

    it("plan while the other works, and wait for it to apply", async () => {
      await scene.at("2026-03-11T12:00:00Z");
      const first = await startPaused(scene, "images");
      await eventually("docs is taken", async () => (await snapshotsIn(scene)).length === 2);
      const planned = await scene.run("plan", "-lock=false");
      expect(planned.status, planned.text).toBe(0);
      expect(planned.text).toMatch(/\+ "\+ local\/images \S+ due since 2026-03-11/);
      expect(planned.text).not.toMatch(/\+ "\+ local\/docs/);

      const second = scene.apply("-lock=false");
      process.kill(-(first.child.pid ?? 0), "SIGINT");
      expect((await first.done).text).toContain("Stopped before the end");
      const { status, text } = await second;
      expect(status, text).toBe(0);
      expect(await snapshotsIn(scene)).toHaveLength(2);
      expect(await snapshotsIn(scene, "local", "images")).toHaveLength(2);
      expect(await scene.planStatus()).toBe(0);
    });
  },
);
