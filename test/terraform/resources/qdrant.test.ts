import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../src/clock/system-clock.ts";
import type { EngineHarness } from "../../../src/testing/engine/case.ts";
import { startFakeQdrant, type FakeQdrant } from "../../../src/testing/qdrant/fake-qdrant.ts";
import { qdrantHarness } from "../../../src/testing/qdrant-harness.ts";
import { findTerraform } from "../terraform-binary.ts";
import { openScene, POLICY, type Scene } from "./scene.ts";

const binary = findTerraform();
const KEY = "quite-a-secret-key-4711";

describe.skipIf(binary === null)("a Qdrant cluster under Terraform", { timeout: 240_000 }, () => {
  let scene: Scene;
  let qdrant: FakeQdrant;
  let user: EngineHarness;

  beforeEach(async () => {
    scene = await openScene(binary ?? "", null);
    qdrant = await startFakeQdrant({ nodes: 2, keys: { apiKey: KEY } });
    user = qdrantHarness({ urls: qdrant.urls, apiKey: KEY, clock: systemClock });
    await user.create("docs", points(0, 6));
    await scene.at(new Date().toISOString());
  });
  afterEach(async () => {
    await qdrant.close();
    await scene.close();
  });

  const points = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => {
      const id = from + index;
      return { id, text: `text ${id}`, vector: [id, 1, 2, 3] };
    });

  const provider = (key: string): string => `
  project      = "scene"
  clusters     = {
    prod = {
      engine  = "qdrant"
      nodes   = [${qdrant.urls.map((url) => `{ url = "${url}" }`).join(", ")}]
      api_key = "${key}"
    }
  }
  repositories = { vault = { type = "filesystem", path = "./vault" } }
`;

  const blocks = (more = ""): string => `
resource "snapform_backup_policy" "nightly" {
  name        = "nightly"
  cluster     = "prod"
  collections = ["docs"]
  schedule    = { cron = "0 2 * * *" }
  retention   = { last = 2 }
  repository  = "vault"
}
${more}`;

  const live = `
resource "snapform_restore" "live" {
  name = "live"
  from = {
    policy     = snapform_backup_policy.nightly.name
    cluster    = "prod"
    collection = "docs"
  }
  to      = { cluster = "prod", collection = "docs-v", if_exists = "alias", alias = "docs-live" }
  refresh = "follow"
}
`;

  it("is refused with the wrong key, which is shown nowhere", async () => {
    const wrong = "quite-a-wrong-key-0815";
    await scene.write(blocks(), provider(wrong));
    const env = { TF_LOG: "TRACE" };
    const { status, text } = await scene.start(["apply", "-auto-approve"], env).done;
    expect(status).toBe(1);
    expect(text).toMatch(/unauthenticated|permission-denied/);
    expect(text).not.toContain(wrong);
    expect(await scene.hasState(POLICY)).toBe(false);
  });

  it("is backed up, and its key stands in no state, plan or log", async () => {
    await scene.write(blocks(), provider(KEY));
    const traced = { TF_LOG: "TRACE" };
    const planned = await scene.start(["plan", "-out=saved"], traced).done;
    const { status, text } = await scene.start(["apply", "saved"], traced).done;
    expect(status, text.slice(-2000)).toBe(0);
    expect(await scene.attributes(POLICY)).toMatchObject({ status: "ok" });
    const state = await readFile(join(scene.folder, "terraform.tfstate"), "utf8");
    const kept = JSON.stringify(await scene.attributes(POLICY));
    for (const each of [planned.text, text, state, kept]) expect(each).not.toContain(KEY);
    expect(await scene.planStatus()).toBe(0);
  });

  it("cuts an alias over to each newer snapshot", async () => {
    await scene.write(blocks(live), provider(KEY));
    const first = await scene.apply();
    expect(first.status, first.text.slice(-3000)).toBe(0);
    expect(await scene.planStatus()).toBe(0);
    expect(qdrant.points("docs-live")).toHaveLength(6);

    await user.write("docs", points(6, 2));
    await scene.at(new Date(Date.now() + 24 * 3_600_000).toISOString());
    // The policy's new snapshot exists after the first apply; the restore follows with the next.
    await scene.apply();
    const { status, text } = await scene.run("plan", "-detailed-exitcode");
    expect(status).toBe(2);
    expect(text).toContain("then moves alias docs-live");
    await scene.apply();
    expect(qdrant.points("docs-live")).toHaveLength(8);
    expect(await scene.planStatus()).toBe(0);
  });
});
