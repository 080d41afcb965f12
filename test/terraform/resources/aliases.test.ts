import { describe, expect, it } from "vitest";
import { findTerraform } from "../terraform-binary.ts";
import { settled, snapshotsIn, useScene } from "./debug-scene.ts";
import { policy } from "./scene.ts";

const binary = findTerraform();

/** What a provider says of itself: all of them work on the same cluster and in the same vault. */
const settings = (project: string): string => `
  project      = "${project}"
  clusters     = { local = { engine = "lancedb", uri = "./data" } }
  repositories = { vault = { type = "filesystem", path = "./vault" } }
`;

const second = (project: string): string => `
provider "snapform" {
  alias = "second"
  ${settings(project)}
}
${policy("provider = snapform.second").replaceAll("nightly", "other")}
`;

describe.skipIf(binary === null)("two providers in one configuration", { timeout: 240_000 }, () => {
  const scene = useScene(binary ?? "");

  it.each([
    ["share one record", "scene"],
    ["have a record each in one vault", "side"],
  ])("take and expire their own snapshots where they %s", async (_how, project) => {
    await scene().write(policy() + second(project), settings("scene"));
    const counts: number[] = [];
    for (const day of [10, 11, 12]) {
      await scene().at(`2026-03-${day}T12:00:00Z`);
      const text = await settled(scene());
      expect(text).not.toContain("Warning");
      counts.push((await snapshotsIn(scene())).length);
    }
    // Each keeps two.
    expect(counts).toEqual([2, 4, 4]);
    expect(await scene().attributes("snapform_backup_policy.other")).toMatchObject({
      status: "ok",
    });
  });
});
