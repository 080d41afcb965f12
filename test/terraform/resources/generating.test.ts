import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findTerraform } from "../terraform-binary.ts";
import { settled, snapshotsIn, useScene } from "./debug-scene.ts";
import { policy, type Scene } from "./scene.ts";

const binary = findTerraform();

const snapshot = `
resource "snapform_snapshot" "before" {
  name        = "before"
  cluster     = "local"
  collection  = "docs"
  repository  = "vault"
  description = "before v2"
}
`;

const block = (address: string, id: string): string => `
import {
  to = ${address}
  id = "${id}"
}
`;

/** Lets Terraform write the configuration of what is imported; answers what it wrote. */
async function generate(scene: Scene, blocks: string) {
  await rm(join(scene.folder, "terraform.tfstate"));
  await scene.write(blocks);
  const run = await scene.run("plan", "-generate-config-out=generated.tf");
  const text = await readFile(join(scene.folder, "generated.tf"), "utf8");
  return { run, text: text.replace(/ +/g, " ") };
}

describe.skipIf(binary === null)(
  "a configuration that Terraform writes",
  { timeout: 240_000 },
  () => {
    const scene = useScene(binary ?? "");

    it("is all there is to say of a named snapshot", async () => {
      await scene().write(snapshot);
      await settled(scene());
      const [id = ""] = await snapshotsIn(scene());
      const imported = block("snapform_snapshot.before", `local/docs/${id}`);
      const { run, text } = await generate(scene(), imported);
      expect(run.status, run.text).toBe(0);
      expect(run.text).toContain("1 to import, 0 to add, 0 to change, 0 to destroy");
      expect(text).toContain(' repository = "vault"');
      expect(text).toContain(' description = "before v2"');
      await settled(scene());
      expect(await scene().attributes("snapform_snapshot.before")).toMatchObject({
        id,
        status: "complete",
      });
      expect(await snapshotsIn(scene())).toEqual([id]);
    });

    it("has gaps for a policy, which are named: nobody has recorded what it was", async () => {
      await scene().write(policy());
      await settled(scene());
      const { run, text } = await generate(
        scene(),
        block("snapform_backup_policy.nightly", "nightly"),
      );
      expect(run.status).toBe(1);
      expect(run.text).toContain('"collections", "schedule", "retention" are missing');
      expect(text).toContain(' name = "nightly"');
      expect(text).toContain(' cluster = "local"');
    });
  },
);
