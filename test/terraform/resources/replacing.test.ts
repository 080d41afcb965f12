import { cp } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findTerraform } from "../terraform-binary.ts";
import { settled, snapshotsIn, useScene } from "./debug-scene.ts";
import { policy, POLICY, type Scene } from "./scene.ts";

const binary = findTerraform();

const PROVIDER = `
  project      = "scene"
  clusters     = {
    local = { engine = "lancedb", uri = "./data" }
    other = { engine = "lancedb", uri = "./other" }
  }
  repositories = { vault = { type = "filesystem", path = "./vault" } }
`;

const nightly = (more: string, cluster = "local"): string =>
  policy(more, "last = 5").replace('= "local"', `= "${cluster}"`);

/** Three days of a policy. */
async function live(scene: Scene, blocks: string): Promise<readonly string[]> {
  await cp(join(scene.folder, "data"), join(scene.folder, "other"), { recursive: true });
  await scene.write(blocks, PROVIDER);
  for (const day of [10, 11, 12]) {
    await scene.at(`2026-03-${day}T12:00:00Z`);
    await scene.apply();
  }
  const taken = await snapshotsIn(scene);
  expect(taken).toHaveLength(3);
  return taken;
}

describe.skipIf(binary === null)("a policy that is replaced", { timeout: 240_000 }, () => {
  const scene = useScene(binary ?? "");

  it.each([
    ["destroyed first", ""],
    ["created first", "lifecycle {\n  create_before_destroy = true\n}"],
  ])("keeps what it has made, and goes on: %s", async (_order, life) => {
    const taken = await live(scene(), nightly(life));
    await settled(scene(), `-replace=${POLICY}`);
    expect(await snapshotsIn(scene())).toEqual(taken);

    await scene().write(nightly(life, "other"), PROVIDER);
    await settled(scene());
    expect(await snapshotsIn(scene())).toEqual(taken);
    expect(await snapshotsIn(scene(), "other")).toHaveLength(1);
    expect(await scene().attributes(POLICY)).toMatchObject({ status: "ok", cluster: "other" });
  });

  it.each([
    ["destroyed first", ""],
    ["created first", "\nlifecycle {\n  create_before_destroy = true\n}"],
  ])("deletes nothing that no plan has shown, whatever it says: %s", async (_order, life) => {
    const fate = `on_destroy = "delete"${life}`;
    const taken = await live(scene(), nightly(fate));
    const text = await settled(scene(), `-replace=${POLICY}`);
    expect(text).toContain("Replaced, with nothing deleted");
    expect(await snapshotsIn(scene())).toEqual(taken);

    expect((await scene().run("taint", POLICY)).status).toBe(0);
    await settled(scene());
    expect(await snapshotsIn(scene())).toEqual(taken);

    await scene().write(nightly(fate, "other"), PROVIDER);
    await settled(scene());
    expect(await snapshotsIn(scene())).toEqual(taken);
  });
});
