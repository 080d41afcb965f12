import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { findTerraform } from "../terraform-binary.ts";
import { settled, snapshotsIn, useScene } from "./debug-scene.ts";
import { policy, POLICY, type Scene } from "./scene.ts";

const binary = findTerraform();
const snapform = join(import.meta.dirname, "..", "..", "..", "src", "cli", "main.ts");

const others = `
resource "snapform_snapshot" "before" {
  name       = "before"
  cluster    = "local"
  collection = "docs"
  repository = "vault"
}
resource "snapform_restore" "copy" {
  name = "copy"
  from = { policy = ${POLICY}.name, cluster = "local", collection = "docs" }
  to   = { cluster = "local", collection = "docs-copy" }
}
`;

/** As docs/terraform.md has it: what the command line needs to take over what the vault holds. */
const config = `version: 1
project: scene
state: { path: ./vault/.snapform/scene }
clusters:
  local: { engine: lancedb, uri: ./data }
repositories:
  vault: { type: filesystem, path: ./vault }
`;

const loseState = ({ folder }: Scene): Promise<void> => rm(join(folder, "terraform.tfstate"));
const loseRecord = ({ folder }: Scene): Promise<void> =>
  rm(join(folder, "vault", ".snapform"), { recursive: true });

const UNKNOWN = "Snapshots of this project are not in the state";

describe.skipIf(binary === null)("what a runner leaves behind", { timeout: 240_000 }, () => {
  const scene = useScene(binary ?? "");

  it("is enough for the next apply when Terraform's state is lost", async () => {
    await scene().write(policy() + others);
    await settled(scene());
    const taken = await snapshotsIn(scene());
    expect(taken).toHaveLength(2);
    await loseState(scene());
    const text = await settled(scene());
    expect(text).toContain("3 added, 0 changed, 0 destroyed");
    expect(text).toContain("The snapshot was there already");
    expect(text).toContain("The restore had been done already");
    expect(await snapshotsIn(scene())).toEqual(taken);
  });

  it("can be imported when Terraform's state is lost", async () => {
    await scene().write(policy() + others);
    await settled(scene());
    const taken = await snapshotsIn(scene());
    await loseState(scene());
    const named = taken.find((id) => id.startsWith("20260310T12"));
    for (const [address, id] of [
      [POLICY, "nightly"],
      ["snapform_snapshot.before", `local/docs/${named}`],
      ["snapform_restore.copy", "copy"],
    ] as const) {
      const { status, text } = await scene().run("import", address, id);
      expect(status, text).toBe(0);
    }
    const text = await settled(scene());
    expect(text).toMatch(/0 added, \d changed, 0 destroyed/);
    expect(await snapshotsIn(scene())).toEqual(taken);
  });

  it("counts and does not expire when the record is lost, until it is taken over", async () => {
    await scene().write(policy());
    await settled(scene());
    await scene().at("2026-03-11T12:00:00Z");
    await settled(scene());
    await loseRecord(scene());
    const planned = await scene().run("plan", "-detailed-exitcode");
    expect(planned.status).toBe(0);
    expect(planned.text).toContain(UNKNOWN);
    await scene().at("2026-03-12T12:00:00Z");
    await settled(scene());
    expect(await snapshotsIn(scene())).toHaveLength(3);

    await writeFile(join(scene().folder, "snapform.yaml"), config);
    const command = [snapform, "adopt", "--from-repository"];
    await promisify(execFile)(process.execPath, command, { cwd: scene().folder });
    const text = await settled(scene());
    expect(text).not.toContain(UNKNOWN);
    expect(text).toContain("beyond retention");
    expect(await snapshotsIn(scene())).toHaveLength(2);
  });

  it("leaves a restore undone in name only when the record is lost", async () => {
    await scene().write(policy() + others);
    await settled(scene());
    await loseRecord(scene());
    const planned = await scene().run("plan", "-detailed-exitcode");
    expect(planned.status).toBe(0);
    expect(planned.text).toContain("collection docs-copy exists on cluster local");
    expect((await scene().apply()).status).toBe(0);
    expect(await scene().rows("docs-copy")).toBe(3);
  });
});
