import { rename } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findTerraform } from "../terraform-binary.ts";
import { settled, snapshotsIn, useScene } from "./debug-scene.ts";
import { policy } from "./scene.ts";

const binary = findTerraform();

describe.skipIf(binary === null)(
  "a repository that holds the record, and whose disk is not mounted",
  { timeout: 240_000 },
  () => {
    const scene = useScene(binary ?? "");

    it("is never begun anew, and is as it was when it is back", async () => {
      await scene().write(policy());
      await settled(scene());
      const taken = await snapshotsIn(scene());
      const vault = join(scene().folder, "vault");
      await rename(vault, `${vault}-away`);
      await scene().at("2026-03-11T12:00:00Z");
      for (const command of [["plan"], ["apply", "-auto-approve"]]) {
        const { status, text } = await scene().run(...command);
        expect(status).toBe(1);
        expect(text).toContain("If its disk is not mounted, mount it.");
      }
      expect(await snapshotsIn(scene())).toEqual([]);
      await rename(`${vault}-away`, vault);
      await settled(scene());
      expect(await snapshotsIn(scene())).toEqual([...taken, expect.anything()]);
    });

    it("can be left behind for another one of another name", async () => {
      await scene().write(policy());
      await settled(scene());
      const provider = `
  project      = "scene"
  clusters     = { local = { engine = "lancedb", uri = "./data" } }
  repositories = { cellar = { type = "filesystem", path = "./cellar" } }
`;
      await scene().write(policy().replace('"vault"', '"cellar"'), provider);
      await settled(scene());
    });
  },
);
