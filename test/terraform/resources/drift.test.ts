import { describe, expect, it } from "vitest";
import { findTerraform } from "../terraform-binary.ts";
import { settled, useScene } from "./debug-scene.ts";
import { policy, POLICY } from "./scene.ts";

const binary = findTerraform();

const snapshot = `
resource "snapform_snapshot" "before" {
  name       = "before"
  cluster    = "local"
  collection = "docs"
  repository = "vault"
}
`;

const output = `
output "newest" {
  value = ${POLICY}.newest_restorable
}
`;

const EARLIER = "2026-03-10T12:00:00.000Z";
const LATER = "2026-03-10T15:00:00.000Z";

describe.skipIf(binary === null)(
  "what a policy says of its collections when something else has snapshotted them",
  { timeout: 240_000 },
  () => {
    const scene = useScene(binary ?? "");
    const newest = async () => (await scene().attributes(POLICY))["newest_restorable"];

    it("is no work to do, and is brought up to date by the next apply", async () => {
      await scene().write(policy());
      await settled(scene());
      await scene().at("2026-03-10T15:00:00Z");
      await scene().write(policy() + snapshot);
      const text = await settled(scene());
      expect(text).toContain("1 added, 0 changed, 0 destroyed");
      expect(await newest()).toBe(EARLIER);
      const planned = await scene().run("plan");
      expect(planned.text).not.toContain("Objects have changed outside of Terraform");
      await settled(scene());
      expect(await newest()).toBe(LATER);
    });

    it("is a change where an output shows it, once", async () => {
      await scene().write(policy() + output);
      await settled(scene());
      await scene().at("2026-03-10T15:00:00Z");
      await scene().write(policy() + output + snapshot);
      await scene().apply();
      const planned = await scene().run("plan", "-detailed-exitcode");
      expect(planned.status).toBe(2);
      expect(planned.text).toContain("without changing any real infrastructure");
      await settled(scene());
      expect(JSON.parse((await scene().run("output", "-json", "newest")).text)).toBe(LATER);
    });
  },
);
