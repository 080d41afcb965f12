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

const CREATED_FIRST = "lifecycle {\n  create_before_destroy = true\n}";

const ORDERS = [
  ["destroyed first", ""],
  ["created first", CREATED_FIRST],
] as const;

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

  it.each(ORDERS)("keeps what it has made, and goes on: %s", async (_order, life) => {
    const taken = await live(scene(), nightly(life));
    await settled(scene(), `-replace=${POLICY}`);
    expect(await snapshotsIn(scene())).toEqual(taken);

    await scene().write(nightly(life, "other"), PROVIDER);
    await settled(scene());
    expect(await snapshotsIn(scene())).toEqual(taken);
    expect(await snapshotsIn(scene(), "other")).toHaveLength(1);
    expect(await scene().attributes(POLICY)).toMatchObject({ status: "ok", cluster: "other" });
  });

  it.each(ORDERS)("deletes nothing that no plan has shown: %s", async (_order, life) => {
    const more = `on_destroy = "delete"\n${life}`;
    const taken = await live(scene(), nightly(more));
    const text = await settled(scene(), `-replace=${POLICY}`);
    expect(text).toContain("Replaced, with nothing deleted");
    expect(await snapshotsIn(scene())).toEqual(taken);

    expect((await scene().run("taint", POLICY)).status).toBe(0);
    await settled(scene());
    expect(await snapshotsIn(scene())).toEqual(taken);

    await scene().write(nightly(more, "other"), PROVIDER);
    await settled(scene());
    expect(await snapshotsIn(scene())).toEqual(taken);

    const gone = await scene().run("destroy", "-auto-approve");
    expect(gone.text).toContain("2 snapshots deleted with it, 2 kept");
  });
});

describe.skipIf(binary === null)("what is done once and replaced", { timeout: 240_000 }, () => {
  const scene = useScene(binary ?? "");

  const snapshot = (more: string): string => `
resource "snapform_snapshot" "before" {
  name       = "before"
  cluster    = "local"
  collection = "docs"
  repository = "vault"
  ${more}
}
`;

  it("is another snapshot, beside the former one", async () => {
    await scene().write(snapshot('on_destroy = "delete"'));
    await settled(scene());
    await scene().at("2026-03-10T13:00:00Z");
    expect(await settled(scene(), "-replace=snapform_snapshot.before")).toContain("1 added");
    expect(await snapshotsIn(scene())).toHaveLength(2);
    expect(await scene().attributes("snapform_snapshot.before")).toMatchObject({
      status: "complete",
      started_at: "2026-03-10T13:00:00.000Z",
    });
  });

  it("is the snapshot that is there where it is created first, and says so", async () => {
    await scene().write(snapshot(CREATED_FIRST));
    await settled(scene());
    const taken = await snapshotsIn(scene());
    await scene().at("2026-03-10T13:00:00Z");
    const text = await settled(scene(), "-replace=snapform_snapshot.before");
    expect(text).toContain("without `create_before_destroy`");
    expect(await snapshotsIn(scene())).toEqual(taken);
  });

  const restore = (life: string, target: string): string => `
resource "snapform_restore" "copy" {
  name = "copy"
  from = { policy = ${POLICY}.name, cluster = "local", collection = "docs" }
  to   = { cluster = "local", collection = "${target}" }
  ${life}
}
`;

  it.each(ORDERS)("is a restore to another target, remembered: %s", async (_order, life) => {
    await scene().write(policy() + restore(life, "one"));
    await settled(scene());
    await scene().write(policy() + restore(life, "two"));
    await settled(scene());
    expect(await scene().rows("one")).toBe(3);
    expect(await scene().rows("two")).toBe(3);
    const planned = await scene().run("plan");
    expect(planned.text).not.toContain("Warning");
    expect(await scene().attributes("snapform_restore.copy")).toMatchObject({ status: "done" });
  });

  it("is the restore that was done where doing it again fails", async () => {
    await scene().write(policy() + restore("", "one"));
    await settled(scene());
    const again = await scene().apply("-replace=snapform_restore.copy");
    expect(again.status).toBe(1);
    expect(again.text).toContain("collection one exists on cluster local");
    expect(await settled(scene())).toContain("The restore had been done already");
  });
});
